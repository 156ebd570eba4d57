import ControlMessages

/// SplitMix64: the same seed always gives the same buffers.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}

extension SeededGenerator {
  mutating func oneIn(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }

  mutating func bytes(upTo count: Int) -> [UInt8] {
    (0..<Int.random(in: 0...count, using: &self)).map { _ in
      UInt8.random(in: 0...255, using: &self)
    }
  }

  /// A message of any kind, or only of levels that a Unix socket ignores.
  mutating func message(ignored: Bool) -> ControlMessage {
    switch ignored ? 0 : Int.random(in: 0...4, using: &self) {
    case 1: .rights((0..<Int.random(in: 0...4, using: &self)).map { Int32($0) })
    case 2: .credentials(.init(pid: 1, uid: 2, gid: 3))
    case 3: .pidDescriptor(5)
    case 4: .security(bytes(upTo: 9))
    default: .unknown(level: 99, type: 1, payload: bytes(upTo: 9))
    }
  }

  /// Some messages, most often damaged: a wrong `cmsg_len`, a lost or added tail.
  mutating func buffer(abi: ControlABI, ignored: Bool) -> [UInt8] {
    let messages = (0..<Int.random(in: 0...3, using: &self)).map { _ in
      message(ignored: ignored)
    }
    var bytes = ControlBuffer.encode(messages, abi: abi)
    if oneIn(2),
      let record = ControlBuffer.decode(bytes, abi: abi).records.randomElement(
        using: &self)
    {
      bytes[record.offset] = UInt8.random(in: 0...48, using: &self)
      if oneIn(6) {
        for index in 1..<abi.lengthWidth where oneIn(2) { bytes[record.offset + index] = 0xff }
      }
    }
    if oneIn(3) { bytes.removeLast(Int.random(in: 0...min(20, bytes.count), using: &self)) }
    if oneIn(3) { bytes += [UInt8](repeating: 0, count: Int.random(in: 0...30, using: &self)) }
    return bytes
  }
}
