import CLinux
import FDPassing
import Synchronization
public import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Values on their way to one thread, which sleeps in poll(2) on ``descriptor`` until some come.
public final class Mailbox<Element: Sendable>: Sendable {
  private let elements = Mutex<[Element]>([])
  private let event: OwnedDescriptor
  /// Up when the taker has made room in a full mailbox.
  private let room: OwnedDescriptor
  private let capacity: Int

  /// An empty mailbox. Whoever posts to one that holds `capacity` values waits, so that memory
  /// stays bounded whatever the taker waits for.
  ///
  /// - Throws: `Errno` when eventfd(2) fails, which means that descriptors or memory ran out.
  public init(capacity: Int = .max) throws(Errno) {
    self.capacity = capacity
    event = try Self.makeEvent()
    room = try Self.makeEvent()
  }

  private static func makeEvent() throws(Errno) -> OwnedDescriptor {
    let number = clinux_eventfd()
    guard number >= 0 else { throw Errno(rawValue: -number) }
    return OwnedDescriptor(adopting: number)
  }

  /// Readable while there is something to take.
  public var descriptor: Int32 { event.rawValue }

  /// Adds a value and wakes the taker; waits first while there is no room.
  public func post(_ element: Element) {
    var count = add(element)
    while count == 0 {
      var request = pollfd(fd: room.rawValue, events: Int16(POLLIN), revents: 0)
      _ = unsafe poll(&request, 1, -1)
      lower(room)
      count = add(element)
    }
    // An eventfd that is already up needs no second write: one system call a batch.
    if count == 1 { wake() }
  }

  /// Adds a value if there is room; returns how many there are then, 0 when there was none.
  private func add(_ element: Element) -> Int {
    elements.withLock { elements in
      guard elements.count < capacity else { return 0 }
      elements.append(element)
      return elements.count
    }
  }

  /// Wakes the taker without a value.
  public func wake() { raise(event) }

  /// Takes everything there is.
  public func takeAll() -> [Element] {
    lower(event)
    let taken = elements.withLock { elements in
      let taken = elements
      elements.removeAll(keepingCapacity: taken.count < 1024)
      return taken
    }
    if taken.count >= capacity { raise(room) }
    return taken
  }

  private func raise(_ event: borrowing OwnedDescriptor) {
    var one: UInt64 = 1
    _ = unsafe write(event.rawValue, &one, 8)
  }

  private func lower(_ event: borrowing OwnedDescriptor) {
    var count: UInt64 = 0
    _ = unsafe read(event.rawValue, &count, 8)
  }
}
