import ControlMessages
import TraceModel

/// The six words that a system call takes at most.
typealias CallArguments = [6 of UInt64]

/// A call as its thread entered it.
struct EnteredCall {
  let call: TracedCall
  var arguments: CallArguments
  /// The word size of the program.
  let abi: ControlABI
  /// Microseconds since the session began.
  let time: Int64
  /// The headers of a send or a receive as they were at the entry (the kernel overwrites part of
  /// them), one for each entry of `sendmmsg` and `recvmmsg`; empty when they cannot be read.
  var headers: [MessageHeader] = []
  /// What a send is about to send, one record an entry; nil until it has been read.
  var sends: [MessageRecord]?
  /// Where the arguments lie in memory, for socketcall(2).
  var argumentsAddress: UInt64?
  /// Where ``experiment`` lies: apart, because few calls have one, and all are moved about.
  var boxedExperiment: ExperimentBox?

  /// Only what is indirect lies apart.
  indirect enum ExperimentBox { case experiment(CallExperiment) }

  /// What the user wants changed in it.
  var experiment: CallExperiment? {
    get { if case .experiment(let experiment) = boxedExperiment { experiment } else { nil } }
    set { boxedExperiment = newValue.map { .experiment($0) } }
  }

  /// Whether it is a `sendmmsg` or `recvmmsg` of no message.
  var asksForNothing: Bool {
    (call == .sendmmsg || call == .recvmmsg) && UInt32(truncatingIfNeeded: arguments[2]) == 0
  }

  /// The descriptor that is the call's first argument; nil for the calls that have none.
  var fd: Int32? {
    switch call {
    case .socket, .socketpair, .exitGroup, .ioUringSetup, .seccomp, .prctl: nil
    default: Int32(truncatingIfNeeded: arguments[0])
    }
  }

  /// Where `splice` takes to; nil for all other calls.
  var target: Int32? { call == .splice ? Int32(truncatingIfNeeded: arguments[2]) : nil }

  /// Whether an `fcntl` makes a duplicate.
  var duplicates: Bool { call == .fcntl && Self.duplicating(arguments[1]) != nil }

  /// Whether it installs a seccomp filter with a supervisor (SECCOMP_FILTER_FLAG_NEW_LISTENER).
  var makesListener: Bool { call == .seccomp && arguments[0] == 1 && arguments[1] & 8 != 0 }

  /// The name of an fcntl(2) command that makes a duplicate.
  static func duplicating(_ command: UInt64) -> String? {
    switch command {
    case 0: "F_DUPFD"
    case 1030: "F_DUPFD_CLOEXEC"
    default: nil
    }
  }

  /// The command by which an `fcntl` or an `ioctl` sets or clears close-on-exec; nil for another.
  var flagCommand: String? {
    switch call {
    case .fcntl: arguments[1] == 2 ? "F_SETFD" : nil
    case .ioctl:
      Self.ioctlCommands.first { $0.number == UInt32(truncatingIfNeeded: arguments[1]) }?.name
    default: nil
    }
  }

  /// The commands of ioctl(2) that matter (asm-generic/ioctls.h).
  static let ioctlCommands: [(number: UInt32, name: String)] = [
    (0x5451, "FIOCLEX"), (0x5450, "FIONCLEX"),
  ]

  /// Where `preadv2` and `pwritev2` move data; -1 is the current position, as for all other calls,
  /// and the only one that sockets take. Programs of 32 bits give it in two halves.
  var offset: Int64 {
    let low = arguments[3]
    let bits = abi == .bits64 ? low : low & 0xFFFF_FFFF | arguments[4] << 32
    return Int64(bitPattern: bits)
  }

  /// The `RWF_*` flags of `preadv2` and `pwritev2` (linux/fs.h); others are not named.
  var vectorFlagNames: [String] {
    let names = ["RWF_HIPRI", "RWF_DSYNC", "RWF_SYNC", "RWF_NOWAIT", "RWF_APPEND"]
    return names.enumerated().filter { arguments[5] & (1 << UInt64($0.offset)) != 0 }.map(\.element)
  }

  /// The `MSG_*` flags, for the calls that have some.
  var flags: Int32 {
    call.flagsArgument.map { Int32(truncatingIfNeeded: arguments[$0]) } ?? 0
  }
}

extension EnteredCall {
  /// Reads the headers that a send or a receive points at.
  mutating func readHeaders(_ memory: some TraceeMemory) {
    switch call {
    case .sendmsg, .recvmsg:
      headers = [MessageHeader(at: arguments[1], abi: abi, in: memory)].compactMap { $0 }
    case .sendmmsg, .recvmmsg: headers = Self.entries(arguments, abi, memory).map(\.header)
    default: break
    }
  }

  /// The entries of a `struct mmsghdr` array, as many as can be read, with the lengths the kernel
  /// wrote.
  static func entries(
    _ arguments: CallArguments, _ abi: ControlABI, _ memory: some TraceeMemory
  ) -> [(header: MessageHeader, moved: Int)] {
    let size = MessageHeader.entrySize(abi)
    let wanted = Int(min(arguments[2], MessageHeader.bufferLimit))
    let bytes = memory.read(arguments[1], count: wanted * size)
    return (0..<(bytes.count / size)).map { index in
      let start = index * size
      let header = MessageHeader(bytes[start..<(start + MessageHeader.size(abi))], abi: abi)
      let moved = bytes.number(at: start + MessageHeader.size(abi), width: 4)
      return (header, Int(moved))
    }
  }
}

/// What a call returned.
enum CallOutcome: Equatable {
  case success(Int64)
  case failure(Int32)

  var result: Int64? { if case .success(let value) = self { value } else { nil } }
  var errorName: String? {
    if case .failure(let number) = self { ErrorNames.name(number) } else { nil }
  }
}
