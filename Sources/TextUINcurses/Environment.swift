import Glibc

/// What the environment says about terminals.
enum Environment {
  /// The terminal's name; nil when `TERM` is unset or empty.
  static var term: String? { variable("TERM") }

  /// Whether the user wants no colours anywhere (no-color.org).
  static var noColor: Bool { variable("NO_COLOR") != nil }

  /// Whether the locale that is set writes characters as UTF-8.
  static var isUTF8: Bool {
    guard let name = unsafe nl_langinfo(nl_item(CODESET)) else { return false }
    return unsafe String(cString: name) == "UTF-8"
  }

  private static func variable(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    let text = unsafe String(cString: value)
    return text.isEmpty ? nil : text
  }
}
