/// Why a message could not be understood. Its `description` is a whole sentence, and the answer to
/// whoever sent it.
public enum WireError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Longer than `WireText.maximumLength`.
  case tooLong
  /// Without a newline at its end, or with one before: it was cut, or is no message of ours.
  case unfinished
  /// It speaks another version of the framing, or something else altogether.
  case otherVersion(String)
  /// No verb, or one with other characters than a verb has.
  case badVerb
  /// The field with this number, from 1, is not `key=value` in the characters allowed.
  case badField(Int)
  /// A key came twice.
  case repeatedKey(String)
  /// More fields than `WireText.maximumFields`.
  case tooManyFields
  /// A `%` without two hexadecimal digits.
  case badEscape

  /// One sentence for a person.
  public var description: String {
    switch self {
    case .tooLong: "The message is longer than \(WireText.maximumLength) bytes."
    case .unfinished: "The message must be one line that ends with a newline."
    case .otherVersion(let spoken):
      "The message begins with “\(spoken)”; spoken here is \(WireText.version)."
    case .badVerb: "After the version a verb must come: lower-case letters, digits and dashes."
    case .badField(let number):
      "Field \(number) must be key=value, without spaces, other bytes written as %XX."
    case .repeatedKey(let key): "The field \(key) is there twice."
    case .tooManyFields: "A message has at most \(WireText.maximumFields) fields."
    case .badEscape: "After % two hexadecimal digits must come."
    }
  }
}
