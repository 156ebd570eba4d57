import FDPassing
import SystemPackage

#if canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// A small text file that decides what others may do.
enum RulesFile {
  private static let maximumSize = 1 << 20

  /// Reads it whole.
  ///
  /// - Throws: `badRules` also when others than root and this user may write to it: they would
  ///   decide.
  static func read(_ path: FilePath) throws(BrokerError) -> String {
    let opened = OwnedDescriptor(
      adopting: try file("read the rules in \(path)") {
        // Not waiting for the writer of a named pipe.
        try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
      }.rawValue)
    let descriptor = opened.fileDescriptor
    let status = try file("look at the rules in \(path)") { try descriptor.stat() }
    if status.type != .regular { throw .badRules("\(path): this is no regular file.") }
    if status.userID.rawValue != 0 && status.userID.rawValue != geteuid() {
      throw .badRules("\(path): this file belongs to another user, who could change it.")
    }
    if !status.permissions.isDisjoint(with: [.groupWrite, .otherWrite]) {
      throw .badRules(
        "\(path): others may write to this file. Take that away: chmod go-w \(path.string)")
    }
    if status.size > maximumSize { throw .badRules("\(path): this is larger than 1 MiB.") }
    let bytes = try file("read the rules in \(path)") {
      var bytes: [UInt8] = []
      let part = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 14, alignment: 16)
      defer { unsafe part.deallocate() }
      while bytes.count <= maximumSize {
        let count = try unsafe descriptor.read(into: part)
        if count == 0 { break }
        unsafe bytes.append(contentsOf: part[..<count])
      }
      return bytes
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .badRules("\(path): this is no text in UTF-8.")
    }
    return text
  }
}
