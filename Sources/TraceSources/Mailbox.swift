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

  /// An empty mailbox.
  ///
  /// - Throws: `Errno` when eventfd(2) fails, which means that descriptors or memory ran out.
  public init() throws(Errno) {
    let number = clinux_eventfd()
    guard number >= 0 else { throw Errno(rawValue: -number) }
    event = OwnedDescriptor(adopting: number)
  }

  /// Readable while there is something to take.
  public var descriptor: Int32 { event.rawValue }

  /// Adds a value and wakes the taker.
  public func post(_ element: Element) {
    let wasEmpty = elements.withLock { elements in
      elements.append(element)
      return elements.count == 1
    }
    // An eventfd that is already up needs no second write: one system call a batch.
    if wasEmpty { wake() }
  }

  /// Wakes the taker without a value.
  public func wake() {
    var one: UInt64 = 1
    _ = unsafe write(event.rawValue, &one, 8)
  }

  /// Takes everything there is.
  public func takeAll() -> [Element] {
    var count: UInt64 = 0
    _ = unsafe read(event.rawValue, &count, 8)
    return elements.withLock { elements in
      let taken = elements
      elements.removeAll(keepingCapacity: taken.count < 1024)
      return taken
    }
  }
}
