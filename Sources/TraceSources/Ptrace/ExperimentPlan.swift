import ControlMessages
import TraceModel

/// Why an experiment cannot be done, as a sentence.
struct ExperimentProblem: Error, Equatable {
  let sentence: String

  init(_ sentence: String) { self.sentence = sentence }
}

/// What an experiment changes in a call, worked out without changing anything. Pure.
struct ExperimentPlan {
  /// The `msghdr` that the kernel is to see; nil where the program's cannot be read.
  var header: MessageHeader?
  /// What is to be written into the control buffer; nil leaves it as it is.
  private(set) var control: [UInt8]?
  /// Whether the control buffer has to lie elsewhere, being larger than the program's.
  private(set) var isElsewhere = false
  private(set) var flags: Int32
  /// The soft limit RLIMIT_NOFILE for the time of the call.
  private(set) var limit: Int?
  /// The number of the error with which the call fails instead of being made.
  private(set) var error: Int32?
  /// The same as it is told.
  private(set) var changes: [ExperimentRecord.Change] = []

  private let isSend: Bool

  /// Several times what 253 descriptors take, and little enough to find room for.
  static let largestControl = 8192

  /// - Parameters:
  ///   - experiment: What is asked for.
  ///   - entered: The call as the program made it.
  ///   - place: Which of its messages is changed, from 0.
  ///   - memory: The program's memory.
  /// - Throws: why the experiment does not fit the call.
  init(
    _ experiment: Experiment, for entered: EnteredCall, at place: Int = 0,
    in memory: some TraceeMemory
  ) throws(ExperimentProblem) {
    header = entered.headers.indices.contains(place) ? entered.headers[place] : nil
    flags = entered.flags
    isSend = entered.call.isSend
    switch experiment {
    case .addFlags(let added): try change(flags: entered.flags | added.rawValue)
    case .removeFlags(let removed): try change(flags: entered.flags & ~removed.rawValue)
    case .limitDescriptors(let count):
      guard count >= 0 else { throw ExperimentProblem("A limit is 0 or more.") }
      limit = count
    case .fail(let name):
      guard let number = ErrorNames.number(name) else {
        throw ExperimentProblem("There is no error \(name); errno(3) lists them.")
      }
      error = number
      changes = [.init("call", was: "made", now: "not made, \(name)")]
    default:
      guard let header else {
        throw ExperimentProblem("The msghdr of this call cannot be read, so it cannot be changed.")
      }
      try change(header, by: experiment, in: memory)
    }
  }

  private mutating func change(flags new: Int32) throws(ExperimentProblem) {
    guard new != flags else { throw ExperimentProblem("The call has these flags already.") }
    note("flags", Self.text(flags), Self.text(new))
    flags = new
  }

  static func pointer(_ address: UInt64) -> String {
    address == 0 ? "NULL" : "0x" + String(address, radix: 16)
  }

  private static func text(_ flags: Int32) -> String {
    flags == 0 ? "0" : MessageFlags(rawValue: flags).names.joined(separator: "|")
  }

  mutating func note(_ field: String, _ was: some Any, _ now: some Any) {
    changes.append(.init(field, was: "\(was)", now: "\(now)"))
  }

  // MARK: The header

  private mutating func change(
    _ header: MessageHeader, by experiment: Experiment, in memory: some TraceeMemory
  ) throws(ExperimentProblem) {
    switch experiment {
    case .resizeControl(let size): try resize(header, to: size, in: memory)
    case .removeControl:
      guard header.controlAddress != 0 || header.controlLength != 0 else {
        throw ExperimentProblem("The call has no control buffer.")
      }
      self.header?.controlAddress = 0
      note("msg_control", Self.pointer(header.controlAddress), Self.pointer(0))
      setControlLength(0, of: header)
    case .noData:
      guard header.bufferCount > 0 else { throw ExperimentProblem("The call has no data buffer.") }
      self.header?.bufferCount = 0
      note("msg_iovlen", header.bufferCount, 0)
    default: try editControl(of: header, by: experiment, in: memory)
    }
  }

  private mutating func setControlLength(_ length: Int, of header: MessageHeader) {
    guard header.controlLength != UInt64(length) else { return }
    self.header?.controlLength = UInt64(length)
    note("msg_controllen", header.controlLength, length)
  }

