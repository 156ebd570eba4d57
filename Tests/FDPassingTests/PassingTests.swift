import FDPassing
import Glibc
import SystemPackage
import TestKit
import Testing

@Suite("Passing descriptors")
struct PassingTests {
  @Test("The receiver owns a descriptor of the same file", arguments: UnixSocket.Kind.allCases)
  func same(kind: UnixSocket.Kind) throws {
    let pair = try UnixSocket.pair(kind)
    let file = try memoryFile("one")
    #expect(try pair.first.send([1, 2, 3], descriptors: [file.fileDescriptor]) == 3)

    var message = try pair.second.receive(maxBytes: 10, maxDescriptors: 1)
    let seen = Seen(message)
    #expect(seen.bytes == [1, 2, 3])
    #expect(seen.count == 3)
    #expect(!seen.isEndOfFile && !seen.isDataTruncated && !seen.isControlTruncated)
    guard let received = message.descriptors.takeFirst() else { throw Errno.badFileDescriptor }
    let (sentNumber, number) = (file.rawValue, received.rawValue)
    #expect(number != sentNumber)
    #expect(isClosedOnExec(received.fileDescriptor))
    // Still open here as well: it was only lent.
    let texts = [try contents(of: received), try contents(of: file)]
    #expect(texts == ["one", "one"])
  }

  @Test("Several descriptors keep their order")
  func order() throws {
    let pair = try UnixSocket.pair(.stream)
    let first = try memoryFile("1")
    let second = try memoryFile("2")
    let third = try memoryFile("3")
    try pair.first.send(
      [0],
      descriptors: [third.fileDescriptor, first.fileDescriptor, second.fileDescriptor])
    var message = try pair.second.receive(maxBytes: 1, maxDescriptors: 3)
    let count = message.descriptors.count
    #expect(count == 3)
    var found = ""
    while let descriptor = message.descriptors.takeFirst() {
      found += try contents(of: descriptor)
    }
    #expect(found == "312")
    let isEmpty = message.descriptors.isEmpty
    #expect(isEmpty)
  }

  @Test("The room is exact: one more is closed by the kernel, and said", arguments: 1...5)
  func exactRoom(room: Int) throws {
    let pair = try UnixSocket.pair(.stream)
    let file = try memoryFile("x")
    let sent = [FileDescriptor](repeating: file.fileDescriptor, count: room + 1)
    try pair.first.send([0], descriptors: sent)
    let seen = Seen(try pair.second.receive(maxBytes: 1, maxDescriptors: room))
    #expect(seen.descriptors.count == room)
    #expect(seen.isControlTruncated)
  }

  @Test("Without room no descriptor arrives")
  func noRoom() throws {
    let pair = try UnixSocket.pair(.stream)
    try pair.first.send([7], descriptors: [.standardError])
    let seen = Seen(try pair.second.receive(maxBytes: 1))
    #expect(seen.bytes == [7])
    #expect(seen.descriptors.isEmpty)
    #expect(seen.isControlTruncated)
  }

