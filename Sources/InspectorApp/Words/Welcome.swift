import TraceModel

/// The words for who is here for the first time.
extension Inspector {
  /// Until a key was pressed in a session that is remembered.
  var showsWelcome: Bool { options.remembered != nil && !remembered.knowsTheKeys }

  var welcome: String {
    (moment == .now && status?.mode == .ended
      ? "New here? \(keymap.name(of: .back)) looks back by a step, "
      : "New here? \(keymap.name(of: .step)) goes on by a step, \(keymap.name(of: .back)) looks back, ")
      + "\(keymap.name(of: .help)) lists all keys, \(keymap.name(of: .quit)) quits."
  }
}
