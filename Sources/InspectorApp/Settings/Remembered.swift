/// What the inspector itself keeps from one session to the next: how the user left it.
public struct Remembered: Sendable, Hashable {
  var splits = Splits()
  /// Whether the words for who is here for the first time were seen.
  public var knowsTheKeys = false

  /// Nothing: a first session.
  public init() {}

  /// What ``text`` said; lines that say nothing sensible are left out.
  public init(text: String) {
    for entry in SettingLines(text).entries {
      if entry.key == "keys-known" { knowsTheKeys = entry.value == "yes" }
      if let border = Splits.Border(rawValue: entry.key), let place = Int(entry.value),
        (0...1000).contains(place)
      {
        splits.places[border] = place
      }
    }
  }

  /// The lines of the file.
  public var text: String {
    let places = Splits.Border.allCases.compactMap { border in
      splits.places[border].map { "\(border.rawValue) = \($0)\n" }
    }
    return "# Written by fdpass-tui; remove it to start anew.\n"
      + "keys-known = \(knowsTheKeys ? "yes" : "no")\n" + places.joined()
  }
}
