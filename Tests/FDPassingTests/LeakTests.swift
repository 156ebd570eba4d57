import ControlMessages
import FDPassing
import Glibc
import SystemPackage
import Testing

/// Each test counts `/proc/self/fd` in a process of its own, where nobody else opens anything.
@Suite("Nothing leaks")
struct LeakTests {
  @Test("when all goes well")
  func success() async {
    await #expect(processExitsWith: .success) {
      let left = try leftOpen {
        for kind in UnixSocket.Kind.allCases {
          var pair = try UnixSocket.pair(kind)
          try pair.second.setReceivesCredentials(true)
          try pair.second.setReceivesPidDescriptor(true)
          try pair.first.send([1], descriptors: [.standardError, .standardError])
          var message = try pair.second.receive(maxBytes: 1, maxDescriptors: 2)
          let seen = Seen(message)
          #expect(seen.hasPidDescriptor)
          #expect(seen.descriptors.count == 2)
          _ = message.descriptors.takeFirst()
        }
      }
      #expect(left == [:], "\(left)")
    }
  }

  @Test("when descriptors were more than the room")
  func truncation() async {
    await #expect(processExitsWith: .success) {
      let left = try leftOpen {
        let pair = try UnixSocket.pair(.stream)
        try pair.first.send([1], descriptors: [.standardError, .standardError, .standardError])
        let message = try pair.second.receive(maxBytes: 1, maxDescriptors: 1)
        let seen = Seen(message)
        #expect(seen.isControlTruncated)
      }
      #expect(left == [:], "\(left)")
    }
  }

  @Test("when descriptors took the room of credentials that did not come")
  func slack() async {
    await #expect(processExitsWith: .success) {
      let left = try leftOpen {
        var pair = try UnixSocket.pair(.stream)
        try pair.second.setReceivesCredentials(true)
        var off: Int32 = 0
        _ = unsafe setsockopt(pair.second.fileDescriptor.rawValue, SOL_SOCKET, SO_PASSCRED, &off, 4)
        try pair.first.send([1], descriptors: [.standardError, .standardError, .standardError])
        let message = try pair.second.receive(maxBytes: 1, maxDescriptors: 1)
        let seen = Seen(message)
        #expect(seen.descriptors.count == 1)
        #expect(seen.isControlTruncated)
        #expect(seen.credentials == nil)
      }
      #expect(left == [:], "\(left)")
    }
  }

  @Test("when the descriptor table is full")
  func fullTable() async {
    await #expect(processExitsWith: .success) {
      let left = try leftOpen {
        let pair = try UnixSocket.pair(.stream)
        try pair.first.send([1], descriptors: [.standardError, .standardError, .standardError])
        try withRoomInTable(for: 2) {
          let seen = Seen(try pair.second.receive(maxBytes: 1, maxDescriptors: 3))
          #expect(seen.descriptors.count == 2)
          #expect(seen.isControlTruncated)
        }
        try withRoomInTable(for: 1) {
          let error = #expect(throws: PassingError.self) { _ = try UnixSocket.pair(.stream) }
          #expect(error?.code == .tooManyOpenFiles)
        }
      }
      #expect(left == [:], "\(left)")
    }
  }

  @Test("when one of the descriptors to send is not open")
  func badDescriptor() async {
    await #expect(processExitsWith: .success) {
      let left = try leftOpen {
        let pair = try UnixSocket.pair(.stream)
        let error = #expect(throws: PassingError.self) {
          try pair.first.send(
            [1], descriptors: [.standardError, FileDescriptor(rawValue: 999)])
        }
        #expect(error?.code == .badFileDescriptor, "\(String(describing: error))")
        try pair.first.shutdownSending()
        let seen = Seen(try pair.second.receive(maxBytes: 1, maxDescriptors: 2))
        #expect(seen.isEndOfFile, "\(seen)")
      }
      #expect(left == [:], "\(left)")
    }
  }

  @Test("when a descriptor is adopted that is no Unix socket")
  func wrongSocket() async {
    await #expect(processExitsWith: .success) {
      let left = leftOpen {
        for number in [dup(2), socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)] {
          #expect(throws: PassingError.self) {
            _ = try UnixSocket(adopting: OwnedDescriptor(adopting: number))
          }
        }
      }
      #expect(left == [:], "\(left)")
    }
  }

  @Test("when the caller throws with a message in hand")
  func throwing() async {
    await #expect(processExitsWith: .success) {
      let left = try leftOpen {
        let pair = try UnixSocket.pair(.seqpacket)
        try pair.first.send([1], descriptors: [.standardError, .standardError])
        #expect(throws: Errno.ioError) {
          var message = try pair.second.receive(maxBytes: 1, maxDescriptors: 2)
          _ = message.descriptors.takeFirst()
          throw Errno.ioError
        }
      }
      #expect(left == [:], "\(left)")
    }
  }

  @Test("but what is released stays open")
  func release() async {
    await #expect(processExitsWith: .success) {
      let pair = try UnixSocket.pair(.stream)
      let left = try leftOpen {
        try pair.first.send([1], descriptors: [.standardError, .standardError, .standardError])
        var message = try pair.second.receive(maxBytes: 1, maxDescriptors: 3)
        let first = message.descriptors.takeFirst()
        _ = first?.release()
        let batch = message.descriptors
        let rest = batch.release()
        #expect(rest.count == 2)
      }
      #expect(left.count == 3, "\(left)")
    }
  }
}
