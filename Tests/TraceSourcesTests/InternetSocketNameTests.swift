import Glibc
import TestKit
import Testing

@testable import TraceSources

@Suite("What sockets of the internet are called", .requires(.ptrace))
struct InternetSocketNameTests {
  private func open(_ kind: __socket_type) -> Int32 {
    socket(AF_INET, Int32(kind.rawValue | SOCK_CLOEXEC.rawValue), 0)
  }

  private func read(_ fd: Int32) -> String? { InternetSocketName.read(pid: getpid(), fd: fd) }

  private func call(
    _ fd: Int32, port: UInt16, _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe body(fd, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }

  @Test("From its making to a connection") func life() throws {
    let listener = open(SOCK_STREAM)
    let client = open(SOCK_STREAM)
    let datagrams = open(SOCK_DGRAM)
    defer { for fd in [listener, client, datagrams] { close(fd) } }
    #expect(read(listener) == "tcp, not bound")
    #expect(unsafe call(listener, port: 0, bind) == 0)
    let bound = try #require(read(listener))
    #expect(bound.contains(#/^tcp 127\.0\.0\.1:\d+$/#))
    #expect(listen(listener, 1) == 0)
    #expect(read(listener) == bound + " LISTEN")
    let port = try #require(UInt16(bound.split(separator: ":")[1]))
    #expect(unsafe call(client, port: port, connect) == 0)
    let connected = try #require(read(client))
    #expect(connected.contains(#/^tcp 127\.0\.0\.1:\d+ to 127\.0\.0\.1:\d+$/#))
    #expect(connected.hasSuffix(":\(port)"))
    #expect(unsafe call(datagrams, port: 0, bind) == 0)
    #expect(read(datagrams)?.hasPrefix("udp 127.0.0.1:") == true)
  }

  @Test("Other descriptors have no such name") func others() {
    var ends: [Int32] = [-1, -1]
    _ = unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends)
    defer { for fd in ends { close(fd) } }
    #expect(read(ends[0]) == nil)
    #expect(read(0) == nil)
    #expect(read(-1) == nil)
  }
}
