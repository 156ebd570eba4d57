/// The answer to a request: `fdpass/1 ok key=value …; SENTENCE`, or `fdpass/1 error SENTENCE`.
public enum Reply: Hashable, Sendable {
  /// It was done. The sentence, if there is one, says why it was allowed.
  case ok(Fields = Fields(), because: String? = nil)
  /// It was not done, for the reason in the sentence.
  case error(String)

  /// Reads the bytes of one message.
  public init(parsing bytes: [UInt8]) throws(WireError) {
    let message = try WireMessage(parsing: bytes)
    switch message.verb {
    case "ok": self = .ok(message.fields, because: message.sentence)
    case "error": self = .error(message.sentence ?? "")
    default: throw .badVerb
    }
  }

  /// The bytes of the message. A sentence is cut where the message would be too long.
  public var bytes: [UInt8] {
    switch self {
    case .ok(let fields, let reason):
      return WireText.encode(verb: "ok", fields: fields, sentence: reason)
    case .error(let sentence):
      let start = Array("\(WireText.version) error ".utf8)
      let room = WireText.maximumLength - start.count - 1
      // An escape is cut whole: the limit of a character is three bytes.
      var text: [UInt8] = []
      for scalar in sentence.unicodeScalars {
        let next = WireText.escaped(sentence: String(scalar))
        if text.count + next.count > room { break }
        text += next
      }
      return start + text + [WireText.newline]
    }
  }
}
