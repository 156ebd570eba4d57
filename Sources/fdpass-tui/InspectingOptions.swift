import ArgumentParser
import InspectorApp
import TextUI

/// The options of every inspecting command.
struct InspectingOptions: ParsableArguments {
  @Flag(help: "One readable line per event on stdout; the default when stdout is no terminal.")
  var text = false

  @Flag(help: "One JSON object per event on stdout.")
  var json = false

  @Option(
    name: .customShort("o"),
    help: ArgumentHelp("Put the lines of --text or --json into this file.", valueName: "file"))
  var output: String?

  @Option(help: ArgumentHelp("No terminal: print the last screen at this size.", valueName: "WxH"))
  var frame: FrameSize?

  @Option(help: "Keys to press first, by name: \"Space Space b q\".")
  var keys: KeyList?

  @Flag(help: "Start stopped at the first event.")
  var step = false

  @Flag(help: "Without colour; so does NO_COLOR.")
  var noColor = false

  @Flag(help: "Draw with ASCII characters only; so does a locale without UTF-8.")
  var noUnicode = false

  @Flag(help: "Leave the mouse to the terminal.")
  var noMouse = false

  @Option(help: "The colours: dark or light.")
  var theme: ThemeName = .dark

  func validate() throws {
    if text && json { throw ValidationError("--text and --json exclude each other; choose one.") }
    if step && (text || json) {
      throw ValidationError("--step needs a screen; leave out --text and --json.")
    }
    if frame != nil && (text || json) {
      throw ValidationError("--frame prints a screen; leave out --text and --json.")
    }
    if keys != nil && (text || json) {
      throw ValidationError("--keys needs a screen; leave out --text and --json.")
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
struct KeyList: ExpressibleByArgument {
  let keys: [Key]

  init?(argument: String) {
    guard let keys = try? Key.parse(list: argument) else { return nil }
    self.keys = keys
  }
}

/// The names of `--theme`.
enum ThemeName: String, ExpressibleByArgument, CaseIterable {
  case dark
  case light
}
