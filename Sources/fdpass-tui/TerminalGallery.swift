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

  private let size: Size
  private var now = Screens()
  private var past = Screens()
  private var processesKnown = 0
  private var outputsKnown = 0

  /// A terminal that is fed anew gets no more than the last of what was printed, so that a step
  /// takes no longer the longer the session is: several times what fits with its scrollback.
  private static let mostOutputs = 4096
  private static let mostBytes = 1 << 20

  init(size: Size) { self.size = size }

  /// Whether a terminal looks different than when this was last asked.
  func hasNews(in timeline: Timeline) -> Bool {
    let known = (processesKnown, outputsKnown)
    processesKnown = timeline.processes.count
    outputsKnown = timeline.outputs.count
    return known != (processesKnown, outputsKnown)
  }

  /// Every terminal as it is now, or as it was just after the event `sequence`.
  func pictures(upTo sequence: Int?, in timeline: Timeline) -> [TerminalPicture] {
    guard let sequence else {
      bring(&now, to: timeline.lastSequence, of: timeline)
      return pictures(of: now, in: timeline)
    }
    bring(&past, to: sequence, of: timeline)
    return pictures(of: past, in: timeline)
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
    emulator(of: event.pid, in: &screens).feed(record.bytes)
  }

  private func emulator(of pid: Int32, in screens: inout Screens) -> TerminalEmulator {
    if let known = screens.emulators[pid] { return known }
    let made = TerminalEmulator(size: size)
    screens.emulators[pid] = made
    return made
  }

  private func pictures(of screens: Screens, in timeline: Timeline) -> [TerminalPicture] {
    let blank = TerminalEmulator(size: size)
    var seen: Set<Int32> = []
    return timeline.processes.compactMap { process in
      // Only who was launched by us has a terminal of ours; its children share it.
      guard process.wasLaunched || screens.emulators[process.pid] != nil,
        seen.insert(process.pid).inserted
      else { return nil }
      let emulator = screens.emulators[process.pid] ?? blank
      return TerminalPicture(
        pid: process.pid, title: process.label, rows: emulator.rows(), cursor: emulator.cursor)
    }
  }
}
