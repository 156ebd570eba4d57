import ControlMessages
import TraceModel

/// An experiment with a call that a thread has entered. It is done when the thread goes on, not
/// before, so that nothing needs to be taken back while the user thinks.
struct CallExperiment {
  let asked: Experiment
  /// Which of the call's messages is changed, from 0.
  let place: Int
  let record: ExperimentRecord
  /// What is to be written into the process's memory, and what stands there.
  let writes: [MemoryPiece]
  let saved: [MemoryPiece]
  /// The flags as an argument of the call; nil when they stay as they are.
  let argument: Argument?
  let limit: Int?
  let error: Int32?
  /// The room that was borrowed for a larger control buffer.
  let room: BorrowedRoom?
  /// Where `msg_controllen` of a receive stands, and its size: when the call succeeds the kernel's
  /// answer is there, which the program must see.
  let answer: MemoryPiece?
  /// Whether it is done and not undone.
  var isDone = false
  /// The process's soft limit before, once it was lowered.
  var limitBefore: UInt64?

  /// An argument in a register.
  struct Argument: Equatable {
    let index: Int
    let was: UInt64
    let now: UInt64
  }

  /// What is to be written back when the call has returned.
  func restored(afterSuccess: Bool) -> [MemoryPiece] {
    saved.filter { !(afterSuccess && $0.address == answer?.address) }
  }
}

/// Room below the stack of a thread that lies in a call, in the place of the program's own control
/// buffer.
struct BorrowedRoom: Equatable {
  let address: UInt64
  /// The program's own `msghdr`, and where it lies.
  let own: MessageHeader
  let headerAddress: UInt64

  /// What of the kernel's answer the program can be given in its own buffer: the records that fit,
  /// and of a list of descriptors as many as fit, as the kernel would have cut it. The rest would
  /// make the program read beyond its buffer.
  func answer(in memory: some TraceeMemory) -> [MemoryPiece] {
    guard let header = MessageHeader(at: headerAddress, abi: own.abi, in: memory) else { return [] }
    let abi = own.abi
    let used = Int(clamping: header.controlLength)
    let capacity = Int(clamping: own.controlLength)
    let bytes = memory.read(address, count: min(used, ExperimentPlan.largestControl))
    let kept = Self.cut(bytes, to: capacity, abi)
    let length = used <= capacity ? used : kept.count
    var pieces = [
      MemoryPiece(
        UInt64(length), width: abi.lengthWidth,
        at: headerAddress + MessageHeader.controlLengthOffset(abi))
    ]
    if own.controlAddress != 0, !kept.isEmpty {
      pieces.append(MemoryPiece(kept, at: own.controlAddress))
    }
    if used > capacity {
      let flags = UInt64(UInt32(bitPattern: header.flags | MessageFlags.controlTruncated.rawValue))
      pieces.append(
        MemoryPiece(flags, width: 4, at: headerAddress + MessageHeader.flagsOffset(abi)))
    }
    return pieces
  }

  static func cut(_ bytes: [UInt8], to capacity: Int, _ abi: ControlABI) -> [UInt8] {
    guard bytes.count > capacity else { return bytes }
    for record in ControlBuffer.decode(bytes, abi: abi).records
    where record.offset + record.declaredLength > capacity {
      let room = capacity - record.offset - abi.headerLength
      guard case .rights = record.message, room >= 4 else {
        return Array(bytes.prefix(min(record.offset, capacity)))
      }
      let length = abi.headerLength + room / 4 * 4
      var kept = Array(bytes.prefix(record.offset + length))
      kept.put(length, at: record.offset, width: abi.lengthWidth)
      return kept
    }
    return Array(bytes.prefix(capacity))
  }
}

extension EnteredCall {
  /// The call as the program made it.
  func withoutExperiment(_ memory: some TraceeMemory) -> EnteredCall {
    guard let experiment else { return self }
    var call = self
    call.experiment = nil
    if let argument = experiment.argument { call.arguments[argument.index] = argument.was }
    call.headers = []
    call.sends = nil
    call.readHeaders(memory)
    return call
  }

  /// Where the header of one of its messages lies.
  func headerAddress(at place: Int) -> UInt64 {
    call == .sendmmsg || call == .recvmmsg
      ? arguments[1] &+ UInt64(place * MessageHeader.entrySize(abi)) : arguments[1]
  }

  /// What was changed in one of the call's messages: all of them have the flags, the limit and the
  /// error in common.
  func experiment(at index: Int) -> ExperimentRecord? {
    switch experiment?.asked {
    case .addFlags, .removeFlags, .limitDescriptors, .fail: experiment?.record
    default: index == experiment?.place ? experiment?.record : nil
    }
  }
}
