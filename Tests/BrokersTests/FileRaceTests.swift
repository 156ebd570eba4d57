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
    var tries = 0
    let end = ContinuousClock.now + .seconds(60)
    // On a busy machine the other thread may come late; without it there is no race.
    while tries < 25_000 || counts.opened == 0 || counts.refused == 0 || swapper.swaps < 1000 {
      if tries >= 25_000 && .now > end { break }
      tries += 1
      do throws(Refusal) {
        let opened = try tree.open(name, writable: false)
        _ = try limits.check(size: opened.size, age: opened.age)
        counts.opened += 1
        if Self.text(opened.descriptor.rawValue) != Array("small".utf8) { counts.wrong += 1 }
      } catch { counts.refused += 1 }
    }
    try swapper.end()
    #expect(counts.wrong == 0)
    #expect(
      counts.opened > 0 && counts.refused > 0 && swapper.swaps >= 1000,
      "\(counts), \(swapper.swaps) swaps")
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
  private let count = Atomic(0)
  private let thread = Mutex<BackgroundThread<Void>?>(nil)

  /// How many exchanges there were.
  var swaps: Int { count.load(ordering: .relaxed) }

  init(_ first: String, _ second: String) {
    let thread = BackgroundThread { [self] in
      // Glibc declares it for programs of _GNU_SOURCE only, which Swift's module is not.
      typealias Rename =
        @convention(c) (
          Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32
        ) -> Int32
      guard let symbol = unsafe dlsym(nil, "renameat2") else { return }
      let rename = unsafe unsafeBitCast(symbol, to: Rename.self)
      while !isDone.load(ordering: .relaxed) {
        if unsafe rename(AT_FDCWD, first, AT_FDCWD, second, 2) == 0 {
          count.add(1, ordering: .relaxed)
        }
      }
    }
    self.thread.withLock { $0 = thread }
  }

  func end() throws {
    isDone.store(true, ordering: .relaxed)
    try thread.withLock { $0 }?.join()
  }
}
