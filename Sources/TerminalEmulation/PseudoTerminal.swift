import Glibc
public import TextUI

/// A pseudo-terminal could not be made or opened.
public struct PseudoTerminalError: Error, Equatable, CustomStringConvertible {
  /// The C function that failed.
  public let call: String
  /// Its `errno`.
  public let code: Int32

  /// One sentence with the cure.
  public var description: String {
    let reason = unsafe String(cString: strerror(code))
    let cure =
      code == EMFILE || code == ENFILE
      ? "close descriptors or raise the limit (ulimit -n)"
      : "check that /dev/pts is mounted and kernel.pty.max is not reached"
    return "No pseudo-terminal for the inspected program: \(call) failed: \(reason); \(cure)."
  }
}

/// A pair of terminal ends (`pty(7)`): a program has the slave, we hold the master.
///
/// Both of our descriptors are close-on-exec. The slave stays open here so that output is kept
/// while no program has it, and the master never reports a hang-up in between.
public struct PseudoTerminal: ~Copyable {
  /// What one read of the master yields.
  public enum Reading: Equatable, Sendable {
    /// Bytes that programs printed.
    case bytes([UInt8])
    /// Nothing has been printed since.
    case nothing
    /// Nobody holds the slave any more, and all output was read.
    case ended
  }

  /// Our end, non-blocking; becomes readable when a program prints.
  public let masterDescriptor: Int32
  /// The programs' end; valid until ``closeSlave()``.
  public private(set) var slaveDescriptor: Int32
  /// The slave's name, such as `/dev/pts/3`.
  public let slavePath: String

  /// Makes a pair whose terminal has `size`.
  ///
  /// - Parameter size: columns and rows that programs are told.
  /// - Throws: ``PseudoTerminalError`` when the system has no pseudo-terminal left.
  public init(size: Size) throws(PseudoTerminalError) {
    (masterDescriptor, slaveDescriptor, slavePath) = try Self.openPair()
    resize(size)
  }

  deinit {
    if slaveDescriptor >= 0 { close(slaveDescriptor) }
    close(masterDescriptor)
  }

  private static func openPair() throws(PseudoTerminalError) -> (Int32, Int32, String) {
    let master = try open("/dev/ptmx", O_NONBLOCK)
    do throws(PseudoTerminalError) {
      let path = try unlockedSlave(of: master)
      return (master, try open(path), path)
    } catch {
      close(master)
      throw error
    }
  }

  private static func error(_ call: String) -> PseudoTerminalError {
    PseudoTerminalError(call: call, code: errno)
  }

  /// What unlockpt(3) and ptsname(3) do; the C library's module leaves both out.
  private static func unlockedSlave(of master: Int32) throws(PseudoTerminalError) -> String {
    // From <asm/ioctls.h>, where they are macros that Swift cannot read.
    let setLock: UInt = 0x4004_5431  // TIOCSPTLCK
    let getNumber: UInt = 0x8004_5430  // TIOCGPTN
    var lock: CInt = 0
    guard unsafe ioctl(master, setLock, &lock) == 0 else { throw error("ioctl(TIOCSPTLCK)") }
    var number: CUnsignedInt = 0
    guard unsafe ioctl(master, getNumber, &number) == 0 else { throw error("ioctl(TIOCGPTN)") }
    return "/dev/pts/\(number)"
  }

  private static func open(
    _ path: String, _ flags: Int32 = 0
  ) throws(PseudoTerminalError) -> Int32 {
    let descriptor = unsafe Glibc.open(path, O_RDWR | O_NOCTTY | O_CLOEXEC | flags)
    guard descriptor >= 0 else { throw error("open \(path)") }
    return descriptor
  }

  /// Opens the slave once more, as no controlling terminal and close-on-exec.
  ///
  /// - Returns: a descriptor which the caller closes.
  /// - Throws: ``PseudoTerminalError`` when no descriptor is left.
  public borrowing func openSlave() throws(PseudoTerminalError) -> Int32 {
    try Self.open(slavePath)
  }

  /// Lets go of our slave: once no program has it either, reading yields ``Reading/ended``.
  public mutating func closeSlave() {
    guard slaveDescriptor >= 0 else { return }
    close(slaveDescriptor)
    slaveDescriptor = -1
  }

  /// Tells the programs a new size; the foreground ones get SIGWINCH.
  public borrowing func resize(_ size: Size) {
    var value = winsize(
      ws_row: UInt16(clamping: size.height), ws_col: UInt16(clamping: size.width),
      ws_xpixel: 0, ws_ypixel: 0)
    _ = unsafe ioctl(masterDescriptor, UInt(TIOCSWINSZ), &value)
  }

  /// Takes what was printed, at most `limit` bytes, without waiting.
  public borrowing func read(limit: Int = 65536) -> Reading {
    var count = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, initialized in
      repeat {
        count = unsafe Glibc.read(masterDescriptor, buffer.baseAddress, limit)
      } while count < 0 && errno == EINTR
      initialized = max(0, count)
    }
    if count > 0 { return .bytes(bytes) }
    // A master whose slave is closed everywhere reports EIO.
    return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? .nothing : .ended
  }

  /// Types `bytes` without waiting.
  ///
  /// - Returns: how many were taken; the rest must be offered again later.
  public borrowing func write(_ bytes: [UInt8]) -> Int {
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
        return unsafe Glibc.write(masterDescriptor, rest.baseAddress, rest.count)
      }
      if count > 0 {
        written += count
      } else if count == 0 || errno != EINTR {
        break
      }
    }
    return written
  }
}
