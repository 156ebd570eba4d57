public import Lessons
import TextUI

/// How the inspector looks, and whether it has processes to command.
public struct InspectorOptions: Sendable, Hashable {
  /// The colours.
  public var theme: Theme
  /// Whether the terminal shows more than ASCII.
  public var unicode: Bool
  /// Whether colours may be used at all; without them the theme is ``Theme/none``.
  public var colour: Bool
  /// Whether the events come from running processes, which can be stepped and typed to, rather
  /// than from a recording.
  public var live: Bool
  /// Which steps the timeline shows at first; nil for all.
  public var filter: Filter?
  /// What keys do.
  public var keymap: Keymap
  /// How an earlier session was left; nil where none is kept.
  public var remembered: Remembered?
  /// The lesson that is given over the session; nil for none.
  public var lesson: Lesson?
  /// Whether the end of a lesson leads to the next one by a key.
  public var leadsToNextLesson: Bool
  /// What the session is going to show, said until something has happened; empty for nothing.
  public var opening: String

  /// Options; what is not given is the usual.
  public init(
    theme: Theme = .dark, unicode: Bool = true, colour: Bool = true, live: Bool = true,
    filter: Filter? = nil, keymap: Keymap = .standard, remembered: Remembered? = nil,
    lesson: Lesson? = nil, leadsToNextLesson: Bool = false, opening: String = ""
  ) {
    self.theme = theme
    self.unicode = unicode
    self.colour = colour
    self.live = live
    self.filter = filter
    self.keymap = keymap
    self.remembered = remembered
    self.lesson = lesson
    self.leadsToNextLesson = leadsToNextLesson
    self.opening = opening
  }

  var look: Look {
    Look(theme: colour ? theme : .none, glyphs: unicode ? .unicode : .ascii)
  }
}

/// Colours and drawing characters together, as every view needs them.
struct Look: Sendable, Hashable {
  var theme: Theme
  var glyphs: Glyphs

  subscript(role: Role) -> Style { theme.style(role) }
}
