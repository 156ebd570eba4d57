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
public struct Keymap: Sendable, Hashable {
  /// Ends typing to a program that has a use for every other key; twice, it is typed.
  static let leaving = Key.control("]")

  /// In the order of the footer.
  private(set) var bindings: [Binding]
  private var index: [Key: Command] = [:]

  private init(_ bindings: [Binding]) {
    self.bindings = bindings
    for binding in bindings {
      for key in binding.keys { index[key] = binding.command }
    }
  }

  private static let digits = "123456789".map { Key.character($0) }

  /// The keys as long as the user has not bound others.
  public static let standard = Keymap([
    Binding(
      "Space s", [.character(" "), .character("s")], .step, short: "step",
      help: "let a process go on to its next stop; in the past: forward"),
    Binding(
      "1 … 9", digits, .stepProcess, help: "step only that process, in order of appearance"),
    Binding(
      "b Left Right", [.character("b")], .back, short: "back",
      help: "look one step back, forward; End returns to now"),
    Binding(also: [Key(.end)], .now, short: "now"),
    Binding(
      "c p", [.character("c")], .resume, short: "continue",
      help: "let everything run; stop everything again"),
    Binding(also: [.character("p")], .pause, short: "pause"),
    Binding(
      "i C-]", [.character("i"), leaving], .type, short: "type",
      help: "use a program's terminal; C-] leaves, in the demo Esc too"),
    Binding(
      "x", [.character("x")], .experiment, short: "what if",
      help: "change a send or a receive before the kernel sees it"),
    Binding(
      "Tab S-Tab", [Key(.tab)], .nextPane, short: "pane",
      help: "go to the next pane, the one before"),
    Binding(also: [Key(.backTab)], .previousPane),
    Binding("arrows hjkl", [Key(.up), .character("k")], .up, help: "move within the pane"),
    Binding(also: [Key(.down), .character("j")], .down),
    Binding(also: [Key(.left), .character("h")], .left),
    Binding(also: [Key(.right), .character("l")], .right),
    Binding(
      "PgUp PgDn gG", [Key(.pageUp), .control("b"), .control("u")], .pageUp,
      help: "move by pages; to the top, to the bottom"),
    Binding(also: [Key(.pageDown), .control("f"), .control("d")], .pageDown),
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
    Binding(
      "a", [.character("a")], .answer, short: "answer", help: "answer the question of a lesson"),
    Binding(
      "? F1", [.character("?"), Key(.function(1))], .help, short: "help", help: "this help"),
    Binding(
      "q C-c C-z", [.character("q"), .control("c")], .quit, short: "quit",
      help: "quit; C-z suspends"),
    Binding(also: [.control("z")], .suspend),
    Binding(
      "y e", [.character("y")], .copy,
      help: "copy what is chosen to the clipboard; export the session"),
    Binding(also: [.character("e")], .export),
    Binding(
      "Esc", [Key(.escape)], .escape, short: "show all",
      help: "leave typing, help, zoom, filter, then the past"),
    Binding(
      ":", [.character(":")], .commandLine, help: "a command by its name, as in :goto 12"),
  ])

  func command(for key: Key) -> Command? { index[key] }

  /// The number on the key, for ``Command/stepProcess``.
  static func digit(of key: Key) -> Int? {
    guard case .character(let character) = key.code, key.modifiers.isEmpty else { return nil }
    return character.isASCII ? character.wholeNumberValue : nil
  }

  /// The first key of a command.
  func key(of command: Command) -> Key? {
    bindings.first { $0.command == command && !$0.keys.isEmpty }?.keys.first
  }

  /// What sentences call the key of a command.
  func name(of command: Command) -> String { key(of: command)?.name ?? ":\(command.name)" }

  /// Makes `key` mean `command`, or nothing. The footer names a command's latest key.
  mutating func bind(_ key: Key, to command: Command?) {
    index[key] = command
    for place in bindings.indices {
      bindings[place].keys.removeAll { $0 == key }
      if bindings[place].command == command { bindings[place].keys.insert(key, at: 0) }
    }
  }
}

/// What the help says of the keys.
extension Keymap {
  /// Keys that belong together have one line: a binding with the ones after it that have none.
  var groups: [ArraySlice<Binding>] {
    let starts = bindings.indices.filter { !bindings[$0].help.isEmpty }
    return zip(starts, starts.dropFirst() + [bindings.endIndex]).map { bindings[$0..<$1] }
  }

  /// The lines of the help; what has no key any more has none.
  var helped: [(names: String, help: String)] {
    zip(groups, Self.standard.groups).compactMap { group, standard in
      let names =
        group == standard
        ? group.first?.names ?? "" : group.flatMap(\.keys).map(\.name).joined(separator: " ")
      return names.isEmpty ? nil : (names, group.first?.help ?? "")
    }
  }

  /// All keys in the form of the configuration, each group below what it does.
  public var listing: String {
    groups.map { group in
      let lines = group.flatMap { binding in
        binding.keys.map { "bind \($0.name) = \(binding.command.name)\n" }
      }
      return "# \(group.first?.help ?? "")\n" + lines.joined()
    }.joined(separator: "\n")
  }
}
