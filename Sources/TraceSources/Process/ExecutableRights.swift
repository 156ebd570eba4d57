#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension ProcessFiles {
  /// Whose rights the program of a process should have got by its file's setuid or setgid bit and
  /// has not; nil when there is none or it did get them. The kernel gives none to a process whose
  /// tracer could not have them itself (execve(2), "Set-user-ID").
  static func rightsNotGiven(_ pid: Int32) -> String? {
    let path = "/proc/\(pid)/exe"
    var file = stat()
    guard unsafe stat(path, &file) == 0, file.st_mode & (S_ISUID | S_ISGID) != 0,
      let holder = effectiveRights(pid), !ignoresRights(path)
    else { return nil }
    if file.st_mode & S_ISUID != 0, holder.user != file.st_uid { return UserNames()[file.st_uid] }
    // Without the execute bit for the group, the bit is about locks (inode(7)).
    let isGroupProgram = file.st_mode & S_ISGID != 0 && file.st_mode & S_IXGRP != 0
    return isGroupProgram && holder.group != file.st_gid ? UserNames.group(file.st_gid) : nil
  }

  /// Whether the file system gives no rights to anybody (the mount option nosuid).
  private static func ignoresRights(_ path: String) -> Bool {
    let noSetuid: UInt = 2  // ST_NOSUID
    var system = statvfs()
    return unsafe statvfs(path, &system) == 0 && system.f_flag & noSetuid != 0
  }

  private static func effectiveRights(_ pid: Int32) -> (user: UInt32, group: UInt32)? {
    guard let bytes = contents("/proc/\(pid)/status") else { return nil }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    func effective(_ name: String) -> UInt32? {
      lines.first { $0.hasPrefix(name) }.flatMap { line in
        line.split(whereSeparator: \.isWhitespace).dropFirst(2).first.flatMap { UInt32($0) }
      }
    }
    guard let user = effective("Uid:"), let group = effective("Gid:") else { return nil }
    return (user, group)
  }
}
