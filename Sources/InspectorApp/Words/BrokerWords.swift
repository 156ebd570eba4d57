import TextUI
import TraceModel

/// What a message says that is a line of fdpass-server's roles: `fdpass/1 VERB key=value …`, as
/// WireText in the module Brokers defines it. Another program's line says what it says.
enum BrokerWords {
  /// A sentence about a request, or about the decision and what decided; nil for other data.
  ///
  /// - Parameters:
  ///   - data: What the message carries.
  ///   - speaker: Who sent it.
  /// - Returns: What the speaker says.
  static func sentence(_ data: DataExcerpt, from speaker: String) -> String? {
    let start = Array("fdpass/1 ".utf8)
    guard data.bytes.starts(with: start) else { return nil }
    let line = data.bytes.dropFirst(start.count).prefix { $0 != UInt8(ascii: "\n") }
    let verb = line.prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: ";") }
    let rest = line.dropFirst(verb.count)
    switch String(decoding: verb, as: UTF8.self) {
    case "ok": return granted(rest, speaker)
    case "error": return "\(speaker) says no: " + text(rest) + stop(rest)
    case "back":
      return "\(speaker) hands back what was parked, which has something to read: \(text(rest))."
    case "taken":
      return "\(speaker) says that it took what was handed to it, so that it is parked no more."
    case "gone": return "\(speaker) says that a parked connection ended: \(text(rest))."
    case "serve":
      return "\(speaker) asks to be handed the parked connections that have something to read."
    case "port": return "\(speaker) asks for a port, with \(text(rest))."
    default:
      let fields = text(rest)
      return "\(speaker) asks to \(visible(verb))" + (fields.isEmpty ? "." : ", with \(fields).")
    }
  }

  private static func granted(_ rest: ArraySlice<UInt8>, _ speaker: String) -> String {
    let fields = rest.prefix { $0 != UInt8(ascii: ";") }
    let reason = rest.dropFirst(fields.count + 1)
    let facts = text(fields)
    if reason.isEmpty {
      return facts.isEmpty ? "\(speaker) says yes." : "\(speaker) says yes: \(facts)."
    }
    return "\(speaker) says yes, and why: " + text(reason) + stop(reason)
  }

  /// A sentence of another program may come without its stop.
  private static func stop(_ bytes: ArraySlice<UInt8>) -> String {
    bytes.last == UInt8(ascii: ".") ? "" : "."
  }

  /// The text with `%XX` undone.
  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    var plain: [UInt8] = []
    var rest = bytes.drop { $0 == UInt8(ascii: " ") }
    while let byte = rest.popFirst() {
      let digits = String(decoding: rest.prefix(2), as: UTF8.self)
      if byte == UInt8(ascii: "%"), digits.utf8.count == 2, let value = UInt8(digits, radix: 16) {
        plain.append(value)
        rest = rest.dropFirst(2)
      } else {
        plain.append(byte)
      }
    }
    return visible(plain)
  }
}
