/// The ASCII character that stands for `scalar` where Unicode cannot be shown.
///
/// Lines become `-`, `|` and `+`, arrows become `<`, `>`, `^` and `v`; what has no likeness is `?`.
public func asciiStandIn(for scalar: Unicode.Scalar) -> Unicode.Scalar {
  if scalar.isASCII { return scalar }
  if let likeness = likenesses[scalar] { return likeness }
  switch scalar.value {
  case 0xA0, 0x2000...0x200A, 0x202F, 0x3000: return " "
  case 0x2010...0x2015: return "-"
  case 0x2018...0x201B: return "'"
  case 0x201C...0x201F: return "\""
  case 0x2500...0x257F: return "+"
  case 0x2580...0x259F: return "#"
  case 0x2800...0x28FF: return "."
  default: return "?"
  }
}

private let likenesses: [Unicode.Scalar: Unicode.Scalar] = {
  let groups: [(Unicode.Scalar, String)] = [
    ("-", "─━┄┅┈┉╌╍╴╶╸╺╼╾−"),
    ("|", "│┃┆┇┊┋╎╏╵╷╹╻╽╿║▏▕▎▍"),
    ("=", "═≡≈"),
    (">", "→►▶▸▹▻➜➤»›⟶⇒"),
    ("<", "←◄◀◂◃◅«‹⟵⇐"),
    ("^", "↑▲△▴⇑"),
    ("v", "↓▼▽▾⇓"),
    ("*", "•●◆■★⬤"),
    ("o", "○◇□☆◦"),
    (".", "·…∙⋅"),
    ("x", "×✗✘✕✖"),
    ("!", "⚠"),
    ("+", "✓✔⇄↔⇆"),
    ("_", "▁▂"),
    ("#", "⏸⏯⏹"),
    ("~", "∼"),
  ]
  var table: [Unicode.Scalar: Unicode.Scalar] = [:]
  for (likeness, scalars) in groups {
    for scalar in scalars.unicodeScalars { table[scalar] = likeness }
  }
  return table
}()
