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
      let block = self.block(numbers.map(UInt32.init), UInt32(numbering.ioctlNumber))
      steps.append(jumpUnlessEqual(numbering.rawValue, by: UInt8(block.count)))
      steps += block
    }
    return steps + [verdict(allow)]
  }

  private static let allow: UInt32 = 0x7FFF_0000
  private static let trace: UInt32 = 0x7FF0_0000

  private static func block(_ numbers: [UInt32], _ ioctl: UInt32) -> [clinux_filter_step] {
    var steps = [load(offset: 0)]  // nr
    // Over the verdicts, to what is asked of an ioctl.
    steps += choice([ioctl], over: UInt8(numbers.count + 2))
    steps += choice(numbers)
    steps += [verdict(allow), verdict(trace | mark), load(offset: 24)]  // args[1]
    return steps + choice(EnteredCall.ioctlCommands.map(\.number))
      + [verdict(allow), verdict(trace | mark)]
  }

  /// Jumps to the second step after it when the loaded value is among the `values`, or as many
  /// steps further as it says.
  private static func choice(_ values: [UInt32], over more: UInt8 = 1) -> [clinux_filter_step] {
    values.enumerated().map { index, value in
      jumpIfEqual(value, by: UInt8(values.count - index - 1) + more)
    }
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
