/// A line of a lesson without its indentation.
struct SourceLine: Sendable, Hashable {
  var number: Int
  /// Where ``text`` begins, from 1.
  var column: Int
  var text: String
}

/// A word of a line.
struct Word: Sendable, Hashable {
  enum Kind: Sendable, Hashable {
    case name, number, text, symbol
  }

  var kind: Kind
  var text: String
  var column: Int
}

/// Takes a line word by word.
struct WordReader {
  let line: SourceLine
  private var words: [Word] = []
  private var place = 0
  private let endColumn: Int

  init(_ line: SourceLine) throws(LessonProblem) {
    self.line = line
    endColumn = line.column + line.text.count
    var characters = Array(line.text)[...]
    while let first = characters.first {
      let column = line.column + characters.startIndex
      if first == " " {
        characters.removeFirst()
      } else if first == "\"" {
        words.append(try Self.quoted(&characters, line.number, column))
      } else {
        words.append(Self.plain(&characters, column))
      }
    }
  }

  private static func quoted(
    _ characters: inout ArraySlice<Character>, _ line: Int, _ column: Int
  ) throws(LessonProblem) -> Word {
    characters.removeFirst()
    var text = ""
    while let character = characters.popFirst() {
      if character == "\"" { return Word(kind: .text, text: text, column: column) }
      if character == "\\", let escaped = characters.popFirst() {
        text.append(escaped == "n" ? "\n" : escaped)
      } else {
        text.append(character)
      }
    }
    throw LessonProblem(line, column, "this \" has no second one in its line")
  }

  private static func plain(_ characters: inout ArraySlice<Character>, _ column: Int) -> Word {
    func isPart(_ character: Character) -> Bool {
      character.isLetter || character.isNumber || "_".contains(character)
    }
    guard let first = characters.first, isPart(first) else {
      var symbol = String(characters.removeFirst())
      if symbol == "!", characters.first == "=" { symbol.append(characters.removeFirst()) }
      return Word(kind: .symbol, text: symbol, column: column)
    }
    let text = String(characters.prefix(while: isPart))
    characters.removeFirst(text.count)
    return Word(kind: Int(text) == nil ? .name : .number, text: text, column: column)
  }

  var peek: Word? { place < words.count ? words[place] : nil }

  mutating func next() -> Word? {
    guard let word = peek else { return nil }
    place += 1
    return word
  }

  /// Takes this word if it comes next.
  mutating func take(_ text: String) -> Bool {
    guard let word = peek, word.kind != .text, word.text == text else { return false }
    place += 1
    return true
  }

  func problem(_ reason: String, at word: Word? = nil) -> LessonProblem {
    LessonProblem(line.number, word?.column ?? peek?.column ?? endColumn, reason)
  }

  mutating func expect(_ text: String) throws(LessonProblem) {
    guard take(text) else {
      throw problem("“\(text)” belongs here" + (peek.map { ", not “\($0.text)”" } ?? ""))
    }
  }

  func expectEnd() throws(LessonProblem) {
    if let word = peek { throw problem("“\(word.text)” is one word too many") }
  }

  mutating func name(_ what: String) throws(LessonProblem) -> String {
    guard let word = peek, word.kind == .name else { throw problem("\(what) belongs here") }
    place += 1
    return word.text
  }

  /// A path or a hyphenated word, up to the next space.
  mutating func path(_ what: String) throws(LessonProblem) -> String {
    guard let first = peek, first.kind != .text else { throw problem("\(what) belongs here") }
    var path = ""
    var column = first.column
    while let word = peek, word.column == column, word.kind != .text {
      path += word.text
      column += word.text.count
      place += 1
    }
    return path
  }

  mutating func number(_ what: String) throws(LessonProblem) -> Int {
    guard let word = peek, word.kind == .number, let number = Int(word.text) else {
      throw problem("\(what) belongs here, a number")
    }
    place += 1
    return number
  }

  mutating func quoted(_ what: String) throws(LessonProblem) -> String {
    guard let word = peek, word.kind == .text else {
      throw problem("\(what) belongs here, between \" and \"")
    }
    place += 1
    return word.text
  }

  mutating func oneOf<Choice: RawRepresentable & CaseIterable>(
    _ what: String, _ type: Choice.Type
  ) throws(LessonProblem) -> Choice where Choice.RawValue == String {
    let before = place
    let word = try path(what)
    if let choice = Choice(rawValue: word) { return choice }
    place = before
    let all = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    throw problem("“\(word)” is not \(what); there are \(all)")
  }
}
