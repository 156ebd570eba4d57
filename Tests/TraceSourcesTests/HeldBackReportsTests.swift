import Testing
import TraceModel

@testable import TraceSources

@Suite("Reports that wait for a send to return") struct HeldBackReportsTests {
  private let sending = SocketInfo(fd: 3, type: .stream, inode: 100, peer: 200)

  private func receive(result: Int?) -> TraceEvent {
    TraceEvent(
      pid: 2, tid: 2, comm: "receiver",
      body: .receive(
        MessageRecord(
          call: "recvmsg", socket: SocketInfo(fd: 4, type: .stream, inode: 200, peer: 100),
          result: result)))
  }

  @Test("A receive whose sender is still in its send comes after it, with or without descriptors")
  func waits() {
    var reports = HeldBackReports()
    reports.sendBegins(of: 1, on: sending)
    let isKept = reports.keeps([receive(result: 19)], of: 2)
    #expect(isKept)
    let tooEarly = reports.takeReady()
    #expect(tooEarly.isEmpty)
    reports.sendReturned(of: 1)
    let inTime = reports.takeReady()
    #expect(inTime.count == 1)
  }

  @Test("One that took nothing, or whose sender has returned, does not wait")
  func passes() {
    var reports = HeldBackReports()
    reports.sendBegins(of: 1, on: sending)
    let isKept = reports.keeps([receive(result: nil)], of: 2)
    #expect(!isKept)
    reports.sendReturned(of: 1)
    let isKeptLater = reports.keeps([receive(result: 19)], of: 2)
    #expect(!isKeptLater)
  }
}
