/// A text with places that are filled from what happened: `{sent.fd[0]}`.
public struct PlacedText: Sendable, Hashable {
  /// A piece of it.
  public enum Piece: Sendable, Hashable {
    case text(String)
    case value(Expression)
  }

  /// Its pieces in order.
  public var pieces: [Piece] = []

  /// Whether it says nothing.
  public var isEmpty: Bool { pieces.isEmpty }

  /// How many words it has; a place counts as one.
  public var wordCount: Int {
    pieces.map { piece in
      switch piece {
      case .text(let text): text
      case .value: "x"
      }
    }.joined().split(whereSeparator: \.isWhitespace).count
  }
}

/// An expression, and where it stands.
struct PlacedValue: Sendable, Hashable {
  var expression: Expression
  var line: Int
  var column: Int
}

/// Reads texts, whose places may be anywhere in their lines.
struct PlacedTextReader {
  /// The lines, each with where its first character stands.
  var lines: [SourceLine]
  /// Every value in them.
  private(set) var values: [PlacedValue] = []

  init(lines: [SourceLine]) { self.lines = lines }

  /// Lines that follow each other are one paragraph; an empty one separates two.
  mutating func read() throws(LessonProblem) -> PlacedText {
    var text = PlacedText()
    var wantsSpace = false
    for line in lines {
      if line.text.isEmpty {
        if wantsSpace { text.append("\n") }
        wantsSpace = false
        continue
      }
      if wantsSpace { text.append(" ") }
      try append(line, to: &text)
      wantsSpace = true
    }
    return text
  }

  private mutating func append(_ line: SourceLine, to text: inout PlacedText) throws(LessonProblem)
  {
    var rest = line.text[...]
    while let open = rest.firstIndex(of: "{") {
      text.append(String(rest[..<open]))
      let column = line.column + line.text.distance(from: line.text.startIndex, to: open)
      guard let close = rest[open...].firstIndex(of: "}") else {
        throw LessonProblem(line.number, column, "this { has no } in its line")
      }
      let inner = String(rest[rest.index(after: open)..<close])
      var words = try WordReader(SourceLine(number: line.number, column: column + 1, text: inner))
      let expression = try words.expression()
      try words.expectEnd()
      text.pieces.append(.value(expression))
      values.append(PlacedValue(expression: expression, line: line.number, column: column + 1))
      rest = rest[rest.index(after: close)...]
    }
    text.append(String(rest))
  }
}

extension PlacedText {
  fileprivate mutating func append(_ text: String) {
    guard !text.isEmpty else { return }
    if case .text(let before) = pieces.last {
      pieces[pieces.count - 1] = .text(before + text)
    } else {
      pieces.append(.text(text))
    }
  }
}
