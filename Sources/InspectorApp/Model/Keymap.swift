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
}

/// The table of keys.
enum Keymap {
  private static let digits = "123456789".map { Key.character($0) }

  /// In the order of the footer.
  static let bindings: [Binding] = [
    Binding(
      "Space s", [.character(" "), .character("s")], .step, short: "step",
      help: "let one process go on to its next stop; in the past, look forward"),
    Binding(
      "1 … 9", digits, .stepProcess,
      help: "step only that process, counted in order of appearance"),
    Binding(
      "b Left", [.character("b"), Key(.left)], .back, short: "back", help: "look one step back"),
    Binding("Right", [Key(.right)], .forward, short: "forward", help: "look one step forward"),
    Binding("End", [Key(.end)], .now, short: "now", help: "return to now"),
    Binding(
      "c", [.character("c")], .resume, short: "continue", help: "let everything run"),
    Binding("p", [.character("p")], .pause, short: "pause", help: "stop everything again"),
    Binding(
      "i", [.character("i")], .type, short: "type",
      help: "type into the client's terminal; Esc leaves it"),
    Binding("Tab", [Key(.tab)], .nextPane, short: "pane", help: "go to the next pane"),
    Binding("S-Tab", [Key(.backTab)], .previousPane, help: "go to the pane before"),
    Binding("Up k", [Key(.up), .character("k")], .up, help: "up"),
    Binding("Down j", [Key(.down), .character("j")], .down, help: "down"),
    Binding("h", [.character("h")], .left, help: "left"),
    Binding("l", [.character("l")], .right, help: "right"),
    Binding("PgUp", [Key(.pageUp)], .pageUp, help: "a page up"),
    Binding("PgDn", [Key(.pageDown)], .pageDown, help: "a page down"),
    Binding("g Home", [.character("g"), Key(.home)], .top, help: "to the top"),
    Binding("G", [.character("G")], .bottom, help: "to the bottom"),
    Binding("Enter", [Key(.enter)], .toggle, short: "open/close", help: "open or close the node"),
    Binding(
      "z", [.character("z")], .zoom, short: "zoom", help: "give the pane the whole screen, or not"),
    Binding("/", [.character("/")], .search, short: "search", help: "search the events"),
    Binding("n", [.character("n")], .searchNext, help: "the next match"),
    Binding("N", [.character("N")], .searchPrevious, help: "the match before"),
    Binding(
      "? F1", [.character("?"), Key(.function(1))], .help, short: "help", help: "this help"),
    Binding(
      "Esc", [Key(.escape)], .escape,
      help: "leave typing, help, zoom, then the past"),
    Binding("C-z", [.control("z")], .suspend, help: "suspend; fg in the shell resumes"),
    Binding("q C-c", [.character("q"), .control("c")], .quit, short: "quit", help: "quit"),
  ]

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
