import TestKit
import Testing
import TraceModel

/// What a program does decides what is seen, and not who happens to be faster.
@Suite("The same every time", .requires(.ptrace, .kcmp, .unixDiag), .timeLimit(.minutes(10)))
struct DeterminismTests {
  @Test("a hundred runs of two processes that send at once give the same transfers")
  func transfers() async throws {
    let first = try await TracedRun("conversation").finish()
    #expect(first.transfers.count == 20)
    #expect(first.transfers.flatMap(\.descriptors).allSatisfy { $0.proof == .kcmp })
    let expected = first.normalised
    for _ in 0..<25 {
      try await withThrowingTaskGroup { group in
        for _ in 0..<4 {
          group.addTask { try await TracedRun("conversation").finish().normalised }
        }
        for try await found in group { #expect(found == expected) }
      }
    }
  }
}

extension Timeline {
  /// The transfers as JSON, by sender, with events counted within their process and processes in
  /// the order of their appearance.
  fileprivate var normalised: [String] {
    var places: [Int: Int] = [:]
    var counts: [Int32: Int] = [:]
    let pids = Dictionary(
      uniqueKeysWithValues: processes.enumerated().map { ($0.element.pid, Int32($0.offset) + 1) })
    for event in events where event.isStep {
      counts[event.pid, default: 0] += 1
      places[event.sequence] = Int(pids[event.pid] ?? 0) * 1000 + (counts[event.pid] ?? 0)
    }
    return transfers.map { transfer in
      var transfer = transfer
      transfer.send = places[transfer.send] ?? 0
      transfer.receive = places[transfer.receive] ?? 0
      for index in transfer.descriptors.indices {
        guard let origin = transfer.descriptors[index].origin else { continue }
        transfer.descriptors[index].origin = Origin(
          holder: DescriptorHolder(pid: pids[origin.holder.pid] ?? 0, fd: origin.holder.fd),
          beginning: origin.beginning, event: places[origin.event] ?? 0,
          hops: origin.hops.map { hop in
            Origin.Hop(
              pid: pids[hop.pid] ?? 0, send: hop.send.flatMap { places[$0] },
              event: places[hop.event] ?? 0)
          })
      }
      let event = TraceEvent(body: .transfer(transfer))
      return String(decoding: JSONLines.line(for: event), as: UTF8.self)
    }
    .sorted()
  }
}
