import FDPassing
import SystemPackage

#if canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// One client of the echo server, with the memory that it costs.
final class Conversation {
  /// What is to be done next.
  enum Outcome {
    /// Wait for more bytes, or for room for them.
    case goesOn
    /// The other end is done, or the connection broke.
    case isOver
  }

  let connection: OwnedDescriptor
  /// How many lines were echoed, in this server or in those before it.
  private(set) var lines: Int
  /// The beginning of a line.
  private var unfinished: [UInt8]
  /// What found no room on its way back.
  private var unsent: ArraySlice<UInt8> = []
  private(set) var lastActive = ContinuousClock.now
  /// The park was asked to take it: nothing may be read until it said no.
  var isLeaving = false
  /// Stands for all that a real server keeps for a client: parsers, buffers, sessions.
  private let weight: [UInt8]

  /// A new client.
  init(_ connection: consuming OwnedDescriptor, weight: Int) {
    self.connection = connection
    (lines, unfinished) = (0, [])
    // Written to, so that it is there and not only promised.
    self.weight = [UInt8](repeating: 1, count: weight)
    setBlocking(self.connection.fileDescriptor, false)
  }

  /// A client that comes back, with what `token` said when it left.
  convenience init(_ connection: consuming OwnedDescriptor, token: [UInt8], weight: Int) {
    self.init(connection, weight: weight)
    guard let colon = token.firstIndex(of: Self.colon) else { return }
    lines = Int(String(decoding: token[..<colon], as: UTF8.self)) ?? 0
    unfinished = Array(token[(colon + 1)...])
  }

  private static let colon = UInt8(ascii: ":")

  /// All that another server needs to go on: `12:` and the beginning of a line.
  var token: [UInt8] { Array("\(lines):".utf8) + unfinished }

  /// Whether it may be parked: everything that is to be said was said, and the token is not too long.
  var isIdle: Bool { !isLeaving && unsent.isEmpty && token.count <= ParkRole.maximumToken }

  /// It was not taken by the park, and is not to be offered again at once.
  func stay() {
    isLeaving = false
    lastActive = .now + .seconds(1)
  }

  /// Whether something waits for room.
  var wantsRoom: Bool { !unsent.isEmpty }

  /// Reads what is there, and sends back what is whole lines.
  func echo() -> Outcome {
    lastActive = .now
    if !unsent.isEmpty { return send() }
    var buffer = [UInt8](repeating: 0, count: 16384)
    let count = unsafe recv(connection.rawValue, &buffer, buffer.count, 0)
    if count <= 0 { return count < 0 && Self.isPassing(errno) ? .goesOn : .isOver }
    guard let end = buffer[..<count].lastIndex(of: UInt8(ascii: "\n")) else {
      unfinished += buffer[..<count]
      return unfinished.count > Self.maximumLine ? .isOver : .goesOn
    }
    let complete = unfinished + buffer[...end]
    lines += complete.count { $0 == UInt8(ascii: "\n") }
    unfinished = Array(buffer[(end + 1)..<count])
    unsent = complete[...]
    return send()
  }

  private static let maximumLine = 1 << 20

  private func send() -> Outcome {
    while !unsent.isEmpty {
      let count = unsafe unsent.withUnsafeBytes {
        unsafe systemSend(connection.rawValue, $0)
      }
      if count < 0 { return Self.isPassing(errno) ? .goesOn : .isOver }
      unsent = unsent.dropFirst(count)
    }
    return .goesOn
  }

  private static func isPassing(_ code: Int32) -> Bool {
    code == EAGAIN || code == EINTR
  }
}

// Within the type, `send` means the method.
private func systemSend(_ number: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  unsafe send(number, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
}
