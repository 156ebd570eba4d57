public import FDPassing
import SystemPackage

#if canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// Becomes another program that gets a descriptor from us.
public enum SocketActivation {
  /// `SD_LISTEN_FDS_START` of sd_listen_fds(3).
  private static let firstNumber: Int32 = 3

  /// Executes a program with the descriptor as number 3, the way socket activation does: it finds
  /// LISTEN_FDS, LISTEN_PID and LISTEN_FDNAMES in its environment, as sd_listen_fds(3) reads them.
  ///
  /// - Parameters:
  ///   - command: The program, looked up in PATH when it has no slash, and its arguments.
  ///   - descriptor: What it gets.
  ///   - name: What it is called in LISTEN_FDNAMES; without colons.
  /// - Throws: `BrokerError` when it cannot be executed; otherwise there is no return.
  public static func execute(
    _ command: [String], passing descriptor: consuming OwnedDescriptor, named name: String
  ) throws(BrokerError) -> Never {
    unsafe setenv("LISTEN_FDS", "1", 1)
    unsafe setenv("LISTEN_PID", "\(getpid())", 1)
    unsafe setenv("LISTEN_FDNAMES", name, 1)
    try execute(command, passing: descriptor, as: firstNumber)
  }

  /// Executes a program with the descriptor as the given number.
  public static func execute(
    _ command: [String], passing descriptor: consuming OwnedDescriptor, as number: Int32
  ) throws(BrokerError) -> Never {
    if descriptor.rawValue == number {
      // There already: only what would close it has to go.
      _ = fcntl(number, F_SETFD, 0)
    } else if dup2(descriptor.rawValue, number) == -1 {
      throw .file("make the descriptor number \(number)", Errno(rawValue: errno))
    }
    var arguments = unsafe command.map { unsafe strdup($0) } + [nil]
    unsafe execvp(command[0], &arguments)
    throw .file("run \(command[0])", Errno(rawValue: errno))
  }
}