  private mutating func resize(
    _ header: MessageHeader, to size: Int, in memory: some TraceeMemory
  ) throws(ExperimentProblem) {
    guard (0...Self.largestControl).contains(size) else {
      throw ExperimentProblem("A control buffer may have 0 to \(Self.largestControl) bytes here.")
    }
    guard header.controlLength != UInt64(size) else {
      throw ExperimentProblem("The control buffer has \(size) bytes already.")
    }
    setControlLength(size, of: header)
    guard UInt64(size) > header.controlLength else { return }
    isElsewhere = true
    let own = isSend ? try bytes(of: header, in: memory) : []
    control = own + [UInt8](repeating: 0, count: size - own.count)
  }

  private func bytes(
    of header: MessageHeader, in memory: some TraceeMemory
  ) throws(ExperimentProblem) -> [UInt8] {
    let length = Int(clamping: header.controlLength)
    guard length > 0 else { return [] }
    guard length <= Self.largestControl,
      let bytes = memory.readAll(header.controlAddress, count: length)
    else { throw ExperimentProblem("The control buffer cannot be read whole.") }
    return bytes
  }

  // MARK: The control messages

  private mutating func editControl(
    of header: MessageHeader, by experiment: Experiment, in memory: some TraceeMemory
  ) throws(ExperimentProblem) {
    guard isSend else {
      throw ExperimentProblem("A receive has no control message yet that could be changed.")
    }
    let bytes = try bytes(of: header, in: memory)
    let decoding = ControlBuffer.decode(bytes, abi: header.abi)
    switch experiment {
    case .declareLength(let length):
      guard let record = decoding.records.first, length >= 0 else {
        throw ExperimentProblem("The send has no control message.")
      }
      var edited = bytes
      edited.put(length, at: record.offset, width: header.abi.lengthWidth)
      note("cmsg_len", record.declaredLength, length)
      control = edited
    case .replaceDescriptor(let place, let number):
      let (offset, _) = try Self.find(place, in: decoding)
      var edited = bytes
      edited.put(Int(number), at: offset, width: 4)
      note("fd[\(place)]", decoding.descriptors[place], number)
      control = edited
    case .dropDescriptor(let place):
      let (offset, record) = try Self.find(place, in: decoding)
      note("fd[\(place)]", decoding.descriptors[place], "left out")
      drop(offset, of: record, from: bytes, header)
    default: break
    }
  }

  /// Where a descriptor's number stands, counted over all SCM_RIGHTS messages.
  private static func find(
    _ place: Int, in decoding: ControlDecoding
  ) throws(ExperimentProblem) -> (offset: Int, record: ControlRecord) {
    var left = place
    for record in decoding.records where left >= 0 {
      guard case .rights(let numbers) = record.message else { continue }
      if left < numbers.count { return (record.payload.lowerBound + 4 * left, record) }
      left -= numbers.count
    }
    let count = decoding.descriptors.count
    throw ExperimentProblem(
      count == 0
        ? "The send passes no descriptor."
        : "The send passes \(count) descriptors; there is none at place \(place).")
  }

  private mutating func drop(
    _ offset: Int, of record: ControlRecord, from bytes: [UInt8], _ header: MessageHeader
  ) {
    let abi = header.abi
    let length = record.declaredLength - 4
    note("cmsg_len", record.declaredLength, length)
    var edited = bytes
    edited.put(length, at: record.offset, width: abi.lengthWidth)
    edited.removeSubrange(offset..<(offset + 4))
    edited.insert(
      contentsOf: [0, 0, 0, 0], at: min(edited.count, record.offset + max(0, length)))
    // A record behind it begins at the next boundary, and nothing may look like one: for 32-bit
    // programs the kernel reads a header where there is but one byte (net/compat.c).
    let end = min(bytes.count, record.offset + abi.align(record.declaredLength))
    let newEnd = min(end, record.offset + abi.align(max(0, length)))
    edited.removeSubrange(newEnd..<end)
    setControlLength(edited.count, of: header)
    control = edited
  }
}

extension [UInt8] {
  /// Writes a number of `width` bytes, in this machine's byte order.
  mutating func put(_ value: Int, at offset: Int, width: Int) {
    for index in 0..<Swift.min(width, count - offset) {
      #if _endian(little)
        self[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * index))
      #else
        self[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * (width - 1 - index)))
      #endif
    }
  }
}