  @Test("A stream without data would lose the descriptors, so it is refused")
  func noData() throws {
    let pair = try UnixSocket.pair(.stream)
    let error = #expect(throws: PassingError.self) {
      try pair.first.send([], descriptors: [.standardError])
    }
    #expect(error?.reason == .noDataForDescriptors)
    #expect(
      error?.description == """
        Cannot send a message with 1 descriptor: without at least one byte of data a stream \
        socket loses the descriptors.
        """)
    try pair.first.send([1])
    let seen = Seen(try pair.second.receive(maxBytes: 10, maxDescriptors: 1))
    #expect(seen.count == 1)
  }

  @Test(
    "A message may be empty and carry descriptors",
    arguments: [UnixSocket.Kind.datagram, .seqpacket])
  func emptyMessage(kind: UnixSocket.Kind) throws {
    let pair = try UnixSocket.pair(kind)
    try pair.first.send([], descriptors: [.standardError])
    let seen = Seen(try pair.second.receive(maxBytes: 10, maxDescriptors: 1))
    #expect(seen.bytes.isEmpty)
    #expect(seen.descriptors.count == 1)
    #expect(!seen.isEndOfFile)
  }

  @Test("A cut datagram says so, and its descriptors still arrive")
  func dataTruncated() throws {
    let pair = try UnixSocket.pair(.datagram)
    try pair.first.send([1, 2, 3, 4], descriptors: [.standardError])
    let seen = Seen(try pair.second.receive(maxBytes: 2, maxDescriptors: 1))
    #expect(seen.bytes == [1, 2])
    #expect(seen.isDataTruncated)
    #expect(!seen.isControlTruncated)
    #expect(seen.descriptors.count == 1)
  }

  @Test("End of file", arguments: [UnixSocket.Kind.stream, .seqpacket])
  func endOfFile(kind: UnixSocket.Kind) throws {
    let pair = try UnixSocket.pair(kind)
    try pair.first.send([1])
    try pair.first.shutdownSending()
    let first = Seen(try pair.second.receive(maxBytes: 10))
    #expect(!first.isEndOfFile)
    let end = Seen(try pair.second.receive(maxBytes: 10))
    #expect(end.isEndOfFile)
    #expect(end.count == 0)
  }

  @Test("A closed other end is an error, not a signal")
  func brokenPipe() async throws {
    let pair = try UnixSocket.pair(.stream)
    try pair.second.close()
    let first = pair.first
    // A child that another test starts has a copy for a moment, until it is a program.
    try await waitFor("the other end to be closed") {
      do throws(PassingError) {
        try first.send([1])
        return false
      } catch { return error.code == .brokenPipe }
    }
  }

  @Test("253 descriptors pass, 254 are refused before the kernel does")
  func most() throws {
    let pair = try UnixSocket.pair(.stream)
    let lent = [FileDescriptor](repeating: .standardError, count: 254)
    try pair.first.send([0], descriptors: Array(lent.prefix(253)))
    #expect(try pair.second.receive(maxBytes: 1, maxDescriptors: 253).descriptors.count == 253)
    let error = #expect(throws: PassingError.self) { try pair.first.send([0], descriptors: lent) }
    #expect(error?.reason == .tooManyDescriptors(limit: 253))
  }

  @Test("What arrived is sent on without a copy of the numbers, and stays the batch's")
  func sendOn() throws {
    let pair = try UnixSocket.pair(.stream)
    let first = try memoryFile("1")
    let second = try memoryFile("2")
    let third = try memoryFile("3")
    try pair.first.send(
      [0], descriptors: [first.fileDescriptor, second.fileDescriptor, third.fileDescriptor])
    var message = try pair.second.receive(maxBytes: 1, maxDescriptors: 3)
    _ = message.descriptors.takeFirst()
    try unsafe withUnsafeBytes(of: UInt8(7)) {
      _ = try unsafe pair.second.send($0, descriptors: message.descriptors)
    }
    let left = message.descriptors.count
    #expect(left == 2)

    var back = try pair.first.receive(maxBytes: 1, maxDescriptors: 3)
    #expect(back.bytes == [7])
    var found = ""
    while let descriptor = back.descriptors.takeFirst() { found += try contents(of: descriptor) }
    #expect(found == "23")
  }

  @Test("sendAll sends what a partial send left, and the descriptors once")
  func partial() throws {
    let pair = try UnixSocket.pair(.stream)
    let sender = pair.first
    let receiver = pair.second.releaseDescriptor().release()
    // More than any socket buffer holds, so that one sendmsg of a non-blocking socket takes a part.
    let big = [UInt8](repeating: 9, count: 4 << 20)
    let flags = fcntl(sender.fileDescriptor.rawValue, F_GETFL)
    _ = fcntl(sender.fileDescriptor.rawValue, F_SETFL, flags | O_NONBLOCK)
    let part = try sender.send(big, descriptors: [.standardError])
    #expect(part > 0 && part < big.count)
    _ = fcntl(sender.fileDescriptor.rawValue, F_SETFL, flags)

    let reading = BackgroundThread {
      let socket = try UnixSocket(adopting: OwnedDescriptor(adopting: receiver))
      var total = (bytes: 0, descriptors: 0)
      while true {
        let message = try socket.receive(maxBytes: 1 << 16, maxDescriptors: 4)
        if message.isEndOfFile { return total }
        total.bytes += message.count
        total.descriptors += message.descriptors.count
      }
    }
    try sender.sendAll(big, descriptors: [.standardError])
    try sender.shutdownSending()
    let total = try reading.join()
    #expect(total.bytes == part + big.count)
    #expect(total.descriptors == 2)
  }

  @Test("Receiving and sending memory of the caller")
  func callerMemory() throws {
    let pair = try UnixSocket.pair(.stream)
    let sent: [UInt8] = [1, 2, 3]
    _ = try unsafe sent.withUnsafeBytes {
      try unsafe pair.first.send($0, descriptors: [.standardError])
    }
    var room = [UInt8](repeating: 0, count: 8)
    try unsafe room.withUnsafeMutableBytes {
      let seen = Seen(try unsafe pair.second.receive(into: $0, maxDescriptors: 1))
      #expect(seen.count == 3)
      #expect(seen.bytes.isEmpty)
      #expect(seen.descriptors.count == 1)
    }
    #expect(room == [1, 2, 3, 0, 0, 0, 0, 0])
  }
}
