/// A program as a value: messages change it, and it is drawn from what it is.
///
/// `update` and `view` touch nothing outside. What must be done in the world is returned from
/// `update` as effects, which the caller runs; their outcome comes back as further messages.
public protocol Program {
  /// What can happen: input, events, outcomes of effects.
  associatedtype Message
  /// What the program can ask for.
  associatedtype Effect

  /// Takes in one message.
  mutating func update(_ message: Message) -> [Effect]

  /// Draws everything into a blank frame.
  func view(_ frame: inout Frame)
}
