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

  static let size = 56

  /// Reads the header at `address`; nil when it is not wholly readable.
  init?(at address: UInt64, in memory: some TraceeMemory) {
    guard let bytes = memory.readAll(address, count: Self.size) else { return nil }
    nameAddress = bytes.number(at: 0, width: 8)
    nameLength = UInt32(bytes.number(at: 8, width: 4))
    buffersAddress = bytes.number(at: 16, width: 8)
    bufferCount = bytes.number(at: 24, width: 8)
    controlAddress = bytes.number(at: 32, width: 8)
    controlLength = bytes.number(at: 40, width: 8)
    flags = Int32(truncatingIfNeeded: bytes.number(at: 48, width: 4))
  }

  /// Bytes of data we keep of one message; the rest is counted, not kept.
  static let dataLimit = 256
  /// Bytes of a control buffer we read: several times what 253 descriptors, credentials and a
  /// security context take.
  static let controlLimit = 8192
  /// `UIO_MAXIOV`: with more buffers the kernel refuses the call.
  private static let bufferLimit: UInt64 = 1024

  /// What the buffers hold, `moved` bytes of it (all of it when nil), and what they offer.
  func data(moved: Int?, in memory: some TraceeMemory) -> DataExcerpt {
    let count = Int(min(bufferCount, Self.bufferLimit))
    let table = memory.read(buffersAddress, count: count * 16)
    var bytes: [UInt8] = []
    var capacity = 0
    for index in 0..<(table.count / 16) {
      let address = table.number(at: index * 16, width: 8)
      let length = Int(clamping: table.number(at: index * 16 + 8, width: 8))
      let wanted = min(length, min(Self.dataLimit, moved ?? .max) - bytes.count)
      // A hole ends the excerpt: what follows it would stand at the wrong place.
      if wanted > 0, bytes.count == min(capacity, Self.dataLimit) {
        bytes += memory.read(address, count: wanted)
      }
      capacity = capacity.addingReportingOverflow(length).partialValue
      if capacity < 0 { capacity = .max }
    }
    return DataExcerpt(
      bytes: bytes, length: moved ?? capacity, capacity: capacity,
      buffers: Int(clamping: bufferCount))
  }

  /// The control buffer of `capacity` bytes of which `length` are in use; nil when the program
  /// gave none.
  func control(capacity: UInt64, in memory: some TraceeMemory) -> ControlExcerpt? {
    guard controlAddress != 0 || capacity != 0 else { return nil }
    let capacity = Int(clamping: capacity)
    let bytes =
      controlAddress == 0
      ? [] : memory.read(controlAddress, count: min(capacity, Self.controlLimit))
    return ControlExcerpt(
      capacity: capacity, length: Int(clamping: controlLength), bytes: bytes, abi: .bits64)
  }
}
