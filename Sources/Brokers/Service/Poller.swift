import CBrokers
import FDPassing
public import SystemPackage

#if canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// What a poller waits for, and what it found: the flags of epoll_ctl(2).
public struct PollEvents: OptionSet, Hashable, Sendable {
  /// The flags of `struct epoll_event`.
  public let rawValue: UInt32

  /// Events from the flags of `struct epoll_event`.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// There is something to read, or a client to accept.
  public static let readable = PollEvents(rawValue: EPOLLIN.rawValue)
  /// There is room to write.
  public static let writable = PollEvents(rawValue: EPOLLOUT.rawValue)
  /// The other end sends no more.
  public static let peerClosed = PollEvents(rawValue: EPOLLRDHUP.rawValue)
  /// Both directions are closed. Always reported.
  public static let hangUp = PollEvents(rawValue: EPOLLHUP.rawValue)
  /// The descriptor has an error to tell. Always reported.
  public static let failure = PollEvents(rawValue: EPOLLERR.rawValue)
  /// Reported once; then nothing until `change` asks again.
  public static let once = PollEvents(rawValue: EPOLLONESHOT.rawValue)
}

/// Waits for many descriptors at once: epoll(7).
///
/// A descriptor has a key, so that what is reported is found again without a search. It leaves the
/// poller by `forget`, or when the last descriptor of its open file description is closed: one that
/// was passed to another process must be forgotten.
@safe public final class Poller {
  /// Whose descriptor it is, and its number among these.
  public struct Key: Hashable, Sendable {
    enum Owner: UInt32 {
      case service, peer, role
    }

    let owner: Owner
    /// The number that its owner gave it.
    public let number: UInt32

    /// The key of one of a role's own descriptors.
    public static func role(_ number: UInt32) -> Key { Key(owner: .role, number: number) }

    var packed: UInt64 { UInt64(owner.rawValue) << 32 | UInt64(number) }

    init(owner: Owner, number: UInt32) {
      self.owner = owner
      self.number = number
    }

    init?(packed: UInt64) {
      guard let owner = Owner(rawValue: UInt32(packed >> 32)) else { return nil }
      self.init(owner: owner, number: UInt32(truncatingIfNeeded: packed))
    }
  }

  private let descriptor: OwnedDescriptor
  // Of the union in an event only the number is used, never the pointer.
  private var found: [epoll_event]

  /// Makes a poller that waits for nothing.
  ///
  /// - Parameter batch: How many events one wait reports at most; the others come with the next.
  /// - Throws: `BrokerError` when there is no descriptor or memory for it.
  public init(batch: Int = 64) throws(BrokerError) {
    let number = epoll_create1(Int32(bitPattern: UInt32(O_CLOEXEC)))
    if number == -1 { throw .file("make an epoll descriptor", Errno(rawValue: errno)) }
    descriptor = OwnedDescriptor(adopting: number)
    unsafe found = Array(repeating: epoll_event(), count: batch)
  }

  /// Begins to wait for events of a descriptor.
  public func watch(
    _ watched: FileDescriptor, for events: PollEvents, as key: Key
  ) throws(BrokerError) {
    try control(EPOLL_CTL_ADD, watched, events, key)
  }

  /// Waits for other events of a descriptor, or once more.
  public func change(
    _ watched: FileDescriptor, to events: PollEvents, as key: Key
  ) throws(BrokerError) {
    try control(EPOLL_CTL_MOD, watched, events, key)
  }

  /// Waits for the descriptor no longer. One that is not there is no error.
  public func forget(_ watched: FileDescriptor) {
    var unused = unsafe epoll_event()
    _ = unsafe epoll_ctl(descriptor.rawValue, EPOLL_CTL_DEL, watched.rawValue, &unused)
  }

  private func control(
    _ operation: Int32, _ watched: FileDescriptor, _ events: PollEvents, _ key: Key
  ) throws(BrokerError) {
    var event = unsafe epoll_event()
    unsafe event.events = events.rawValue
    unsafe event.data.u64 = key.packed
    if unsafe epoll_ctl(descriptor.rawValue, operation, watched.rawValue, &event) == -1 {
      throw .file("watch descriptor \(watched.rawValue)", Errno(rawValue: errno))
    }
  }

  /// Waits until something happens or the time has come.
  ///
  /// - Parameter deadline: When to return at the latest; nil for never.
  /// - Returns: How many events `event(_:)` has now.
  /// - Throws: `BrokerError`, which would be a mistake of ours.
  public func wait(until deadline: ContinuousClock.Instant?) throws(BrokerError) -> Int {
    let count = unsafe epoll_wait(
      descriptor.rawValue, &found, Int32(found.count), Self.milliseconds(until: deadline))
    if count >= 0 { return Int(count) }
    let code = Errno(rawValue: errno)
    if code == .interrupted { return 0 }
    throw .file("wait for events", code)
  }

  /// One of the events that the last wait found.
  public func event(_ index: Int) -> (key: Key, events: PollEvents)? {
    let (packed, events) = unsafe (found[index].data.u64, found[index].events)
    return Key(packed: packed).map { ($0, PollEvents(rawValue: events)) }
  }

  /// Rounded up: what wakes up early would find nothing to do, and wait again.
  private static func milliseconds(until deadline: ContinuousClock.Instant?) -> Int32 {
    guard let deadline else { return -1 }
    let left = max(.zero, deadline - .now) / Duration.milliseconds(1)
    return Int32(min(left.rounded(.up), Double(Int32.max)))
  }
}
