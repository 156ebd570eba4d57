import CLinux
import FDPassing
import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Changing what a stopped thread is about to ask of the kernel. Nothing else writes to a process.
extension Stop {
  /// Makes the call that the thread is about to enter fail with an error, ENOSYS as where there is
  /// no such call.
  borrowing func refuseCall(_ error: Int32 = ENOSYS) { _ = clinux_ptrace_refuse_call(tid, error) }

  /// Sets the third (index 2) or the fourth argument of the call that the thread is about to enter;
  /// after its return, what the program then finds in that register.
  borrowing func setArgument(
    _ index: Int, to value: UInt64, of numbering: CallNumbering?
  ) throws(Errno) {
    let result = clinux_ptrace_set_argument(tid, Int32(index), value, numbering == .i386)
    guard result == 0 else { throw Errno(rawValue: CInt(clamping: -result)) }
  }

  /// Where the thread's stack ends.
  borrowing func stackPointer() throws(Errno) -> UInt64 {
    var pointer: UInt64 = 0
    let result = unsafe clinux_ptrace_stack_pointer(tid, &pointer)
    guard result == 0 else { throw Errno(rawValue: CInt(clamping: -result)) }
    return pointer
  }

  /// Writes into the memory of the thread's process by `/proc/TID/mem` (proc(5)), which unlike
  /// process_vm_writev(2) also reaches constants of the program.
  borrowing func write(_ pieces: [MemoryPiece]) throws(Errno) {
    guard !pieces.isEmpty else { return }
    let number = unsafe open("/proc/\(tid)/mem", O_WRONLY | O_CLOEXEC)
    guard number >= 0 else { throw Errno(rawValue: errno) }
    let file = OwnedDescriptor(adopting: number)
    for piece in pieces {
      let written = unsafe piece.bytes.withUnsafeBytes { bytes in
        unsafe pwrite(
          file.rawValue, bytes.baseAddress, bytes.count, off_t(truncatingIfNeeded: piece.address))
      }
      guard written == piece.bytes.count else {
        throw written < 0 ? Errno(rawValue: errno) : .badAddress
      }
    }
  }
}

/// Bytes at an address of another process.
struct MemoryPiece: Equatable {
  var address: UInt64
  var bytes: [UInt8]

  init(_ bytes: [UInt8], at address: UInt64) {
    self.address = address
    self.bytes = bytes
  }

  /// A number of `width` bytes.
  init(_ value: UInt64, width: Int, at address: UInt64) {
    var bytes = [UInt8](repeating: 0, count: width)
    bytes.put(Int(truncatingIfNeeded: value), at: 0, width: width)
    self.init(bytes, at: address)
  }
}

/// Memory as it will be once some pieces of it are written.
struct PatchedMemory<Base: TraceeMemory>: TraceeMemory {
  let base: Base
  let pieces: [MemoryPiece]

  func read(_ address: UInt64, count: Int) -> [UInt8] {
    var bytes = base.read(address, count: count)
    for piece in pieces {
      for (index, byte) in piece.bytes.enumerated() {
        let (place, isBefore) = (piece.address + UInt64(index)).subtractingReportingOverflow(
          address)
        if !isBefore, place < UInt64(bytes.count) { bytes[Int(place)] = byte }
      }
    }
    return bytes
  }
}
