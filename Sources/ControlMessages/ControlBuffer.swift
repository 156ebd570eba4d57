/// Reading and writing of `msg_control` buffers.
///
/// Numbers are little-endian, as on every machine this package supports.
public enum ControlBuffer {
  /// `SCM_MAX_FD`: the most descriptors that one send may carry, over all its `SCM_RIGHTS`
  /// messages. One more and `sendmsg` fails with `EINVAL`. Source: unix(7).
  public static let maximumDescriptors = 253

  /// Reads a control buffer the way the kernel does, and says what every byte of it is.
  ///
  /// Any bytes can be read; what makes no sense ends up in the result's `problem`.
  ///
  /// - Parameters:
  ///   - bytes: The buffer.
  ///   - used: How many bytes of it count: `msg_controllen` as given to `sendmsg`, or as it was
  ///     after `recvmsg`. Bytes beyond are slack. Nil, or more than there are, means all.
  ///   - abi: The layout of the process that owns the buffer.
  /// - Returns: The records, and fields that cover the whole buffer.
  public static func decode(
    _ bytes: [UInt8], used: Int? = nil, abi: ControlABI = .native
  ) -> ControlDecoding {
    var reader = ControlReader(bytes: bytes, used: used, abi: abi)
    reader.readAll()
    return ControlDecoding(
      bytes: bytes, abi: abi, records: reader.records, fields: reader.fields,
      problem: reader.problem)
  }

  /// Reads only the records of a control buffer, which is faster than ``decode(_:used:abi:)``.
  ///
  /// - Parameters:
  ///   - bytes: The buffer.
  ///   - used: How many bytes of it count, as for ``decode(_:used:abi:)``.
  ///   - abi: The layout of the process that owns the buffer.
  /// - Returns: The same as ``ControlDecoding/records``.
  public static func records(
    _ bytes: [UInt8], used: Int? = nil, abi: ControlABI = .native
  ) -> [ControlRecord] {
    var reader = ControlReader(bytes: bytes, used: used, abi: abi, notesFields: false)
    reader.readAll()
    return reader.records
  }

  /// The descriptors of the ``records(_:used:abi:)``; the same as ``ControlDecoding/descriptors``.
  public static func descriptors(
    _ bytes: [UInt8], used: Int? = nil, abi: ControlABI = .native
  ) -> [Int32] { records(bytes, used: used, abi: abi).descriptors }

  /// Writes messages one after the other, each with zeros up to its `CMSG_SPACE`.
  ///
  /// - Parameters:
  ///   - messages: What to write. Nothing is checked: experiments may write what the kernel
  ///     refuses, as more than 253 descriptors.
  ///   - abi: The layout of the process that will own the buffer.
  /// - Returns: A buffer whose count may be used as `msg_controllen`.
  public static func encode(
    _ messages: [ControlMessage], abi: ControlABI = .native
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(messages.reduce(0) { $0 + abi.space(payload: $1.payloadCount) })
    for message in messages {
      append(abi.length(payload: message.payloadCount), width: abi.lengthWidth, to: &bytes)
      append(message.level, to: &bytes)
      append(message.type, to: &bytes)
      appendPayload(of: message, to: &bytes)
      bytes.append(contentsOf: repeatElement(0, count: abi.align(bytes.count) - bytes.count))
    }
    return bytes
  }

  private static func appendPayload(of message: ControlMessage, to bytes: inout [UInt8]) {
    switch message {
    case .rights(let descriptors):
      for descriptor in descriptors { append(descriptor, to: &bytes) }
    case .credentials(let credentials):
      append(credentials.pid, to: &bytes)
      append(credentials.uid, to: &bytes)
      append(credentials.gid, to: &bytes)
    case .pidDescriptor(let descriptor):
      append(descriptor, to: &bytes)
    case .security(let payload), .unknown(_, _, let payload):
      bytes.append(contentsOf: payload)
    }
  }

  private static func append(
    _ value: some FixedWidthInteger, width: Int = 4, to bytes: inout [UInt8]
  ) {
    for index in 0..<width { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * index))) }
  }
}

extension ControlMessage {
  /// The bytes of data this message takes, header and padding not included.
  public var payloadCount: Int {
    switch self {
    case .rights(let descriptors): 4 * descriptors.count
    case .credentials: SocketCredentials.byteCount
    case .pidDescriptor: 4
    case .security(let payload), .unknown(_, _, let payload): payload.count
    }
  }
}
