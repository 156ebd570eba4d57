import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// Copies everything from one descriptor to another, byte by byte as it is, until end of file.
func copyAll(
  from source: FileDescriptor, to destination: FileDescriptor
) throws(BrokerError) {
  let size = 1 << 16
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
  defer { unsafe buffer.deallocate() }
  while true {
    let count = try file("read standard input") {
      try unsafe source.readWaiting(into: buffer)
    }
    if count == 0 { return }
    try file("write to the received descriptor \(destination.rawValue)") {
      try unsafe destination.writeAllWaiting(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
  }
}

extension FileDescriptor {
  /// Reads; waits when there is nothing yet. A terminal or pipe that another program made
  /// non-blocking is so for all who share it, this process included.
  fileprivate func readWaiting(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while true {
      do { return try unsafe read(into: buffer) } catch Errno.wouldBlock { wait(for: POLLIN) }
    }
  }

  /// Writes all; waits when there is no room. See `readWaiting`.
  func writeAllWaiting(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = unsafe bytes[...]
    while unsafe !rest.isEmpty {
      do {
        let count = try unsafe write(UnsafeRawBufferPointer(rebasing: rest))
        unsafe rest = rest.dropFirst(count)
      } catch Errno.wouldBlock { wait(for: POLLOUT) }
    }
  }

  private func wait(for events: Int32) {
    var entry = pollfd(fd: rawValue, events: Int16(events), revents: 0)
    _ = unsafe poll(&entry, 1, -1)
  }
}
