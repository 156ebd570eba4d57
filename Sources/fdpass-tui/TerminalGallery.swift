import InspectorApp
import TerminalEmulation
import TextUI
import TraceModel

/// The emulated terminals of a session, now and at any moment of the past.
///
/// What was printed stays in the timeline; a terminal that goes back is fed anew from there.
final class TerminalGallery {
  /// Terminals that were fed up to some event.
  private struct Screens {
    var upTo = 0
    var emulators: [Int32: TerminalEmulator] = [:]
  }

  private var now = Screens()
  private var past = Screens()
  /// Who was launched by us and so has a terminal of ours, which its children share.
  private var owners: [Int32] = []
  private var processesKnown = 0
  private var outputsKnown = 0

  /// A terminal that is fed anew gets no more than the last of what was printed, so that a step
  /// takes no longer the longer the session is: several times what fits with its scrollback.
  private static let mostOutputs = 4096
  private static let mostBytes = 1 << 20

  /// Takes in what was printed since this was last asked; whether a terminal looks different now.
  func hasNews(in timeline: Timeline) -> Bool {
    let known = (owners.count, outputsKnown)
    for process in timeline.processes.dropFirst(processesKnown)
    where process.wasLaunched && !owners.contains(process.pid) {
      owners.append(process.pid)
    }
    processesKnown = timeline.processes.count
    outputsKnown = timeline.outputs.count
    guard known != (owners.count, outputsKnown) else { return false }
    bring(&now, to: timeline.lastSequence, of: timeline)
    return true
  }

  /// Every terminal as it is now, or as it was just after the event `sequence`.
  func pictures(upTo sequence: Int?, in timeline: Timeline) -> [TerminalPicture] {
    guard let sequence else { return pictures(of: now) }
    bring(&past, to: sequence, of: timeline)
    return pictures(of: past)
  }

  /// What the terminals answered to the questions of programs since this was last asked.
  func takeReplies() -> [(pid: Int32, bytes: [UInt8])] {
    now.emulators.map { ($0.key, $0.value.takeReplies()) }.filter { !$0.bytes.isEmpty }
      .sorted { $0.pid < $1.pid }
  }

  /// What a terminal sends to its program for what the user does.
  func bytes(for input: TerminalInput, to pid: Int32) -> [UInt8] {
    let emulator = emulator(of: pid, in: &now)
    return switch input {
    case .key(let key): emulator.key(key)
    case .paste(let text): emulator.text(text)
    case .mouse(let event): emulator.mouse(event)
    }
  }

  private func bring(_ screens: inout Screens, to sequence: Int, of timeline: Timeline) {
    if sequence < screens.upTo { screens = Screens() }
    let all = timeline.outputs
    let begin = all.partitionPoint { $0 <= screens.upTo }
    let end = all.partitionPoint { $0 <= sequence }
    screens.upTo = sequence
    if end - begin <= Self.mostOutputs {
      for number in all[begin..<end] { feed(&screens, timeline[number]) }
      return
    }
    screens.emulators = [:]
    for event in tail(of: all[..<end], in: timeline) { feed(&screens, event) }
  }

  private func tail(of outputs: ArraySlice<Int>, in timeline: Timeline) -> [TraceEvent] {
    var events: [TraceEvent] = []
    var count = 0
    for number in outputs.suffix(Self.mostOutputs).reversed() where count < Self.mostBytes {
      guard let event = timeline[number], case .output(let record) = event.body else { continue }
      events.append(event)
      count += record.bytes.count
    }
    return events.reversed()
  }

  private func feed(_ screens: inout Screens, _ event: TraceEvent?) {
    guard let event, case .output(let record) = event.body else { return }
    let emulator = emulator(of: event.pid, in: &screens)
    emulator.resize(Size(record.size ?? .usual))
    emulator.feed(record.bytes)
  }

  private func emulator(of pid: Int32, in screens: inout Screens) -> TerminalEmulator {
    if let known = screens.emulators[pid] { return known }
    let made = TerminalEmulator(size: Size(.usual))
    screens.emulators[pid] = made
    return made
  }

  private func pictures(of screens: Screens) -> [TerminalPicture] {
    let blank = TerminalEmulator(size: Size(.usual))
    return owners.map { pid in
      let emulator = screens.emulators[pid] ?? blank
      return TerminalPicture(
        pid: pid, title: emulator.title,
        // Above what fills the screen there is nothing.
        scrolledAway: emulator.isFullScreen ? [] : emulator.scrollback, rows: emulator.rows(),
        cursor: emulator.cursor, cursorShape: emulator.cursorShape, takesMouse: emulator.takesMouse)
    }
  }
}

extension Size {
  /// The same size in the words of the screen.
  init(_ size: TerminalSize) { self.init(width: size.columns, height: size.rows) }
}
