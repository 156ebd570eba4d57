import ControlMessages
import TraceModel

/// A `struct msghdr` as it lay in a process's memory (recvmsg(2)).
struct MessageHeader: Equatable {
  var nameAddress: UInt64
  var nameLength: UInt32
  var buffersAddress: UInt64
  var bufferCount: UInt64
  var controlAddress: UInt64
  var controlLength: UInt64
  var flags: Int32
  let abi: ControlABI

  /// `sizeof(struct msghdr)`.
  static func size(_ abi: ControlABI) -> Int { abi == .bits64 ? 56 : 28 }

  /// `sizeof(struct mmsghdr)`: a header and the length that its entry moved.
  static func entrySize(_ abi: ControlABI) -> Int { abi == .bits64 ? 64 : 32 }

  /// Where `msg_iovlen`, `msg_control` and `msg_controllen` stand in it, the size of a word each.
  static func bufferCountOffset(_ abi: ControlABI) -> UInt64 { 3 * UInt64(abi.lengthWidth) }
  static func controlOffset(_ abi: ControlABI) -> UInt64 { 4 * UInt64(abi.lengthWidth) }
  static func controlLengthOffset(_ abi: ControlABI) -> UInt64 { 5 * UInt64(abi.lengthWidth) }
  /// Where `msg_flags` stands, four bytes.
  static func flagsOffset(_ abi: ControlABI) -> UInt64 { 6 * UInt64(abi.lengthWidth) }

  /// Reads the header at `address`; nil when it is not wholly readable.
  init?(at address: UInt64, abi: ControlABI, in memory: some TraceeMemory) {
    guard let bytes = memory.readAll(address, count: Self.size(abi)) else { return nil }
    self.init(bytes[...], abi: abi)
  }

  /// Takes the header from its bytes, ``size(_:)`` of them.
  init(_ bytes: ArraySlice<UInt8>, abi: ControlABI) {
    let bytes = Array(bytes)
    let word = abi.lengthWidth
    self.abi = abi
    nameAddress = bytes.number(at: 0, width: word)
    nameLength = UInt32(bytes.number(at: word, width: 4))
    buffersAddress = bytes.number(at: 2 * word, width: word)
    bufferCount = bytes.number(at: 3 * word, width: word)
    controlAddress = bytes.number(at: 4 * word, width: word)
    controlLength = bytes.number(at: 5 * word, width: word)
    flags = Int32(truncatingIfNeeded: bytes.number(at: 6 * word, width: 4))
  }

  /// Only the buffers, for readv(2) and writev(2).
  init(buffersAt address: UInt64, count: UInt64, abi: ControlABI) {
    nameAddress = 0
    nameLength = 0
    buffersAddress = address
    bufferCount = count
    controlAddress = 0
    controlLength = 0
    flags = 0
    self.abi = abi
  }

  /// Bytes of data we keep of one message; the rest is counted, not kept.
  static let dataLimit = 256
  /// Bytes of a control buffer we read: several times what 253 descriptors, credentials and a
  /// security context take.
  static let controlLimit = 8192
  /// `UIO_MAXIOV`: with more buffers the kernel refuses the call.
  static let bufferLimit: UInt64 = 1024

  /// Has everything read that a receive of `moved` bytes filled, for later.
  func load(moved: Int, capacity: UInt64, in memory: some TraceeMemory) {
    _ = address(in: memory)
    _ = data(moved: moved, in: memory)
    _ = control(capacity: capacity, in: memory)
  }

  /// What the buffers hold, `moved` bytes of it (all of it when nil), and what they offer.
  func data(moved: Int?, in memory: some TraceeMemory) -> DataExcerpt {
    let word = abi.lengthWidth
    let count = Int(min(bufferCount, Self.bufferLimit))
    let table = memory.read(buffersAddress, count: count * 2 * word)
    var bytes: [UInt8] = []
    var capacity = 0
    for index in 0..<(table.count / (2 * word)) {
      let address = table.number(at: index * 2 * word, width: word)
      let length = Int(clamping: table.number(at: (index * 2 + 1) * word, width: word))
      let wanted = min(length, min(Self.dataLimit, moved ?? .max) - bytes.count)
      // A hole ends the excerpt: what follows it would stand at the wrong place.
      if wanted > 0, bytes.count == min(capacity, Self.dataLimit) {
        bytes += memory.read(address, count: wanted)
      }
      let sum = capacity.addingReportingOverflow(length)
      capacity = sum.overflow ? .max : sum.partialValue
    }
    return DataExcerpt(
      bytes: bytes, length: moved ?? capacity, capacity: capacity,
      buffers: Int(clamping: bufferCount))
  }

  /// The address in `msg_name`; nil where there is none.
  func address(in memory: some TraceeMemory) -> String? {
    // A socket without a name is told by its family alone.
    guard nameAddress != 0, nameLength > 2 else { return nil }
    return socketAddressText(at: nameAddress, length: UInt64(nameLength), in: memory)
  }

  /// The control buffer of `capacity` bytes of which `used`, or else ``controlLength``, are in use;
  /// nil when the program gave none.
  func control(
    capacity: UInt64, used: Int? = nil, in memory: some TraceeMemory
  ) -> ControlExcerpt? {
    guard controlAddress != 0 || capacity != 0 else { return nil }
    let capacity = Int(clamping: capacity)
    let bytes =
      controlAddress == 0
      ? [] : memory.read(controlAddress, count: min(capacity, Self.controlLimit))
    return ControlExcerpt(
      capacity: capacity, length: used ?? Int(clamping: controlLength), bytes: bytes, abi: abi)
  }
}
