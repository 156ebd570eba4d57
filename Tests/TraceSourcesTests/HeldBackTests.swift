import Testing
import TraceModel

@testable import TraceSources

/// Threads 1 to 4 of as many processes; thread n sends through socket n, and n + 1 receives there.
@Suite("Reports in the order of what happened")
final class HeldBackTests {
  private var reports = HeldBackReports()

  private func socket(_ inode: UInt64, peer: UInt64? = nil) -> SocketInfo {
    SocketInfo(fd: 3, type: .stream, inode: inode, peer: peer)
  }

  private func event(_ pid: Int32, _ body: TraceEvent.Body) -> TraceEvent {
    TraceEvent(pid: pid, body: body)
  }

  private func send(_ pid: Int32) -> TraceEvent {
    event(pid, .send(MessageRecord(call: "sendmsg", socket: socket(UInt64(pid)), result: 1)))
  }

  private func receive(_ pid: Int32) -> TraceEvent {
    event(
      pid,
      .receive(
        MessageRecord(
          call: "recvmsg", socket: socket(100, peer: UInt64(pid - 1)), result: 1,
          descriptors: [DescriptorFacts(fd: 7, target: "f")])))
  }

  private func start(_ pid: Int32, of parent: Int32) -> TraceEvent {
    event(pid, .process(ProcessRecord(event: .started(parent: parent))))
  }

  /// The processes whose events are ready, in order.
  private func ready() -> [Int32] { reports.takeReady().map(\.pid) }

  private func keeps(_ event: TraceEvent) -> Bool { reports.keeps([event], of: event.pid) }

  @Test("a receive waits for its send, and its process and children for the receive")
  func receiveFirst() {
    reports.sendBegins(of: 1, on: socket(1))
    let held = [receive(2), event(2, .call(CallRecord(name: "dup"))), start(9, of: 2), send(9)]
      .map(keeps)
    #expect(held == [true, true, true, true])
    #expect(!keeps(send(4)))
    #expect(ready() == [])
    #expect(!keeps(send(1)))
    reports.sendReturned(of: 1)
    #expect(ready() == [2, 2, 9, 9])
    #expect(reports.isEmpty)
  }

  @Test("what is relayed waits all along the way, whoever comes first", arguments: [true, false])
  func relay(sendFirst: Bool) {
    reports.sendBegins(of: 1, on: socket(1))
    #expect(keeps(receive(2)))
    reports.sendBegins(of: 2, on: socket(2))
    if !sendFirst { #expect(keeps(receive(3))) }
    #expect(keeps(send(2)))
    reports.sendReturned(of: 2)
    if sendFirst { #expect(keeps(receive(3))) }
    #expect(ready() == [])
    reports.sendReturned(of: 1)
    #expect(ready() == [2, 2, 3])
  }

  @Test("nobody waits for a thread that will not come back")
  func givenUp() {
    reports.sendBegins(of: 1, on: socket(1))
    #expect(keeps(receive(2)))
    #expect(reports.awaited == [1])
    reports.sendReturned(of: 1)
    #expect(reports.awaited == [] && ready() == [2])
  }
}
