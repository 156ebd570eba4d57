/// A page as the learner reads it.
struct SpokenPage: Sendable, Hashable {
  /// From 1.
  var number: Int
  /// The last event that had happened when it began to speak.
  var since: Int
  var text: String
  var question: SpokenQuestion?
  /// What is said of it afterwards.
  var outcome = ""
  var source = ""
  /// Whether the learner had changed a call when it spoke: it then tells what happened, and judges
  /// nothing.
  var isChanged = false
}

/// What a learner said.
enum LessonAnswer: Sendable, Hashable {
  case given(Int)
  case unknown
  /// The step was made before the question could be asked.
  case tooLate
}

/// A question as the learner reads it.
struct SpokenQuestion: Sendable, Hashable {
  var text: String
  /// Empty where a number is asked for.
  var options: [String]
  var hints: [String]
  /// Whether the answer is a number of a descriptor.
  var asksForRow: Bool
  var hintsShown = 0
  var given: LessonAnswer?
  /// What the kernel did, once it has.
  var right: Int?
  var verdict = ""

  /// An answer in words: a number, or what the option says.
  func words(_ answer: Int) -> String {
    options.indices.contains(answer - 1) ? options[answer - 1] : String(answer)
  }

  /// The same with its full stop.
  func sentence(_ answer: Int) -> String {
    let words = words(answer)
    return words.hasSuffix(".") ? words : words + "."
  }

  var isRight: Bool? { given.flatMap { given in right.map { given == .given($0) } } }
}
