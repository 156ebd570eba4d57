import Testing
import TextUI
import TraceModel

@testable import InspectorApp

/// Twelve processes that pass a file around, duplicate it and close it.
private enum Crowd {
  static let events: [TraceEvent] = {
    var derivation = Derivation()
    var events: [TraceEvent] = []
    func add(
      _ pid: Int32, _ body: TraceEvent.Body, _ rows: [DescriptorFacts] = [], gone: Int32? = nil
    ) {
      let changes =
        rows.map { DescriptorChange(pid: pid, fd: $0.fd, now: $0) }
        + (gone.map { [DescriptorChange(pid: pid, fd: $0, now: nil)] } ?? [])
      events += derivation.add(
        TraceEvent(
          time: Int64(events.count) * 300_000, pid: pid, comm: "worker", body: body,
          changes: changes))
    }
    let pids = Array(100..<112 as Range<Int32>)
    for pid in pids {
      let start = ProcessRecord(event: .started(parent: pid > 100 ? 100 : nil))
      add(
        pid, .process(start),
        (0..<Int32(40)).map {
          DemoSession.file($0, "/tmp/file-\($0 % 7)", inode: UInt64($0 + 9), description: Int($0))
        })
    }
    for (index, pid) in pids.enumerated() {
      let inode = UInt64(1000 + index * 2)
      let peer = SocketInfo(fd: 30, type: .stream, inode: inode, peer: inode + 1)
      var message = MessageRecord(
        call: "sendmsg", socket: peer, result: 4, data: DataExcerpt(bytes: [1, 2, 3, 4]),
        control: DemoSession.rights([5]))
      add(pid, .send(message))
      add(
        pid, .call(CallRecord(name: "dup", fd: 5, result: 50, created: [50])),
        [DemoSession.file(50, "/tmp/file-5", inode: 14, description: 5)])
      message.call = "recvmsg"
      message.socket = SocketInfo(fd: 30, type: .stream, inode: inode + 1, peer: inode)
      message.control = DemoSession.rights([60], capacity: 48)
      add(
        pids[(index + 1) % pids.count], .receive(message),
        [DemoSession.file(60, "/tmp/file-5", inode: 14, description: 5)])
      add(pid, .call(CallRecord(name: "close", fd: 5, result: 0)), gone: 5)
    }
    return events
  }()
}

/// Keys, mouse, sizes and events in any order: the screen is always well-formed.
@Suite("Random use") struct RandomInspectorTests {
  private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ (state >> 29)
    }
  }

  private static let keys =
    Keymap.standard.bindings.flatMap(\.keys) + "xQ漢é".map { .character($0) }
    + [Key(.delete), Key(.function(5)), Key(.left), Key(.escape), Key(.escape)]

  private static let statuses = [
    DemoSession.atStart, DemoSession.beforeSend, DemoSession.inFlight, DemoSession.beforeReceive,
    DemoSession.allWait, SessionStatus(mode: .running), SessionStatus(mode: .ended),
  ]

  /// A hundred thousand keys in all.
  private static let keysPerSeed = 12_500

  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func anything(seed: UInt64) {
    var random = Generator(state: seed)
    let size = Size(width: 80, height: 24)
    let options = InspectorOptions(unicode: seed != 3, colour: seed != 2, live: seed != 4)
    var inspector = Inspector(size: size, title: "demo", options: options)
    var events = (seed % 2 == 0 ? Crowd.events : DemoSession.all.events)[...]
    var keys = 0
    while keys < Self.keysPerSeed {
      let message = message(&random, &events)
      if case .input(.key) = message { keys += 1 }
      _ = inspector.update(message)
      guard random.next() % 150 == 0 else { continue }
      check(inspector)
    }
    // However it was used, it can be left.
    _ = inspector.update(.input(.resize(size)))
    for _ in 0..<6 { _ = inspector.update(.input(.key(Key(.escape)))) }
    #expect(inspector.update(.input(.key(.control("c")))).contains(.quit))
  }

  private func message(
    _ random: inout Generator, _ events: inout ArraySlice<TraceEvent>
  ) -> Inspector.Message {
    switch random.next() % 20 {
    case 0:
      let size = Size(width: Int(random.next() % 200), height: Int(random.next() % 60))
      return .input(.resize(size))
    case 1:
      let point = Point(x: Int(random.next() % 120), y: Int(random.next() % 40))
      let kinds: [MouseEvent.Kind] = [.press(.left), .wheelUp, .wheelDown, .release, .drag]
      let kind = kinds[Int(random.next() % 5)]
      return .input(.mouse(MouseEvent(position: point, kind: kind)))
    case 2:
      let status = Self.statuses[Int(random.next() % UInt64(Self.statuses.count))]
      return .updates([.status(status)])
    case 3:
      let batch = events.prefix(Int(random.next() % 3))
      events = events.dropFirst(batch.count)
      return .updates(batch.map { .event($0) })
    case 4:
      return .terminals([
        .showing(["one", "two"], pid: DemoSession.server, width: 20, height: 5),
        .showing([], pid: DemoSession.client, width: 300, height: 2),
      ])
    case 5: return .input(.paste("\u{1B}[2J\n漢字"))
    case 6: return .notice("A sentence with \u{1B} in it.")
    default:
      return .input(.key(Self.keys[Int(random.next() % UInt64(Self.keys.count))]))
    }
  }

  private func check(_ inspector: Inspector) {
    let frame = inspector.frame
    #expect(frame.size == inspector.size)
    if let cursor = frame.cursor { #expect(frame.bounds.contains(cursor)) }
    guard inspector.layout != nil else { return }
    #expect(frame.row(0).contains("fdpass-tui"))
    for y in 0..<frame.size.height {
      let width = (0..<frame.size.width).reduce(0) { $0 + Int(frame[$1, y].width) }
      #expect(width == frame.size.width)
    }
  }
}
