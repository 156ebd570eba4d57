import FDPassing
import Foundation
import Glibc
import SystemPackage
import TestKit
import Testing

@testable import Brokers

/// Clients of roles whose server does not do what it should.
@Suite("Clients and wrong servers")
struct BrokerClientTests {
  private let directory: TemporaryDirectory
  private let path: FilePath

  init() throws {
    directory = try TemporaryDirectory()
    path = FilePath(directory.path).appending("s")
  }

  /// Lets a client ask for a file, and answers with the bytes and descriptors.
  private func ask(
    writable: Bool = false, answer: String?, passing opened: [FileDescriptor] = [],
    readsQuestion: Bool = true
  ) throws {
    let listener = try ServerSocket.listen(at: path, kind: .seqpacket)
    let client = BackgroundThread { [path] in
      _ = try FileClient.ask(path, "a", writable: writable)
    }
    do {
      let accepted = try listener.socket.accept()
      try waitForUnread(accepted)
      if readsQuestion { _ = try accepted.receive(maxBytes: 4096) }
      if let answer { try accepted.send(Array(answer.utf8), descriptors: opened) }
    }
    try client.join()
  }

  @Test(
    "An answer that is none is a sentence",
    arguments: [
      (nil, BrokerError.noAnswer), ("hello\n", .strangeAnswer(.otherVersion("hello\\n"))),
      ("fdpass/2 ok\n", .strangeAnswer(.otherVersion("fdpass/2"))),
      ("fdpass/1 maybe\n", .strangeAnswer(.badVerb)),
      ("fdpass/1 error No\u{7}%1B[2J\n", .refused("No\\u{07}\\u{1B}[2J")),
      ("fdpass/1 ok; Yes\n", .noDescriptor(answer: "Yes")),
    ] as [(String?, BrokerError)])
  func strange(answer: String?, error: BrokerError) throws {
    defer { directory.remove() }
    #expect(throws: error) { try ask(answer: answer) }
  }

  @Test(
    "A server that ends without reading the question gave no answer, or the one it left",
    arguments: [
      (nil, BrokerError.noAnswer),
      ("fdpass/1 error Too many clients.\n", .refused("Too many clients.")),
    ] as [(String?, BrokerError)])
  func unreadQuestion(answer: String?, error: BrokerError) throws {
    defer { directory.remove() }
    #expect(throws: error) { try ask(answer: answer, readsQuestion: false) }
  }

  /// Waits until something can be read, and leaves it there.
  private func waitForUnread(_ socket: borrowing UnixSocket) throws {
    var waiting = pollfd(fd: socket.fileDescriptor.rawValue, events: Int16(POLLIN), revents: 0)
    #expect(unsafe poll(&waiting, 1, 60_000) == 1)
  }

  @Test(
    "Something else than the file that was asked for is closed",
    arguments: [
      ("pipe", false, "it is no regular file"), ("directory", false, "it is no regular file"),
      ("writable", false, "it is not open for reading"),
      ("readable", true, "it is not open for reading and writing"),
    ])
  func unexpected(what: String, writable: Bool, reason: String) throws {
    defer { directory.remove() }
    let file = directory.path + "/f"
    try "x".write(toFile: file, atomically: false, encoding: .utf8)
    unsafe mkfifo(directory.path + "/pipe", 0o600)
    let opened: FileDescriptor =
      switch what {
      case "pipe":
        try .open(FilePath(directory.path + "/pipe"), .readOnly, options: [.nonBlocking])
      case "directory": try .open(FilePath(directory.path), .readOnly)
      case "writable": try .open(FilePath(file), .readWrite)
      default: try .open(FilePath(file), .readOnly)
      }
    defer { try? opened.close() }
    #expect(throws: BrokerError.unexpectedFile(reason)) {
      try ask(writable: writable, answer: "fdpass/1 ok\n", passing: [opened])
    }
  }
}
