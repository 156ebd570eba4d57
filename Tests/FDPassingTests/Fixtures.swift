import ControlMessages
import FDPassing
import Glibc
import SystemPackage
import TestKit

/// A file without a name, to be passed around: what it holds tells it from all others.
func memoryFile(_ text: String) throws -> OwnedDescriptor {
  var template = Array("/tmp/fdpassing-tests-XXXXXX".utf8CString)
  let number = unsafe template.withUnsafeMutableBufferPointer { buffer in
    guard let name = buffer.baseAddress else { return Int32(-1) }
    let number = unsafe mkstemp(name)
    _ = unsafe unlink(name)
    return number
  }
  if number < 0 { throw Errno(rawValue: errno) }
  let descriptor = OwnedDescriptor(adopting: number)
  try descriptor.fileDescriptor.writeAll(text.utf8)
  return descriptor
}

/// What a message brought, as values that can be compared.
struct Seen {
  let bytes: [UInt8]
  let count: Int
  let descriptors: [FileDescriptor]
  let hasPidDescriptor: Bool
  let credentials: SocketCredentials?
  let isDataTruncated: Bool
  let isControlTruncated: Bool
  let isEndOfFile: Bool

  init(_ message: borrowing ReceivedMessage) {
    bytes = message.bytes
    count = message.count
    descriptors = message.descriptors.fileDescriptors
    hasPidDescriptor =
      switch message.pidDescriptor {
      case .some: true
      case nil: false
      }
    credentials = message.credentials
    isDataTruncated = message.isDataTruncated
    isControlTruncated = message.isControlTruncated
    isEndOfFile = message.isEndOfFile
  }
}

/// What a file holds, whatever its offset is.
func contents(of descriptor: borrowing OwnedDescriptor) throws -> String {
  let file = descriptor.fileDescriptor
  let bytes = try unsafe [UInt8](unsafeUninitializedCapacity: 64) { buffer, count in
    let room = UnsafeMutableRawBufferPointer(buffer)
    count = try unsafe file.read(fromAbsoluteOffset: 0, into: room)
  }
  return String(decoding: bytes, as: UTF8.self)
}

func isClosedOnExec(_ descriptor: FileDescriptor) -> Bool {
  fcntl(descriptor.rawValue, F_GETFD) & FD_CLOEXEC != 0
}

/// Runs `body` and says what descriptors it left open. For a process that does nothing else.
func leftOpen(by body: () throws -> Void) rethrows -> [Int32: String] {
  let before = openDescriptors() ?? [:]
  try body()
  var left: [Int32: String] = [:]
  // What a thread of the runtime opens for a moment is gone at another look; what leaks is not.
  for _ in 0..<1000 {
    left = (openDescriptors() ?? [:]).filter { number, target in
      // What another test's process lent this one may be removed meanwhile.
      before[number] != target && before[number].map({ $0 + " (deleted)" }) != target
        && !eventLoopTargets.contains(target)
    }
    if left.isEmpty { break }
    usleep(1000)
  }
  return left
}

/// What the event loop of the language's runtime opens when it likes, on a thread of its own.
private let eventLoopTargets: Set<String> = [
  "anon_inode:[eventpoll]", "anon_inode:[eventfd]", "anon_inode:[timerfd]",
]

/// Runs `body` while the process may open only so many more descriptors.
func withRoomInTable(for count: Int, _ body: () throws -> Void) throws {
  // The event loop must have all it needs: it does not survive a full table.
  for _ in 0..<5000 where !eventLoopTargets.isSubset(of: (openDescriptors() ?? [:]).values) {
    usleep(1000)
  }
  let used = Set((openDescriptors() ?? [:]).keys)
  let free = (Int32(0)...).lazy.filter { !used.contains($0) }
  guard let last = free.prefix(count).reversed().first else { return }
  var old = rlimit()
  _ = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &old)
  var limit = rlimit(rlim_cur: rlim_t(last + 1), rlim_max: old.rlim_max)
  _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  defer { _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &old) }
  try body()
}
