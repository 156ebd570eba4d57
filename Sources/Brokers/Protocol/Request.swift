/// What one side asks of the other: `fdpass/1 VERB key=value …`.
public struct Request: Hashable, Sendable {
  /// What is asked for.
  public var verb: String
  /// The details.
  public var fields: Fields

  /// A request. The verb must be lower-case letters, digits and dashes.
  public init(_ verb: String, _ fields: Fields = Fields()) {
    self.verb = verb
    self.fields = fields
  }

  /// Reads the bytes of one message.
  public init(parsing bytes: [UInt8]) throws(WireError) {
    let message = try WireMessage(parsing: bytes)
    self.init(message.verb, message.fields)
  }

  /// The bytes of the message.
  public var bytes: [UInt8] { WireText.encode(verb: verb, fields: fields, sentence: nil) }
}
