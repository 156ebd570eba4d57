import CLinux

/// The seccomp filter that stops a launched program at the calls we trace, and at no other: the
/// rest runs at full speed.
enum CallFilter {
  /// What the filter tells with a stop (SECCOMP_RET_DATA), to know ours from the program's own.
  static let mark: UInt32 = 0xFD

  /// A BPF program over `struct seccomp_data` (seccomp(2)).
  static func program() -> [clinux_filter_step] {
    var steps = [load(offset: 4)]  // arch
    for numbering in CallNumbering.native {
      let numbers = numbering.tracedNumbers.sorted()
      let block = self.block(numbers.map(UInt32.init))
      steps.append(jumpUnlessEqual(numbering.rawValue, by: UInt8(block.count)))
      steps += block
    }
    return steps + [verdict(allow)]
  }

  private static let allow: UInt32 = 0x7FFF_0000
  private static let trace: UInt32 = 0x7FF0_0000

  private static func block(_ numbers: [UInt32]) -> [clinux_filter_step] {
    var steps = [load(offset: 0)]  // nr
    for (index, number) in numbers.enumerated() {
      // Over the comparisons that are left and the verdict for none of them.
      steps.append(jumpIfEqual(number, by: UInt8(numbers.count - index)))
    }
    return steps + [verdict(allow), verdict(trace | mark)]
  }

  private static func load(offset: UInt32) -> clinux_filter_step {
    clinux_filter_step(code: 0x20, if_true: 0, if_false: 0, k: offset)  // LD | W | ABS
  }

  private static func jumpIfEqual(_ value: UInt32, by distance: UInt8) -> clinux_filter_step {
    clinux_filter_step(code: 0x15, if_true: distance, if_false: 0, k: value)  // JMP | JEQ | K
  }

  private static func jumpUnlessEqual(_ value: UInt32, by distance: UInt8) -> clinux_filter_step {
    clinux_filter_step(code: 0x15, if_true: 0, if_false: distance, k: value)
  }

  private static func verdict(_ value: UInt32) -> clinux_filter_step {
    clinux_filter_step(code: 0x06, if_true: 0, if_false: 0, k: value)  // RET | K
  }
}
