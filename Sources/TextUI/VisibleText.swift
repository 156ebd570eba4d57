/// Another program's bytes as text that is safe to show.
///
/// Invalid UTF-8 becomes U+FFFD; control characters become their pictures (␀, ␛, ␊ …); what would
/// reorder, hide or join text (bidirectional controls, zero-width characters, line separators,
/// unassigned scalars) becomes U+FFFD. Nothing in the result moves a terminal's cursor.
public func visible(_ bytes: some Sequence<UInt8>) -> String {
  visible(String(decoding: Array(bytes), as: UTF8.self))
}

/// The text with every scalar that must not reach a terminal replaced by a visible stand-in.
public func visible(_ text: String) -> String {
  if text.unicodeScalars.allSatisfy({ standIn(for: $0) == nil }) { return text }
  var result = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    result.append(standIn(for: scalar) ?? scalar)
  }
  return String(result)
}

/// What is shown instead of `scalar`, or nil when it is harmless.
///
/// The categories are Unicode's: control, format, separator, surrogate and unassigned. Variation
/// selectors are marks, but terminals disagree about their effect on the width.
func standIn(for scalar: Unicode.Scalar) -> Unicode.Scalar? {
  switch scalar.value {
  case 0x20...0x7E, 0x2500...0x259F: return nil
  case 0x00...0x1F: return Unicode.Scalar(0x2400 + scalar.value)
  case 0x7F: return "\u{2421}"
  case 0x80...0x9F, 0xAD: return "\u{FFFD}"
  case 0xA0...0x2FF: return nil
  case 0x034F, 0x115F...0x1160, 0x17B4...0x17B5, 0x3164, 0xFFA0: return "\u{FFFD}"
  case 0x180B...0x180F, 0xFE00...0xFE0F, 0xE0000...0xE0FFF: return "\u{FFFD}"
  default: break
  }
  switch scalar.properties.generalCategory {
  case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned:
    return "\u{FFFD}"
  default:
    return nil
  }
}
