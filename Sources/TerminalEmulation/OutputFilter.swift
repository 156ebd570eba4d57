import TextUI

/// Lets through to libvterm only what it handles safely.
///
/// libvterm 0.1.4, which is what Debian 12 has, writes out of bounds for a control sequence with
/// more than 16 parameters, loops for ever when asked to repeat nothing, and miscounts columns
/// after C1 controls. Any program may print such bytes, so none of them reaches it: sequences
/// are read here, checked, and handed on whole.
struct OutputFilter {
  /// The window title that the last call of ``filtered(_:)`` saw, if it saw one.
  private(set) var title: [UInt8]?

  private enum State {
    case text
    case escape
    case control
    case string(introducer: UInt8)
    case stringEscape(introducer: UInt8)
  }

  /// Longer sequences and strings are no honest ones.
  private static let sequenceLimit = 128
  private static let stringLimit = 1024
  /// A long line; more would make a little output cost much.
  private static let repeatLimit = 512

  private var state = State.text
  /// What came after the introducer of an unfinished sequence.
  private var collected: [UInt8] = []
  private var text = TextFilter()
  private var output: [UInt8] = []

  /// The harmless equivalent of `bytes`; an unfinished sequence is kept for the next call.
  mutating func filtered(_ bytes: [UInt8]) -> [UInt8] {
    output.removeAll(keepingCapacity: true)
    title = nil
    for byte in bytes { take(byte) }
    return output
  }

  private mutating func take(_ byte: UInt8) {
    switch (state, byte) {
    case (.text, 0x20...0x7E), (.text, 0x80...0xFF):
      text.take(byte, &output)
    case (_, 0x18), (_, 0x1A):
      begin(.text)
    case (.string(let introducer), 0x1B):
      state = .stringEscape(introducer: introducer)
    case (_, 0x1B):
      begin(.escape)
    case (.string(let introducer), _):
      takeString(byte, introducer)
    case (.stringEscape(let introducer), 0x5C):
      finishString(introducer)
    case (.stringEscape, _):
      // ESC ends the string without its terminator, and starts something else.
      begin(.escape)
      takeEscape(byte)
    case (_, 0x00...0x1F), (_, 0x7F):
      control(byte)
    case (.escape, _):
      takeEscape(byte)
    case (.control, _):
      takeControl(byte)
    case (.text, _):
      break
    }
  }

  private mutating func begin(_ next: State) {
    text.end(&output)
    collected.removeAll(keepingCapacity: true)
    state = next
  }

  /// A C0 control acts at once, even within a sequence.
  private mutating func control(_ byte: UInt8) {
    text.end(&output)
    if (0x07...0x0F).contains(byte) { output.append(byte) }
  }

  private mutating func takeEscape(_ byte: UInt8) {
    switch byte {
    case 0x20...0x2F where collected.count < 2:
      collected.append(byte)
    case 0x5B where collected.isEmpty:
      begin(.control)
    case 0x50, 0x58, 0x5D, 0x5E, 0x5F:
      begin(collected.isEmpty ? .string(introducer: byte) : .text)
    case 0x20...0x7E:
      output += ControlSequences.escape(collected + [byte])
      begin(.text)
    default:
      begin(.text)
      text.take(byte, &output)
    }
  }

  private mutating func takeControl(_ byte: UInt8) {
    switch byte {
    case 0x20...0x3F:
      if collected.count <= Self.sequenceLimit { collected.append(byte) }
    case 0x40...0x7E:
      if collected.count <= Self.sequenceLimit { finishControl(byte) }
      begin(.text)
    default:
      begin(.text)
      text.take(byte, &output)
    }
  }

  private mutating func finishControl(_ final: UInt8) {
    guard let sequence = ControlSequence(body: collected, final: final) else { return }
    if sequence.isRepeat {
      // Done here: with nothing to repeat libvterm does not return.
      let count = min(max(1, sequence.firstNumber ?? 1), Self.repeatLimit)
      for _ in 0..<count { output += text.lastCharacter }
    } else {
      output += sequence.bytes
    }
  }

  private mutating func takeString(_ byte: UInt8, _ introducer: UInt8) {
    if byte == 0x07 {
      finishString(introducer)
    } else if byte >= 0x20, byte != 0x7F, collected.count < Self.stringLimit {
      collected.append(byte)
    }
  }

  private mutating func finishString(_ introducer: UInt8) {
    switch (introducer, collected.first, collected.dropFirst().first) {
    case (0x5D, 0x30, 0x3B), (0x5D, 0x32, 0x3B):  // OSC 0 ; title and OSC 2 ; title
      title = Array(collected.dropFirst(2))
    case (0x50, 0x24, 0x71) where collected.count <= 4:  // DCS $ q, a question about settings
      output += [0x1B, 0x50] + collected + [0x1B, 0x5C]
    default:
      break
    }
    begin(.text)
  }
}
