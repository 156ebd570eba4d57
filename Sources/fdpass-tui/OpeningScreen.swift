import CLinux
import InspectorApp
import TextUI
import TextUINcurses

extension InspectingOptions {
  /// Takes the terminal over, so that even a crash gives it back.
  ///
  /// - Throws: ``Failure`` when the terminal cannot show a screen.
  func openScreen() throws -> NcursesScreen {
    let screen: NcursesScreen
    do {
      screen = try NcursesScreen(
        options: .init(color: !noColor, unicode: drawsUnicode, mouse: usesMouse))
    } catch {
      throw Failure(error.description)
    }
    var modes = screen.originalTermios
    _ = unsafe clinux_restore_on_crash(
      screen.outputDescriptor, &modes, screen.restoreSequence, screen.restoreSequence.count)
    return screen
  }

  /// The colours that were asked for.
  var chosenTheme: Theme {
    // https://no-color.org: set and not empty.
    if noColor || environmentVariable("NO_COLOR") ?? "" != "" { return .none }
    return theme?.theme ?? UserFiles.settings.theme ?? .dark
  }

  /// Whether more than ASCII may be drawn, as far as the user has a say.
  var drawsUnicode: Bool { !noUnicode && UserFiles.settings.unicode }

  private var usesMouse: Bool { !noMouse && UserFiles.settings.mouse }
}
