public import ControlMessages

/// One `sendmsg` or `recvmsg` with everything that lay in its `msghdr`.
public struct MessageRecord: Sendable, Hashable {
  /// The call's name.
  public var call: String
  /// The socket it was made on.
  public var socket: SocketInfo
  /// Bytes moved; nil when the call failed or has not returned.
  public var result: Int?
  /// The error's name (`EBADF`) when the call failed.
  public var error: String?
  /// The address that a send named, or that a receive was told it came from: a path, or `@name` for
  /// an abstract one. Only sockets without a connection need one.
  public var address: String?
  /// The flags the program passed to the call.
  public var flags: MessageFlags
  /// `msg_flags` as the kernel returned it; nil for a send and before the receive returned.
  public var messageFlags: MessageFlags?
  /// The data, as far as it was read.
  public var data: DataExcerpt
  /// The ancillary data; nil when the program gave no control buffer.
  public var control: ControlExcerpt?
  /// What the given descriptors refer to in this process, in the order of the control messages.
  public var descriptors: [DescriptorFacts]
  /// What could not be read of the message, as a sentence.
  public var unreadable: String?
  /// The process's effective user at that moment. Read only when it matters: when a descriptor
  /// goes along that not everybody should have.
  public var user: UInt32?
  /// How full the process's table was. Read only when it matters: when descriptors did not
  /// arrive, or were refused.
  public var room: DescriptorRoom?
  /// What the user had changed in the call before the kernel saw it; nil where nothing was. All
  /// else here is what the kernel got and did.
  public var experiment: ExperimentRecord?

  /// Makes the record of a send or a receive.
  public init(
    call: String, socket: SocketInfo, address: String? = nil, result: Int? = nil,
    error: String? = nil, flags: MessageFlags = [], messageFlags: MessageFlags? = nil,
    data: DataExcerpt = DataExcerpt(bytes: []), control: ControlExcerpt? = nil,
    descriptors: [DescriptorFacts] = [], unreadable: String? = nil, user: UInt32? = nil,
    room: DescriptorRoom? = nil, experiment: ExperimentRecord? = nil
  ) {
    self.call = call
    self.socket = socket
    self.address = address
    self.result = result
    self.error = error
    self.flags = flags
    self.messageFlags = messageFlags
    self.data = data
    self.control = control
    self.descriptors = descriptors
    self.unreadable = unreadable
    self.user = user
    self.room = room
    self.experiment = experiment
  }

  /// The descriptor numbers that stand in the control messages, in order.
  public var descriptorNumbers: [Int32] { control?.descriptors ?? [] }
}

/// How full a process's descriptor table was.
public struct DescriptorRoom: Sendable, Hashable {
  /// The descriptors in it with numbers below ``limit``.
  public var open: Int
  /// One more than the highest number a descriptor may get: the soft limit RLIMIT_NOFILE
  /// (getrlimit(2)).
  public var limit: Int

  /// Makes a count and its limit.
  public init(open: Int, limit: Int) {
    self.open = open
    self.limit = limit
  }
}

/// A control buffer as it lay in a process's memory.
public struct ControlExcerpt: Sendable, Hashable {
  /// Bytes the program offered: `msg_controllen` when the call was entered.
  public var capacity: Int
  /// Bytes in use: `msg_controllen` after a receive; for a send the same as ``capacity``.
  public var length: Int
  /// The buffer's bytes, those beyond ``length`` included; fewer than ``capacity`` when the
  /// buffer is larger than we read or partly unreadable.
  public var bytes: [UInt8]
  /// The layout of the process that owns the buffer.
  public var abi: ControlABI

  /// Makes an excerpt of a control buffer.
  public init(capacity: Int, length: Int, bytes: [UInt8], abi: ControlABI = .bits64) {
    self.capacity = capacity
    self.length = length
    self.bytes = bytes
    self.abi = abi
  }

  /// The descriptors of all control messages, in order.
  public var descriptors: [Int32] { ControlBuffer.descriptors(bytes, used: length, abi: abi) }

  /// Every control message.
  public var records: [ControlRecord] { ControlBuffer.records(bytes, used: length, abi: abi) }

  /// Every control message and the owner of every byte.
  public var decoding: ControlDecoding { ControlBuffer.decode(bytes, used: length, abi: abi) }
}

/// Flags of `sendmsg`, `recvmsg` and `msg_flags` (recv(2), send(2)).
public struct MessageFlags: OptionSet, Sendable, Hashable {
  /// The kernel's bits.
  public let rawValue: Int32

  /// Takes the kernel's bits; unknown ones are kept.
  public init(rawValue: Int32) { self.rawValue = rawValue }

  /// Of a send the last byte is urgent; of a receive the urgent byte is wanted, and nothing else.
  public static let outOfBand = MessageFlags(rawValue: 0x1)
  /// The message is looked at and stays queued; each look installs fresh descriptors.
  public static let peek = MessageFlags(rawValue: 0x2)
  /// Control data did not fit, or could not be installed, and is gone.
  public static let controlTruncated = MessageFlags(rawValue: 0x8)
  /// Datagram data did not fit and is gone.
  public static let truncated = MessageFlags(rawValue: 0x20)
  /// Return at once rather than wait.
  public static let dontWait = MessageFlags(rawValue: 0x40)
  /// Received descriptors are to be closed by an exec.
  public static let closeOnExec = MessageFlags(rawValue: 0x4000_0000)

  private static let known: [(bit: Int32, name: String)] = [
    (0x1, "MSG_OOB"), (0x2, "MSG_PEEK"), (0x4, "MSG_DONTROUTE"), (0x8, "MSG_CTRUNC"),
    (0x10, "MSG_PROXY"), (0x20, "MSG_TRUNC"), (0x40, "MSG_DONTWAIT"), (0x80, "MSG_EOR"),
    (0x100, "MSG_WAITALL"), (0x200, "MSG_FIN"), (0x400, "MSG_SYN"), (0x800, "MSG_CONFIRM"),
    (0x1000, "MSG_RST"), (0x2000, "MSG_ERRQUEUE"), (0x4000, "MSG_NOSIGNAL"),
    (0x8000, "MSG_MORE"), (0x10000, "MSG_WAITFORONE"), (0x20000, "MSG_SENDPAGE_NOPOLICY"),
    (0x40000, "MSG_BATCH"), (0x400_0000, "MSG_ZEROCOPY"), (0x2000_0000, "MSG_FASTOPEN"),
    (0x4000_0000, "MSG_CMSG_CLOEXEC"),
  ]

  /// The flags by name, lowest bit first; bits without a name together as one hexadecimal number.
  public var names: [String] {
    var names: [String] = []
    var rest = UInt32(bitPattern: rawValue)
    for (bit, name) in Self.known where rawValue & bit != 0 {
      names.append(name)
      rest &= ~UInt32(bitPattern: bit)
    }
    if rest != 0 { names.append("0x" + String(rest, radix: 16)) }
    return names
  }

  /// The flags that such ``names`` stand for; unknown names count for nothing.
  public init(names: some Sequence<String>) {
    var bits: UInt32 = 0
    for name in names {
      if let known = Self.known.first(where: { $0.name == name }) {
        bits |= UInt32(bitPattern: known.bit)
      } else if name.hasPrefix("0x"), let value = UInt32(name.dropFirst(2), radix: 16) {
        bits |= value
      }
    }
    self.init(rawValue: Int32(bitPattern: bits))
  }
}
