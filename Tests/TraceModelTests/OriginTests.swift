import ControlMessages
import Testing
import TraceModel

/// Where descriptors come from, told event by event.
@Suite struct OriginTests {
  /// Processes 1, 2 and 3 pass files over sockets whose inodes are told by their numbers: the end
  /// of process 1 towards process 2 is 12.
  private struct World {
    var timeline = Timeline()
    private var derivation = Derivation()
    private var time: Int64 = 0

    mutating func add(_ pid: Int32, _ body: TraceEvent.Body, _ rows: [DescriptorFacts] = []) {
      time += 10
      let event = TraceEvent(
        time: time, entered: time - 5, pid: pid, comm: "p\(pid)", body: body,
        changes: rows.map { DescriptorChange(pid: pid, fd: $0.fd, now: $0) })
      for event in derivation.add(event) { timeline.append(event) }
    }

    mutating func begin(_ pid: Int32, parent: Int32? = nil, _ rows: DescriptorFacts...) {
      add(pid, .process(ProcessRecord(event: .started(parent: parent))), rows)
    }

    mutating func call(
      _ pid: Int32, _ name: String, _ fd: Int32?, created: [Int32] = [], _ rows: DescriptorFacts...
    ) {
      add(pid, .call(CallRecord(name: name, fd: fd, result: 0, created: created)), rows)
    }

    mutating func close(_ pid: Int32, _ fd: Int32) {
      time += 10
      let event = TraceEvent(
        time: time, pid: pid, body: .call(CallRecord(name: "close", fd: fd, result: 0)),
        changes: [DescriptorChange(pid: pid, fd: fd, now: nil)])
      for event in derivation.add(event) { timeline.append(event) }
    }

    private func message(
      _ call: String, _ own: Int32, _ other: Int32, _ row: DescriptorFacts
    ) -> MessageRecord {
      let bytes = ControlBuffer.encode([.rights([row.fd])], abi: .bits64)
      let socket = SocketInfo(
        fd: 9, type: .stream, inode: UInt64(own * 10 + other), peer: UInt64(other * 10 + own))
      return MessageRecord(
        call: call, socket: socket, result: 1, flags: call == "recvmsg" ? .closeOnExec : [],
        messageFlags: call == "recvmsg" ? .closeOnExec : nil,
        data: DataExcerpt(bytes: [7]),
        control: ControlExcerpt(capacity: bytes.count, length: bytes.count, bytes: bytes),
        descriptors: [row])
    }

    mutating func pass(_ from: Int32, _ row: DescriptorFacts, to pid: Int32, _ got: DescriptorFacts)
    {
      add(from, .send(message("sendmsg", from, pid, row)), [row])
      add(pid, .receive(message("recvmsg", pid, from, got)), [got])
    }

    mutating func receive(_ pid: Int32, _ got: DescriptorFacts) {
      add(pid, .receive(message("recvmsg", pid, 7, got)), [got])
    }

    /// `how pid:fd@event` and `pid:send>receive` or `pid:fork` for each hop.
    func origin(_ pid: Int32, _ fd: Int32) -> String? {
      let holder = DescriptorHolder(pid: pid, fd: fd)
      return timeline.origin(of: holder, at: timeline.lastSequence).map { origin in
        let hops = origin.hops.map { hop in
          " \(hop.pid):" + (hop.send.map { "\($0)>\(hop.event)" } ?? "fork \(hop.event)")
        }
        return "\(origin.beginning.rawValue) \(origin.holder.pid):\(origin.holder.fd)"
          + "@\(origin.event)" + hops.joined()
      }
    }

    var transfers: [Transfer] { timeline.events.compactMap(\.transfer) }
  }

  private func row(_ fd: Int32, _ description: Int) -> DescriptorFacts {
    DescriptorFacts(
      fd: fd, target: "/f", kind: .regular, device: 1, inode: UInt64(description),
      closeOnExec: true, description: description)
  }

