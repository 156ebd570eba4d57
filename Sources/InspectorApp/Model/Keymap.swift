import TextUI

/// Which key does what. Footer and help are made from this table, so they cannot say anything
/// else than what the keys do.
struct Binding: Sendable, Hashable {
  /// The keys, first the one that the footer names.
  var keys: [Key]
  var command: Command
  /// How the help names the keys.
  var names: String
  /// One or two words for the footer; nil keeps it out.
  var short: String?
  /// What the help says.
  var help: String

  init(_ names: String, _ keys: [Key], _ command: Command, short: String? = nil, help: String) {
    self.keys = keys
    self.command = command
    self.names = names
    self.short = short
    self.help = help
  }

  /// Keys that the help names in the line of another binding.
  init(also keys: [Key], _ command: Command, short: String? = nil) {
    self.init("", keys, command, short: short, help: "")
  }
}

/// The table of keys.
enum Keymap {
  /// Ends typing to a program that has a use for every other key; twice, it is typed.
  static let leaving = Key.control("]")

  private static let digits = "123456789".map { Key.character($0) }

  /// In the order of the footer.
  static let bindings: [Binding] = [
    Binding(
      "Space s", [.character(" "), .character("s")], .step, short: "step",
      help: "let a process go on to its next stop; in the past: forward"),
    Binding(
      "1 … 9", digits, .stepProcess, help: "step only that process, in order of appearance"),
    Binding(
      "b Left Right", [.character("b"), Key(.left)], .back, short: "back",
      help: "look one step back, forward; End returns to now"),
    Binding(also: [Key(.right)], .forward),
    Binding(also: [Key(.end)], .now, short: "now"),
    Binding(
      "c p", [.character("c")], .resume, short: "continue",
      help: "let everything run; stop everything again"),
    Binding(also: [.character("p")], .pause, short: "pause"),
    Binding(
      "i C-]", [.character("i"), leaving], .type, short: "type",
      help: "use a program's terminal; C-] leaves, in the demo Esc too"),
    Binding(
      "Tab S-Tab", [Key(.tab)], .nextPane, short: "pane",
      help: "go to the next pane, the one before"),
    Binding(also: [Key(.backTab)], .previousPane),
    Binding("arrows hjkl", [Key(.up), .character("k")], .up, help: "move within the pane"),
    Binding(also: [Key(.down), .character("j")], .down),
    Binding(also: [.character("h")], .left),
    Binding(also: [.character("l")], .right),
    Binding(
      "PgUp PgDn gG", [Key(.pageUp)], .pageUp, help: "move by pages; to the top, to the bottom"),
    Binding(also: [Key(.pageDown)], .pageDown),
    Binding(also: [.character("g"), Key(.home)], .top),
    Binding(also: [.character("G")], .bottom),
    Binding(
      "Enter", [Key(.enter)], .toggle, short: "open",
      help: "open or close a node, a descriptor; go to a line's step"),
    Binding(
      "z", [.character("z")], .zoom, short: "zoom", help: "give the pane the whole screen, or not"),
    Binding("v", [.character("v")], .list, short: "list", help: "the timeline as a list, as lanes"),
    Binding(
      "< >", [.character("<")], .turnLeft, help: "show another process on the left, on the right"),
    Binding(also: [.character(">")], .turnRight),
    Binding(
      "o \\", [.character("o")], .sortRows, short: "sort",
      help: "descriptors: sort them; show only those with a text"),
    Binding(also: [.character("\\")], .narrowRows, short: "narrow"),
    Binding(
      "/ n N", [.character("/")], .search, short: "search",
      help: "search the events; the next match, the one before"),
    Binding(also: [.character("n")], .searchNext),
    Binding(also: [.character("N")], .searchPrevious),
    Binding(
      "f", [.character("f")], .filter, short: "filter",
      help: "show only some steps: process:server call:recvmsg"),
    Binding(
      "! ] [", [.character("!"), .character("]")], .findingNext, short: "findings",
      help: "what was found wrong: the next, the one before"),
    Binding(also: [.character("[")], .findingPrevious),
    Binding(
      "} {", [.character("}")], .sameNext,
      help: "the next step with the same socket, file or number"),
    Binding(also: [.character("{")], .samePrevious),
    Binding(
      "m '", [.character("m")], .mark, help: "mark the step with a letter; go to one, '' back"),
    Binding(also: [.character("'")], .goToMark),
    Binding(also: [.character("?"), Key(.function(1))], .help, short: "help"),
    Binding(
      "q C-c C-z", [.character("q"), .control("c")], .quit, short: "quit",
      help: "quit; C-z suspends"),
    Binding(
      "Esc", [Key(.escape)], .escape, short: "show all",
      help: "leave typing, help (F1), zoom, filter, the past"),
    Binding(also: [.control("z")], .suspend),
    Binding(
      "y e", [.character("y")], .copy,
      help: "copy what is chosen to the clipboard; export the session"),
    Binding(also: [.character("e")], .export),
  ]

  /// What the help lists: keys that belong together have one line.
  static var helped: [Binding] { bindings.filter { !$0.help.isEmpty } }

  private static let index: [Key: (command: Command, digit: Int?)] = {
    var index: [Key: (command: Command, digit: Int?)] = [:]
    for binding in bindings {
      for (place, key) in binding.keys.enumerated() {
        index[key] = (binding.command, binding.command == .stepProcess ? place + 1 : nil)
      }
    }
    return index
  }()

  static func command(for key: Key) -> Command? { index[key]?.command }

  /// The number on the key, for ``Command/stepProcess``.
  static func digit(of key: Key) -> Int? { index[key]?.digit }
}
