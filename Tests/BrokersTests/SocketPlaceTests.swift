import Glibc
import SystemPackage
import TestKit
import Testing

@testable import Brokers

@Suite("The private directory")
struct SocketPlaceTests {
  @Test("is made with mode 0700, and found again")
  func made() throws {
    let parent = try TemporaryDirectory()
    defer { parent.remove() }
    let directory = FilePath(parent.path).appending("own")
    try SocketPlace.makePrivate(directory)
    #expect(try directory.stat().permissions == [.ownerReadWriteExecute])
    try SocketPlace.makePrivate(directory)
  }

  @Test("is refused when others could have put something there")
  func refused() throws {
    let parent = try TemporaryDirectory()
    defer { parent.remove() }
    let base = FilePath(parent.path)
    _ = unsafe mkdir(base.appending("open").string, 0o700)
    _ = unsafe chmod(base.appending("open").string, 0o755)
    _ = unsafe mkdir(base.appending("target").string, 0o700)
    _ = unsafe symlink(base.appending("target").string, base.appending("link").string)
    _ = close(unsafe creat(base.appending("file").string, 0o600))

    let reasons = [
      ("open", "is open to other users (its mode must be 0700)"),
      ("link", "is no directory"),
      ("file", "is no directory"),
    ]
    for (name, reason) in reasons {
      let path = base.appending(name)
      let error = #expect(throws: BrokerError.self) { try SocketPlace.makePrivate(path) }
      #expect(error == .unsafeDirectory(path, reason))
      #expect(
        error?.description
          == "Cannot keep the socket in \(path): it \(reason). Remove it, or choose another --socket."
      )
    }
  }

  @Test("is refused when it belongs to another user", .requires(.unprivileged))
  func foreign() throws {
    #expect(throws: BrokerError.unsafeDirectory("/root", "belongs to another user")) {
      try SocketPlace.makePrivate("/root")
    }
  }

  @Test("A chosen path is taken as it is")
  func chosen() throws {
    #expect(try SocketPlace.chosen("/some/where.sock") == "/some/where.sock")
  }
}
