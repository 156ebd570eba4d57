import CLinux
import FDPassing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

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

/// The memory of a process one of whose threads is stopped, page by page: a message's header,
/// buffers and control data mostly lie on one page of a stack, and are then read by one call.
/// What was read is kept until ``turn(to:)``, which must be called at each stop. Once the thread
/// goes on nothing but that is to be believed: see ``seal()``.
final class ProcessMemory: TraceeMemory {
  private var tid: Int32 = 0
  /// Pages that were read; those from ``inUse`` on are only kept for their storage.
  private var pages: [(number: UInt64, bytes: [UInt8])] = []
  private var inUse = 0
  private var isSealed = false
  /// What is read where process_vm_readv(2) was refused; nil where it was not.
  private var file: MemoryFile?

  private static let pageSize = 4096

  /// Turns to a thread whose process's memory may have changed since the last look.
  func turn(to tid: Int32) {
    self.tid = tid
    inUse = 0
    isSealed = false
  }

  /// A process has another memory from now on (execve(2)): an open file would be of the old one.
  func executed() { file = nil }

  /// Reads no further page: the thread was let go, and may write to its memory.
  func seal() { isSealed = true }

  func read(_ address: UInt64, count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    guard count > 0 else { return bytes }
    bytes.reserveCapacity(min(count, Self.pageSize))
    let size = UInt64(Self.pageSize)
    var position = address
    while bytes.count < count, let index = page(position / size) {
      let start = Int(position % size)
      let end = min(Self.pageSize, start + count - bytes.count)
      bytes += pages[index].bytes[start..<end]
      let next = position.addingReportingOverflow(UInt64(end - start))
      guard !next.overflow else { break }
      position = next.partialValue
    }
    return bytes
  }

  /// The index of a page; nil when it cannot be read.
  private func page(_ number: UInt64) -> Int? {
    for index in 0..<inUse where pages[index].number == number { return index }
    guard !isSealed, let start = UInt(exactly: number * UInt64(Self.pageSize)) else { return nil }
    if inUse == pages.count {
      pages.append((number, [UInt8](repeating: 0, count: Self.pageSize)))
    }
    guard readPage(at: start) == Self.pageSize else { return nil }
    pages[inUse].number = number
    inUse += 1
    return inUse - 1
  }

  /// Reads a page into the next free place; returns the bytes read, or `-errno`.
  private func readPage(at start: UInt) -> Int {
    let tid = tid
    if file == nil {
      let got = unsafe pages[inUse].bytes.withUnsafeMutableBytes { buffer in
        unsafe clinux_read_memory(tid, start, buffer.baseAddress, buffer.count)
      }
      guard got == -Int(ENOSYS) || got == -Int(EPERM) else { return got }
    }
    return readFile(at: start)
  }

  /// The same from `/proc/PID/mem` (proc(5)), where process_vm_readv(2) is not to be had.
  private func readFile(at start: UInt) -> Int {
    if file?.tid != tid {
      let number = unsafe open("/proc/\(tid)/mem", O_RDONLY | O_CLOEXEC)
      guard number >= 0 else { return -Int(errno) }
      file = MemoryFile(tid: tid, descriptor: OwnedDescriptor(adopting: number))
    }
    guard let number = file?.descriptor.rawValue, let offset = Int(exactly: start) else {
      return -Int(EIO)
    }
    return unsafe pages[inUse].bytes.withUnsafeMutableBytes { buffer in
      unsafe pread(number, buffer.baseAddress, buffer.count, offset)
    }
  }

  /// An open `/proc/PID/mem`.
  private final class MemoryFile {
    let tid: Int32
    let descriptor: OwnedDescriptor

    init(tid: Int32, descriptor: consuming OwnedDescriptor) {
      self.tid = tid
      self.descriptor = descriptor
    }
  }
}

extension [UInt8] {
  /// The number of `width` bytes at `offset`, in this machine's byte order.
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
