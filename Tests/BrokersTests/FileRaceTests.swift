import FDPassing
import Foundation
import Glibc
import Synchronization
import SystemPackage
import TestKit
import Testing

@testable import Brokers

/// Somebody swaps files while the server looks at them, as fast as a thread can.
@Suite("Races for a file")
struct FileRaceTests {
  private let directory: TemporaryDirectory
  private let root: String

  init() throws {
    directory = try TemporaryDirectory()
    root = directory.path + "/root"
    for name in ["root/in", "other"] {
      try FileManager.default.createDirectory(
        atPath: "\(directory.path)/\(name)", withIntermediateDirectories: true)
    }
    for (name, text) in [
      ("root/f", "small"), ("root/in/f", "small"), ("other/f", "secret"),
      ("root/large", String(repeating: "large", count: 100)),
    ] {
      try text.write(toFile: "\(directory.path)/\(name)", atomically: false, encoding: .utf8)
    }
    unsafe mkfifo(root + "/pipe", 0o600)
    for (name, target) in [("link", "../other/f"), ("out", "../other")] {
      try FileManager.default.createSymbolicLink(
        atPath: "\(root)/\(name)", withDestinationPath: target)
    }
  }

  @Test(
    "In 100,000 tries no wrong file is handed out",
    arguments: [
      ("f", "link", "f"),  // a file and a symbolic link out of the tree
      ("in", "out", "in/f"),  // a directory and a link to one outside
      ("f", "large", "f"),  // one within the limits and one beyond
      ("f", "pipe", "f"),  // a file and a named pipe
    ])
  func race(first: String, second: String, path: String) throws {
    defer { directory.remove() }
    let tree = try FileTree(FilePath(root))
    var limits = FileLimits()
    limits.maximumSize = 10
    let swapper = Swapper(root + "/" + first, root + "/" + second)
    var counts = (opened: 0, refused: 0, wrong: 0)
    let name = Array(path.utf8)
    for _ in 0..<25_000 {
      do throws(Refusal) {
        let opened = try tree.open(name, writable: false)
        _ = try limits.check(size: opened.size, age: opened.age)
        counts.opened += 1
        if Self.text(opened.descriptor.rawValue) != Array("small".utf8) { counts.wrong += 1 }
      } catch { counts.refused += 1 }
    }
    let swaps = try swapper.end()
    #expect(counts.wrong == 0)
    // Else it was no race.
    #expect(counts.opened > 0 && counts.refused > 0 && swaps > 1000, "\(counts), \(swaps) swaps")
  }

  private static func text(_ descriptor: Int32) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = unsafe read(descriptor, &bytes, 16)
    return Array(bytes.prefix(max(0, count)))
  }
}

/// A thread that exchanges two names until it is told to end: renameat2(2), RENAME_EXCHANGE.
private final class Swapper: Sendable {
  private let isDone = Atomic(false)
  private let thread = Mutex<BackgroundThread<Int>?>(nil)

  init(_ first: String, _ second: String) {
    let thread = BackgroundThread { [self] in
      // Glibc declares it for programs of _GNU_SOURCE only, which Swift's module is not.
      typealias Rename =
        @convention(c) (
          Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32
        ) -> Int32
      guard let symbol = unsafe dlsym(nil, "renameat2") else { return 0 }
      let rename = unsafe unsafeBitCast(symbol, to: Rename.self)
      var count = 0
      while !isDone.load(ordering: .relaxed) {
        if unsafe rename(AT_FDCWD, first, AT_FDCWD, second, 2) == 0 { count += 1 }
      }
      return count
    }
    self.thread.withLock { $0 = thread }
  }

  /// How many exchanges there were.
  func end() throws -> Int {
    isDone.store(true, ordering: .relaxed)
    return try thread.withLock { $0 }?.join() ?? 0
  }
}
