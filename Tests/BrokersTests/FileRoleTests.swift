import FDPassing
import Foundation
import Glibc
import SystemPackage
import TestKit
import Testing

@testable import Brokers

@Suite("Passing files")
struct FileRoleTests {
  private let directory: TemporaryDirectory
  private let hour: Int64 = 3600

  init() throws {
    directory = try TemporaryDirectory()
    for (name, size, age) in [("new", 100, 1830), ("old", 100, 7200), ("big", 2048, 0)] {
      let path = "\(directory.path)/\(name)"
      try String(repeating: "x", count: size).write(
        toFile: path, atomically: false, encoding: .utf8)
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -Double(age))], ofItemAtPath: path)
    }
  }

  private func start(_ change: @escaping @Sendable (inout FileLimits) -> Void) throws -> ServiceRun
  {
    try ServiceRun { [directory] _ in
      var limits = FileLimits()
      change(&limits)
      return try FileRole(root: FilePath(directory.path), limits: limits, log: { _ in })
    }
  }

  @Test(
    "Size, age and mode decide, and the answer says by what",
    arguments: [
      (
        ["path": "new"],
        "Allowed to read: a regular file below the root, 100 bytes of at most 1K, changed 30m ago of"
          + " at most 1h."
      ),
      (["path": "old"], "old: It was changed 2h ago, and --max-age is 1h."),
      (["path": "big"], "big: It has 2048 bytes, and --max-size is 1K bytes."),
      (["path": "gone"], "gone: There is no such file below the root."),
      (
        ["path": "../x\u{1b}"],
        "../x\\u{1B}: The path leads out of the root, or to another file system."
      ),
      (
        ["path": "new", "mode": "write"],
        "This server hands files over for reading; it was started without --write."
      ),
      (["path": "new", "mode": "append"], "The mode must be read or write."),
      ([:], "The path is missing."),
      (["path": "new", "user": "0"], "A request for a file has no field user."),
    ] as [([String: String], String)])
  func limits(request: [String: String], sentence: String) throws {
    defer { directory.remove() }
    let service = try start {
      $0.maximumSize = 1024
      $0.maximumAge = .seconds(3600)
    }
    var fields = Fields()
    for (key, value) in request { fields[key] = value }
    do throws(BrokerError) {
      let client = try BrokerConnection(to: service.path)
      let response = try client.ask(Request("open", fields))
      let reason = response.reason
      #expect(reason == sentence)
    } catch { #expect(error == .refused(sentence)) }
    try service.end()
  }

  @Test("Writing where it is allowed reaches the file")
  func writing() throws {
    defer { directory.remove() }
    let service = try start { $0.allowsWriting = true }
    do {
      let client = try BrokerConnection(to: service.path)
      var response = try client.ask(Request("open", ["path": "new", "mode": "write"]))
      let opened = response.descriptor.take()
      let written =
        switch opened {
        case .some(let descriptor): try descriptor.fileDescriptor.writeAll("hello".utf8)
        case nil: 0
        }
      #expect(written == 5)
    }
    #expect(
      try String(contentsOfFile: directory.path + "/new", encoding: .utf8).hasPrefix("hellox"))
    try service.end()
  }
}

@Suite("Limits in words") struct QuantityTests {
  @Test(
    "Sizes and times have units",
    arguments: [
      ("0", 0, 0), ("500", 500, 500), ("64K", 65_536, nil), ("1M", 1_048_576, nil),
      ("2G", 2_147_483_648, nil), ("30s", nil, 30), ("5m", nil, 300), ("12h", nil, 43_200),
      ("7d", nil, 604_800), ("2w", nil, 1_209_600), ("", nil, nil), ("K", nil, nil),
      ("-1", nil, nil), ("1.5M", nil, nil), ("1MB", nil, nil), ("9223372036854775807G", nil, nil),
    ] as [(String, Int64?, Int64?)])
  func units(text: String, bytes: Int64?, seconds: Int64?) {
    #expect(Quantity.bytes(text) == bytes)
    #expect(Quantity.seconds(text) == seconds)
  }
}
