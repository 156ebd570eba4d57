extension Sequence {
  /// What the first element gives that gives something. Each is asked once: a lazy `compactMap` asks
  /// twice, and traps when it gets another answer the second time, as a system may give.
  func firstAnswer<Answer>(_ ask: (Element) -> Answer?) -> Answer? {
    for element in self {
      if let answer = ask(element) { return answer }
    }
    return nil
  }
}
