/// What a key, or a word after `:`, can ask for outside of typing and searching.
enum Command: String, Sendable, Hashable, CaseIterable {
  case step
  case stepProcess
  case back
  case forward
  case now
  case resume
  case pause
  case type
  case nextPane
  case previousPane
  case up
  case down
  case left
  case right
  case pageUp
  case pageDown
  case top
  case bottom
  case zoom
  case toggle
  case search
  case searchNext
  case searchPrevious
  case filter
  case findingNext
  case findingPrevious
  case sameNext
  case samePrevious
  case mark
  case goToMark
  case copy
  case export
  case experiment
  case list
  case turnLeft
  case turnRight
  case sortRows
  case narrowRows
  case answer
  case help
  case escape
  case commandLine
  case suspend
  case quit

  /// What the configuration and the command line call it: `step-process`.
  var name: String {
    rawValue.reduce(into: "") { name, letter in
      name += letter.isUppercase ? "-" + letter.lowercased() : String(letter)
    }
  }

  init?(name: String) {
    guard let command = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = command
  }
}
