import Foundation
import Glibc

/// A directory of a test's own, which only its user can enter.
public struct TemporaryDirectory: Sendable {
  /// Short, so that the path of a Unix socket in it fits in the 108 bytes there are.
  public let path: String

  /// Makes the directory under `/tmp`, whatever TMPDIR says: that may be long.
  ///
  /// - Throws: Foundation's error when it cannot be made.
  public init() throws {
    path = "/tmp/fdpass-test-\(getpid())-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
  }

  /// Removes the directory and what is in it.
  ///
  /// - Returns: false when it was gone already.
  @discardableResult
  public func remove() -> Bool {
    (try? FileManager.default.removeItem(atPath: path)) != nil
  }
}
