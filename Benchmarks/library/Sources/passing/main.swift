// `passing self|pair DESCRIPTORS PASSES` passes so many descriptors in a message, so many times,
// through the library. passing.c does the same in plain C.
// self: send and receive in one process. pair: to a second process and back.
import FDPassing
import Glibc
import SystemPackage

/// The descriptor that a second process finds its end of the pair at.
let inherited: Int32 = 3

struct Passing: ~Copyable {
  let lent: [FileDescriptor]

  func give(_ socket: borrowing UnixSocket) throws {
    _ = try unsafe withUnsafeBytes(of: UInt8(ascii: "x")) {
      try unsafe socket.send($0, descriptors: lent)
    }
  }

  func take(_ socket: borrowing UnixSocket) throws -> DescriptorBatch {
    var byte: UInt8 = 0
    let message = try unsafe withUnsafeMutableBytes(of: &byte) { buffer in
      try unsafe socket.receive(into: buffer, maxDescriptors: lent.count)
    }
    guard message.descriptors.count == lent.count else { fatalError("descriptors are missing") }
    return message.descriptors
  }

  /// Both ends are this process's.
  func passWithin(_ pair: borrowing UnixSocketPair, times: Int) throws {
    for _ in 0..<times {
      try give(pair.first)
      _ = try take(pair.second)
    }
  }

  /// A pass there, and one back.
  func passThereAndBack(_ socket: borrowing UnixSocket, times: Int) throws {
    for _ in 0..<times / 2 {
      try give(socket)
      _ = try take(socket)
    }
  }

  /// Sends on what comes, not what it has itself.
  func sendBack(_ socket: borrowing UnixSocket, times: Int) throws {
    for _ in 0..<times / 2 {
      let batch = try take(socket)
      _ = try unsafe withUnsafeBytes(of: UInt8(ascii: "x")) {
        try unsafe socket.send($0, descriptors: batch)
      }
    }
  }
}

/// Starts this program as the other end.
func startPeer(_ socket: consuming UnixSocket, _ words: [String]) -> pid_t {
  var actions = unsafe posix_spawn_file_actions_t()
  unsafe posix_spawn_file_actions_init(&actions)
  unsafe posix_spawn_file_actions_adddup2(&actions, socket.fileDescriptor.rawValue, inherited)
  var arguments = unsafe (["passing", "peer"] + words).map { unsafe strdup($0) } + [nil]
  var child: pid_t = 0
  guard unsafe posix_spawn(&child, "/proc/self/exe", &actions, nil, &arguments, environ) == 0
  else { fatalError("cannot start the second process") }
  return child
}

let words = Array(CommandLine.arguments.dropFirst())
guard words.count == 3, let descriptors = Int(words[1]), let passes = Int(words[2]) else {
  fatalError("usage: passing self|pair DESCRIPTORS PASSES")
}
let passing = Passing(lent: Array(repeating: .standardInput, count: descriptors))
if words[0] == "peer" {
  try passing.sendBack(
    UnixSocket(adopting: OwnedDescriptor(adopting: inherited)), times: passes)
} else {
  let pair = try UnixSocket.pair(.stream)
  if words[0] == "pair" {
    let first = pair.first
    let child = startPeer(pair.second, [words[1], words[2]])
    try passing.passThereAndBack(first, times: passes)
    waitpid(child, nil, 0)
  } else {
    try passing.passWithin(pair, times: passes)
  }
}
