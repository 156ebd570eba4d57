import CLinux

/// Another process's memory as the decoder sees it: live through process_vm_readv(2), in tests a
/// dictionary. Every address and length comes from that process and may be wrong.
protocol TraceeMemory {
  /// As many of `count` bytes at `address` as can be read from its beginning.
  func read(_ address: UInt64, count: Int) -> [UInt8]
}

extension TraceeMemory {
  /// Exactly `count` bytes, or nil.
  func readAll(_ address: UInt64, count: Int) -> [UInt8]? {
    let bytes = read(address, count: count)
    return bytes.count == count ? bytes : nil
  }
}

/// The memory of a stopped thread's process.
struct ProcessMemory: TraceeMemory {
  let pid: Int32

  func read(_ address: UInt64, count: Int) -> [UInt8] {
    guard count > 0, let start = UInt(exactly: address) else { return [] }
    return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      let got = unsafe clinux_read_memory(pid, start, buffer.baseAddress, count)
      initialized = max(0, got)
    }
  }
}

extension [UInt8] {
  /// The little- or big-endian number of `width` bytes at `offset`, in this machine's order.
  func number(at offset: Int, width: Int) -> UInt64 {
    var value: UInt64 = 0
    for index in 0..<width {
      #if _endian(little)
        value |= UInt64(self[offset + index]) << UInt64(8 * index)
      #else
        value = value << 8 | UInt64(self[offset + index])
      #endif
    }
    return value
  }
}
