public import ControlMessages

/// One `sendmsg` or `recvmsg` with everything that lay in its `msghdr`.
///
/// A message is handed from one to the next and looked at by many, so copies share what is in it.
public struct MessageRecord: Sendable, Hashable {
  private var contents: Contents

  /// The call's name.
  public var call: String {
    get { contents.fields.call }
    set { change { $0.call = newValue } }
  }
  /// The socket it was made on.
  public var socket: SocketInfo {
    get { contents.fields.socket }
    set { change { $0.socket = newValue } }
  }
  /// Bytes moved; nil when the call failed or has not returned.
  public var result: Int? {
    get { contents.fields.result }
    set { change { $0.result = newValue } }
  }
  /// The error's name (`EBADF`) when the call failed.
  public var error: String? {
    get { contents.fields.error }
    set { change { $0.error = newValue } }
  }
  /// The address that a send named, or that a receive was told it came from: a path, or `@name` for
  /// an abstract one. Only sockets without a connection need one.
  public var address: String? {
    get { contents.fields.address }
    set { change { $0.address = newValue } }
  }
  /// The flags the program passed to the call.
  public var flags: MessageFlags {
    get { contents.fields.flags }
    set { change { $0.flags = newValue } }
  }
  /// `msg_flags` as the kernel returned it; nil for a send and before the receive returned.
  public var messageFlags: MessageFlags? {
    get { contents.fields.messageFlags }
    set { change { $0.messageFlags = newValue } }
  }
  /// The data, as far as it was read.
  public var data: DataExcerpt {
    get { contents.fields.data }
    set { change { $0.data = newValue } }
  }
  /// The ancillary data; nil when the program gave no control buffer.
  public var control: ControlExcerpt? {
    get { contents.fields.control }
    set { change { $0.control = newValue } }
  }
  /// What the given descriptors refer to in this process, in the order of the control messages.
  public var descriptors: [DescriptorFacts] {
    get { contents.fields.descriptors }
    set { change { $0.descriptors = newValue } }
  }
  /// What could not be read of the message, as a sentence.
  public var unreadable: String? {
    get { contents.fields.unreadable }
    set { change { $0.unreadable = newValue } }
  }
  /// The process's effective user at that moment. Read only when it matters: when a descriptor
  /// goes along that not everybody should have.
  public var user: UInt32? {
    get { contents.fields.user }
    set { change { $0.user = newValue } }
  }
  /// How full the process's table was. Read only when it matters: when descriptors did not
  /// arrive, or were refused.
  public var room: DescriptorRoom? {
    get { contents.fields.room }
    set { change { $0.room = newValue } }
  }
  /// What the user had changed in the call before the kernel saw it; nil where nothing was. All
  /// else here is what the kernel got and did.
  public var experiment: ExperimentRecord? {
    get { contents.fields.experiment }
    set { change { $0.experiment = newValue } }
  }

  /// The descriptor numbers that stand in the control messages, in order.
  public var descriptorNumbers: [Int32] { control?.descriptors ?? [] }

  /// Makes the record of a send or a receive.
  public init(
    call: String, socket: SocketInfo, address: String? = nil, result: Int? = nil,
    error: String? = nil, flags: MessageFlags = [], messageFlags: MessageFlags? = nil,
    data: DataExcerpt = DataExcerpt(bytes: []), control: ControlExcerpt? = nil,
    descriptors: [DescriptorFacts] = [], unreadable: String? = nil, user: UInt32? = nil,
    room: DescriptorRoom? = nil, experiment: ExperimentRecord? = nil
  ) {
    contents = Contents(
      Fields(
        call: call, socket: socket, result: result, error: error, address: address, flags: flags,
        messageFlags: messageFlags, data: data, control: control, descriptors: descriptors,
        unreadable: unreadable, user: user, room: room, experiment: experiment))
  }

  private mutating func change(_ change: (inout Fields) -> Void) {
    var fields = contents.fields
    change(&fields)
    contents = Contents(fields)
  }

  /// Two messages are equal when all that is in them is.
  public static func == (one: Self, other: Self) -> Bool {
    one.contents === other.contents || one.contents.fields == other.contents.fields
  }

  /// Hashes all that is in the message.
  public func hash(into hasher: inout Hasher) { contents.fields.hash(into: &hasher) }

  private struct Fields: Sendable, Hashable {
    var call: String
    var socket: SocketInfo
    var result: Int?
    var error: String?
    var address: String?
    var flags: MessageFlags
    var messageFlags: MessageFlags?
    var data: DataExcerpt
    var control: ControlExcerpt?
    var descriptors: [DescriptorFacts]
    var unreadable: String?
    var user: UInt32?
    var room: DescriptorRoom?
    var experiment: ExperimentRecord?
  }

  /// What copies share. It never changes: whoever changes a message makes new contents.
  private final class Contents: Sendable {
    let fields: Fields

    init(_ fields: Fields) { self.fields = fields }
  }
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
  public let capacity: Int
  /// Bytes in use: `msg_controllen` after a receive; for a send the same as ``capacity``.
  public let length: Int
  /// The buffer's bytes, those beyond ``length`` included; fewer than ``capacity`` when the
  /// buffer is larger than we read or partly unreadable.
  public let bytes: [UInt8]
  /// The layout of the process that owns the buffer.
  public let abi: ControlABI
  /// The descriptors of all control messages, in order.
  public let descriptors: [Int32]

  /// Makes an excerpt of a control buffer.
  public init(capacity: Int, length: Int, bytes: [UInt8], abi: ControlABI = .bits64) {
    self.capacity = capacity
    self.length = length
    self.bytes = bytes
    self.abi = abi
    descriptors = ControlBuffer.descriptors(bytes, used: length, abi: abi)
  }

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
