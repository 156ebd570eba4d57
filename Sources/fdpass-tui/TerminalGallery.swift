import InspectorApp
import TerminalEmulation
import TextUI
import TraceModel

/// The emulated terminals of all processes, now and at any moment of the past.
final class TerminalGallery {
  private struct Piece {
    let sequence: Int
    let pid: Int32
    let bytes: [UInt8]
  }

  private let size: Size
  private var order: [Int32] = []
  private var titles: [Int32: String] = [:]
  private var live: [Int32: TerminalEmulator] = [:]
  private var pieces: [Piece] = []

  init(size: Size) { self.size = size }

  /// Takes note of what an event prints; true when a picture has changed.
  func take(_ event: TraceEvent) -> Bool {
    switch event.body {
    case .process(let record) where record.event == .started(parent: nil):
      // Only who was launched by us has a terminal of ours; its children share it.
      titles[event.pid] = record.role ?? event.comm
      guard live[event.pid] == nil else { return false }
      order.append(event.pid)
      live[event.pid] = TerminalEmulator(size: size)
      return true
    case .output(let record):
      pieces.append(Piece(sequence: event.sequence, pid: event.pid, bytes: record.bytes))
      live[event.pid]?.feed(record.bytes)
      return true
    default: return false
    }
  }

  /// Every terminal as it is now, or as it was just after the event `sequence`.
  func pictures(upTo sequence: Int?) -> [TerminalPicture] {
    guard let sequence else { return pictures(of: live) }
    var past: [Int32: TerminalEmulator] = [:]
    for pid in order { past[pid] = TerminalEmulator(size: size) }
    for piece in pieces where piece.sequence <= sequence { past[piece.pid]?.feed(piece.bytes) }
    return pictures(of: past)
  }

  private func pictures(of emulators: [Int32: TerminalEmulator]) -> [TerminalPicture] {
    order.compactMap { pid in
      emulators[pid].map { emulator in
        TerminalPicture(
          pid: pid, title: titles[pid] ?? "", rows: emulator.rows(), cursor: emulator.cursor)
      }
    }
  }
}
