import TextUI
import TraceModel

/// Exporting the session: one more key says in which form.
extension Inspector {
  private static let formats: [(key: Character, word: String, format: ExportFormat)] = [
    ("t", "text", .text), ("j", "JSON", .json), ("m", "Markdown", .markdown),
    ("d", "Mermaid", .mermaid), ("s", "SVG", .svg), ("p", "Perfetto", .perfetto),
  ]

  var exportHints: [Hint] {
    [Hint(key: "Export", word: "as")]
      + Self.formats.map { Hint(key: String($0.key), word: $0.word, press: .character($0.key)) }
      + [Hint(key: "Esc", word: "cancel", press: Key(.escape))]
  }

  /// What the last line says while an export is written.
  var exportProgress: String? {
    exportedBytes.map { bytes in
      "Writing\(look.glyphs.ellipsis) \(Wording.size(bytes)) so far; "
        + "\(keymap.name(of: .escape)) stops it."
    }
  }

  mutating func askForFormat() {
    if exportedBytes != nil {
      notice = "The export before is still being written."
    } else if history.timeline.count == 0 {
      notice = "Nothing has happened yet that could be exported."
    } else {
      mode = .exporting
    }
  }

  mutating func takeFormat(_ key: Key) -> [Effect] {
    mode = .normal
    guard let chosen = Self.formats.first(where: { Key.character($0.key) == key }) else {
      notice = "Nothing was exported."
      return []
    }
    exportedBytes = 0
    return [.export(chosen.format, stepFilter?.filter)]
  }
}
