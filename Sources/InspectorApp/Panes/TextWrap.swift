import TextUI

/// `text` in lines of at most `width` columns, broken between words; a word that is wider than a
/// line is broken inside. Line feeds begin new lines.
func wrapped(_ text: String, width: Int) -> [String] {
  guard width > 0 else { return [] }
  return text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { paragraph in
    wrapParagraph(paragraph, width: width)
  }
}

private func wrapParagraph(_ text: Substring, width: Int) -> [String] {
  var lines: [String] = []
  var line = ""
  var used = 0
  for word in text.split(separator: " ") {
    for piece in pieces(of: word, width: width) {
      let columns = DisplayWidth.of(piece)
      if used > 0, used + 1 + columns > width {
        lines.append(line)
        (line, used) = ("", 0)
      }
      if used > 0 {
        line += " "
        used += 1
      }
      line += piece
      used += columns
    }
  }
  lines.append(line)
  return lines
}

/// A word in parts that each fit a line; nearly always one.
private func pieces(of word: Substring, width: Int) -> [String] {
  guard DisplayWidth.of(String(word)) > width else { return [String(word)] }
  var pieces: [String] = []
  var piece = ""
  var used = 0
  for character in word {
    let columns = DisplayWidth.of(character)
    if used > 0, used + columns > width {
      pieces.append(piece)
      (piece, used) = ("", 0)
    }
    piece.append(character)
    used += columns
  }
  pieces.append(piece)
  return pieces
}
