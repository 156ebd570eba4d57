import FDPassing
import Foundation
import Glibc
import SystemPackage
import TestKit
import Testing

@testable import Brokers

@Suite("Opening files below a root")
struct FileTreeTests {
  private let directory: TemporaryDirectory
  private var root: String { directory.path + "/root" }

  init() throws {
    directory = try TemporaryDirectory()
    for name in ["root/sub", "other"] {
      try FileManager.default.createDirectory(
        atPath: "\(directory.path)/\(name)", withIntermediateDirectories: true)
    }
    for name in ["root/a", "root/sub/b", "root/%41 b\n", "other/secret", "root-secret"] {
      try name.write(toFile: "\(directory.path)/\(name)", atomically: false, encoding: .utf8)
    }
  }

  /// What a path leads to, or why not.
  private func open(
    _ path: [UInt8], in root: FilePath? = nil, writable: Bool = false
  ) throws -> String {
    let tree = try FileTree(root ?? FilePath(self.root))
    do {
      let opened = try tree.open(path, writable: writable)
      return try Self.text(opened.descriptor.fileDescriptor)
    } catch let refusal as Refusal { return refusal.sentence }
  }

  private static func text(_ descriptor: FileDescriptor) throws -> String {
    var bytes = [UInt8](repeating: 0, count: 100)
    let count = try unsafe bytes.withUnsafeMutableBytes { try unsafe descriptor.read(into: $0) }
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  @Test(
    "A regular file below is opened, whatever its name",
    arguments: ["a", "sub/b", "sub/../a", "./sub//b", "%41 b\n"])
  func opens(path: String) throws {
    defer { directory.remove() }
    #expect(["root/a", "root/sub/b", "root/%41 b\n"].contains(try open(Array(path.utf8))))
  }

  @Test(
    "Nothing leads out",
    arguments: [
      ("../other/secret", "leads out"), ("sub/../../other/secret", "leads out"),
      ("/etc/passwd", "leads out"), ("../root-secret", "leads out"), ("..", "leads out"),
      ("../root/a", "leads out"),
      ("link", "A symbolic link"), ("dirlink/secret", "A symbolic link"),
      ("abslink", "A symbolic link"), ("loop", "A symbolic link"), ("good", "A symbolic link"),
      ("proc/self/root/etc/passwd", "no such file"), ("hard", "2 names"),
      ("pipe", "no regular file"), ("sub", "no regular file"), (".", "no regular file"),
      ("sock", "no regular file"), ("a/b", "cannot be opened"), ("none", "no such file"),
      ("", "A path has bytes"), ("a\u{0}", "A path has bytes"),
      (String(repeating: "x", count: 3000), "cannot be opened"),
      (String(repeating: "sub/../", count: 700) + "a", "cannot be opened"),
    ])
  func closed(path: String, reason: String) throws {
    defer { directory.remove() }
    for (name, target) in [
      ("link", "../other/secret"), ("dirlink", "../other"), ("abslink", "/etc/passwd"),
      ("loop", "loop"), ("good", "a"),
    ] { try symlink(target, at: name) }
    try FileManager.default.linkItem(
      atPath: directory.path + "/other/secret", toPath: root + "/hard")
    unsafe mkfifo(root + "/pipe", 0o600)
    try UnixSocket(.stream).bind(to: .path(FilePath(root).appending("sock")))
    let sentence = try open(Array(path.utf8))
    #expect(sentence.contains(reason), "\(path.prefix(40)): \(sentence)")
  }

  private func symlink(_ target: String, at name: String) throws {
    try FileManager.default.createSymbolicLink(
      atPath: "\(root)/\(name)", withDestinationPath: target)
  }

  @Test("A named pipe whose writer waits is not touched")
  func pipe() throws {
    defer { directory.remove() }
    let path = root + "/pipe"
    unsafe mkfifo(path, 0o600)
    #expect(try open(Array("pipe".utf8)) == "It is no regular file.")
    // With a reader there would be no ENXIO.
    #expect(unsafe Glibc.open(path, O_WRONLY | O_NONBLOCK) == -1 && errno == ENXIO)
  }

  @Test("A device is refused and not opened", .requires(.root))
  func device() throws {
    defer { directory.remove() }
    // The memory device, 1:3 is /dev/null; 1:1 would be /dev/mem.
    #expect(unsafe mknod(root + "/null", S_IFCHR | 0o666, 1 << 8 | 3) == 0)
    #expect(try open(Array("null".utf8)) == "It is no regular file.")
  }

  @Test("Another file system below, and magic links, are out of bounds")
  func otherFileSystems() throws {
    defer { directory.remove() }
    #expect(try open(Array("proc/self/status".utf8), in: "/").contains("to another file system"))
    #expect(try open(Array("dev/null".utf8), in: "/") != "")
    #expect(throws: BrokerError.unsafeRoot("/proc/self")) { _ = try FileTree("/proc/self") }
    #expect(throws: BrokerError.self) { _ = try FileTree(FilePath(root).appending("a")) }
  }

  @Test("What is opened for reading cannot be written, and does not keep O_NONBLOCK")
  func mode() throws {
    defer { directory.remove() }
    let tree = try FileTree(FilePath(root))
    for (writable, access) in [(false, O_RDONLY), (true, O_RDWR)] {
      let opened = try tree.open(Array("a".utf8), writable: writable)
      let flags = fcntl(opened.descriptor.rawValue, F_GETFL)
      #expect(flags & (O_ACCMODE | O_NONBLOCK) == access)
      #expect(opened.size == 6)
      #expect(opened.age > .zero && opened.age < .seconds(60))
    }
  }

  @Test("The root stays the one that was opened")
  func movedRoot() throws {
    defer { directory.remove() }
    let tree = try FileTree(FilePath(root))
    try FileManager.default.moveItem(atPath: root, toPath: directory.path + "/moved")
    try FileManager.default.createSymbolicLink(atPath: root, withDestinationPath: "/etc")
    let opened = try tree.open(Array("a".utf8), writable: false)
    #expect(try Self.text(opened.descriptor.fileDescriptor) == "root/a")
  }
}
