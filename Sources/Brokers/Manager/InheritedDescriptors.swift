public import FDPassing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// The descriptors that a service manager started this process with.
///
/// They are numbered from 3 on; `LISTEN_FDS` says how many, `LISTEN_PID` for whom, `LISTEN_FDNAMES`
/// what each is called. Source: sd_listen_fds(3).
public struct InheritedDescriptors: ~Copyable {
  /// The first number.
  static let first: Int32 = 3
  /// More than any table holds is a mistake, and counting to it would take forever.
  private static let maximum = 1 << 20

  private var batch: DescriptorBatch
  private var names: ArraySlice<Substring>

  /// Takes what this process was started with: once, since they are owned then. The variables are
  /// removed, so that no program that this one starts believes they are meant for it.
  public static func take() -> InheritedDescriptors {
    defer {
      for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsafe unsetenv(name) }
    }
    let isMeant = variable("LISTEN_PID").flatMap { Int32($0) } == getpid()
    let count = isMeant ? variable("LISTEN_FDS").flatMap { Int32($0) } ?? 0 : 0
    guard (1...Int32(maximum)).contains(count) else { return InheritedDescriptors([], names: "") }
    let numbers = Array(first..<first + count).filter { fcntl($0, F_GETFD) != -1 }
    for number in numbers { _ = fcntl(number, F_SETFD, FD_CLOEXEC) }
    return InheritedDescriptors(
      numbers, names: numbers.count == Int(count) ? variable("LISTEN_FDNAMES") ?? "" : "")
  }

  init(_ numbers: [Int32], names: String) {
    batch = DescriptorBatch(adopting: numbers)
    self.names = names.split(separator: ":", omittingEmptySubsequences: false)[...]
  }

  private static func variable(_ name: String) -> String? {
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }

  /// How many are left.
  public var count: Int { batch.count }

  /// Takes the next one with its name; the name is empty when it has none.
  public mutating func next() -> Inherited? {
    let name = names.popFirst() ?? ""
    guard let descriptor = batch.takeFirst() else { return nil }
    return Inherited(descriptor: descriptor, name: String(name))
  }

  /// One descriptor and what the service manager calls it.
  public struct Inherited: ~Copyable {
    /// The descriptor.
    public var descriptor: OwnedDescriptor
    /// `FileDescriptorName=` of the socket unit, or the `FDNAME=` it was stored under.
    public let name: String
  }
}
