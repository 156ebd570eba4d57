import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// The one file a name stood for when it was looked at.
struct FileIdentity: Equatable {
  let device: DeviceID
  let inode: Inode

  /// Looks at the name itself, even if it is a symbolic link; nil when there is nothing.
  init?(of path: FilePath) {
    guard let status = try? path.stat(followTargetSymlink: false) else { return nil }
    (device, inode) = (status.deviceID, status.inode)
  }
}

extension FilePath {
  /// Removes the name: unlink(2).
  func unlink() throws(Errno) {
    if unsafe withPlatformString({ unsafe systemUnlink($0) }) == -1 {
      throw Errno(rawValue: errno)
    }
  }
}

// Within the type, `unlink` means the method.
private func systemUnlink(_ name: UnsafePointer<CChar>) -> Int32 { unsafe unlink(name) }