  @Test("What was there, what a call made, and what appeared")
  func beginnings() {
    var world = World()
    world.begin(1, row(0, 1))
    world.call(1, "socket", nil, created: [3], row(3, 2))
    world.call(1, "write", 3, row(4, 3))
    world.receive(1, row(5, 4))
    #expect(
      [0, 3, 4, 5].map { world.origin(1, $0) } == [
        "held 1:0@1", "made 1:3@2", "opened 1:4@3", "received 1:5@4",
      ])
    #expect(world.origin(1, 6) == nil)
  }

  @Test("Duplicates, also by calls that nobody watches, are what they were made from")
  func duplicates() {
    var world = World()
    world.begin(1, row(0, 1))
    world.call(1, "dup", 0, created: [3], row(3, 1))
    world.call(1, "write", 3, row(4, 1))
    // A duplicate takes the place of another file.
    world.call(1, "socket", nil, created: [5], row(5, 2))
    world.call(1, "dup2", 0, created: [5], row(5, 1))
    #expect([3, 4, 5].map { world.origin(1, $0) } == Array(repeating: "held 1:0@1", count: 3))
  }

  @Test("Children have what their creator had")
  func forks() {
    var world = World()
    world.begin(1, row(0, 1))
    world.begin(2, parent: 1, row(0, 1), row(3, 2))
    world.begin(3, parent: 99, row(0, 5))
    #expect(world.origin(2, 0) == "held 1:0@1 2:fork 2")
    // Nobody had looked at it before the fork.
    #expect(world.origin(2, 3) == "opened 1:3@2 2:fork 2")
    #expect(world.origin(3, 0) == "held 3:0@3")
  }

  @Test("Over two sockets, by a duplicate and by a fork")
  func relay() {
    var world = World()
    world.begin(1, row(0, 1))
    world.begin(2)
    world.begin(3)
    world.pass(1, row(4, 8), to: 2, row(6, 8))
    world.call(2, "dup", 6, created: [7], row(7, 8))
    world.pass(2, row(7, 8), to: 3, row(5, 8))
    let whole = "opened 1:4@4 2:4>5 3:8>9"
    #expect(world.origin(3, 5) == whole)
    world.begin(4, parent: 3, row(5, 8))
    #expect(world.origin(4, 5)?.hasPrefix(whole + " 4:fork ") == true)
    #expect(world.transfers.compactMap { $0.descriptors.first?.origin?.hops.count } == [1, 2])
    #expect(
      world.transfers.last?.descriptors.first?.origin
        == world.timeline.origin(of: DescriptorHolder(pid: 3, fd: 5), at: 9))
  }

  @Test("A number that was used again has the origin of what it stands for now")
  func reused() {
    var world = World()
    world.begin(1)
    world.begin(2)
    world.pass(1, row(4, 8), to: 2, row(6, 8))
    world.close(2, 6)
    world.call(2, "socket", nil, created: [6], row(6, 11))
    let event = world.timeline.lastSequence
    #expect(world.origin(2, 6) == "made 2:6@\(event)")
    world.pass(2, row(6, 11), to: 1, row(4, 11))
    #expect(world.origin(1, 4)?.hasPrefix("made 2:6@\(event) 1:") == true)
  }

  @Test("Of a file that goes to and fro for ever some hops are left out")
  func manyHops() throws {
    var world = World()
    world.begin(1)
    world.begin(2)
    for _ in 0..<20 {
      world.pass(1, row(4, 8), to: 2, row(6, 8))
      world.pass(2, row(6, 8), to: 1, row(4, 8))
    }
    let origin = try #require(
      world.timeline.origin(of: DescriptorHolder(pid: 1, fd: 4), at: world.timeline.lastSequence))
    #expect(origin.hops.count + origin.hopsLeftOut == 40)
    #expect(origin.hops.count == 16)
    #expect(origin.hops.first?.send == 3)
    #expect(origin.hops.last?.event == world.transfers.last?.receive)
  }
}
