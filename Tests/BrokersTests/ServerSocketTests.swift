import FDPassing
import Glibc
import Synchronization
import SystemPackage
import TestKit
import Testing

@testable import Brokers

@Suite("The server's socket")
struct ServerSocketTests {
  private let directory: TemporaryDirectory
  private let path: FilePath

  init() throws {
    directory = try TemporaryDirectory()
    path = FilePath(directory.path).appending("s")
  }

  private func exists() -> Bool { (try? path.stat(followTargetSymlink: false)) != nil }

  @Test("is for its user alone, and goes away")
  func lifetime() throws {
    defer { directory.remove() }
    do {
      let server = try ServerSocket.listen(at: path)
      let status = try path.stat()
      #expect(status.type == .socket)
      #expect(status.permissions == [.ownerReadWrite])
      try UnixSocket(.stream).connect(to: .path(server.path))
    }
    #expect(!exists())
  }

  @Test("replaces one that nobody listens on")
  func stale() throws {
    defer { directory.remove() }
    try UnixSocket(.stream).bind(to: .path(path))
    #expect(exists())
    let server = try ServerSocket.listen(at: path)
    try UnixSocket(.stream).connect(to: .path(server.path))
  }

  @Test("does not replace one that somebody listens on", arguments: UnixSocket.Kind.allCases)
  func occupied(kind: UnixSocket.Kind) throws {
    defer { directory.remove() }
    let other = try UnixSocket(kind)
    try other.bind(to: .path(path))
    if kind != .datagram { try other.listen() }
    let before = FileIdentity(of: path)
    #expect(throws: BrokerError.occupied(path)) { _ = try ServerSocket.listen(at: path) }
    #expect(FileIdentity(of: path) == before)
    _ = other.fileDescriptor
  }

  @Test("does not wait for a server whose queue is full")
  func fullQueue() throws {
    defer { directory.remove() }
    let other = try UnixSocket(.stream)
    try other.bind(to: .path(path))
    try other.listen(backlog: 0)
    try UnixSocket(.stream).connect(to: .path(path))
    #expect(throws: BrokerError.occupied(path)) { _ = try ServerSocket.listen(at: path) }
    _ = other.fileDescriptor
  }

  @Test("replaces no file, no directory and no symbolic link", arguments: ["file", "dir", "link"])
  func otherFiles(what: String) throws {
    defer { directory.remove() }
    let target = FilePath(directory.path).appending("target")
    switch what {
    case "file": _ = close(unsafe creat(path.string, 0o600))
    case "dir": _ = unsafe mkdir(path.string, 0o700)
    default:
      // It even leads to a stale socket.
      try UnixSocket(.stream).bind(to: .path(target))
      _ = unsafe symlink(target.string, path.string)
    }
    let before = FileIdentity(of: path)
    #expect(throws: BrokerError.notSocket(path)) { _ = try ServerSocket.listen(at: path) }
    #expect(FileIdentity(of: path) == before)
    #expect(what != "link" || FileIdentity(of: target) != nil)
  }

  @Test("does not remove what was put in its place")
  func replaced() throws {
    defer { directory.remove() }
    do {
      let server = try ServerSocket.listen(at: path)
      try path.unlink()
      _ = close(unsafe creat(server.path.string, 0o600))
    }
    #expect(exists())
  }

  @Test("is taken by exactly one of many servers that start at once over a stale one")
  func race() throws {
    defer { directory.remove() }
    try UnixSocket(.stream).bind(to: .path(path))
    let losers = Mutex(0)
    let starts = (0..<8).map { [path] _ in
      BackgroundThread {
        guard let server = try? ServerSocket.listen(at: path) else {
          losers.withLock { $0 += 1 }
          return 0
        }
        // The winner stays until all others have tried.
        for _ in 0..<60_000 where losers.withLock({ $0 }) < 7 { usleep(1000) }
        return server.path == path ? 1 : 0
      }
    }
    let winners = try starts.map { try $0.join() }
    #expect(winners.reduce(0, +) == 1)
    #expect(!exists())
  }
}
