import ArgumentParser
import InspectorApp
import TextUI

/// The options of every inspecting command.
struct InspectingOptions: ParsableArguments {
  @Flag(help: "Print one readable line per event. The default where stdout is no terminal.")
  var text = false

  @Flag(help: "Print one JSON object per event and line.")
  var json = false

  @Flag(
    help: ArgumentHelp(
      "Tell each event in a sentence, with no drawing, for screen readers; keys work as ever."))
  var linear = false

  @Option(
    name: .customShort("o"),
    help: ArgumentHelp("Write the lines of --text or --json to this file.", valueName: "file"),
    completion: .file())
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Also write a recording to this file, for `fdpass-tui replay`.", valueName: "file"),
    completion: .file())
  var record: String?

  @Option(
    help: ArgumentHelp(
      "Show or print only what passes: \"process:server call:recvmsg|read -result:0\". "
        + "A recording keeps all.", valueName: "terms"),
    transform: { try Filter($0) })
  var filter: Filter?

  @Option(
    help: ArgumentHelp(
      "Print the last screen as text, at this size; needs no terminal.", valueName: "WxH"))
  var frame: FrameSize?

  @Option(
    help: ArgumentHelp(
      "Press these keys first, by name: \"Space Space Left z\".", valueName: "names"),
    transform: KeyList.init(list:))
  var keys: KeyList?

  @Flag(help: "Start stopped before the first step, as demo always does.")
  var step = false

  @Flag(help: "Use no colour. So does NO_COLOR in the environment.")
  var noColor = false

  @Flag(help: "Draw with ASCII only. So does a locale without UTF-8.")
  var noUnicode = false

  @Flag(help: "Leave the mouse to the terminal, to select text.")
  var noMouse = false

  @Option(
    help: ArgumentHelp(
      "Colours: for a dark or a light terminal, with high contrast, the terminal's own 16, none.",
      valueName: "name"))
  var theme: ThemeName?

  mutating func validate() throws {
    // A file can only be for lines.
    if output != nil && !json { text = true }
    if let record, record == output {
      throw ValidationError("--record and -o need two different files.")
    }
    if text && json { throw ValidationError("--text and --json exclude each other; choose one.") }
    if step && (text || json) {
      throw ValidationError("--step needs a screen; leave out --text, --json and -o.")
    }
    if linear && (text || json || frame != nil) {
      throw ValidationError("--linear needs keys; leave out --text, --json, -o and --frame.")
    }
    if frame != nil && (text || json) {
      throw ValidationError("--frame prints a screen; leave out --text, --json and -o.")
    }
    if keys != nil && (text || json) {
      throw ValidationError("--keys needs a screen; leave out --text, --json and -o.")
    }
  }
}

/// `WxH`, columns and rows.
struct FrameSize: ExpressibleByArgument {
  let size: Size

  /// Larger than any screen, small enough for any memory.
  private static let limit = 1000

  init?(argument: String) {
    let parts = argument.split(separator: "x", omittingEmptySubsequences: false)
    guard parts.count == 2, let width = Int(parts[0]), let height = Int(parts[1]),
      (1...Self.limit).contains(width), (1...Self.limit).contains(height)
    else { return nil }
    size = Size(width: width, height: height)
  }
}

/// Names of keys, separated by spaces.
struct KeyList {
  let keys: [Key]

  init(keys: [Key]) { self.keys = keys }

  init(list: String) throws {
    keys = try Key.parse(list: list)
  }
}

/// The names of `--theme`.
struct ThemeName: ExpressibleByArgument {
  let theme: Theme

  init?(argument: String) {
    guard let theme = Theme(named: argument) else { return nil }
    self.theme = theme
  }

  static var allValueStrings: [String] { Theme.all.map(\.name) }
  static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}
