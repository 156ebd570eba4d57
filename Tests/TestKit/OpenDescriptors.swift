#if canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// What the open descriptors of a process refer to, as `/proc` shows it: `pipe:[123]`, a path.
///
/// - Parameter pid: The process; nil for this one.
/// - Returns: The numbers and what they refer to; nil when the process is gone.
public func openDescriptors(of pid: Int32? = nil) -> [Int32: String]? {
  let directory = "/proc/\(pid.map(String.init) ?? "self")/fd"
  guard let stream = unsafe opendir(directory) else { return nil }
  defer { unsafe closedir(stream) }
  // The descriptor of the listing itself belongs to this process, and does not count.
  let own = pid == nil ? unsafe dirfd(stream) : -1
  var found: [Int32: String] = [:]
  while let entry = unsafe readdir(stream) {
    let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
      unsafe String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
    }
    if let number = Int32(name), number != own { found[number] = target("\(directory)/\(name)") }
  }
  return found
}

private func target(_ link: String) -> String {
  let capacity = Int(PATH_MAX)
  return unsafe String(unsafeUninitializedCapacity: capacity) { buffer in
    unsafe buffer.withMemoryRebound(to: CChar.self) { buffer in
      guard let start = buffer.baseAddress else { return 0 }
      return unsafe max(0, readlink(link, start, capacity))
    }
  }
}
