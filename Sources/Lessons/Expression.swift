/// A value that is looked up in what happened: `got.fd[0]`, `giver[3].position = 5`.
public indirect enum Expression: Sendable, Hashable {
  case number(Int)
  case text(String)
  /// A name: of a moment, of an actor, or a word as `yes`.
  case name(String)
  /// A property, as `got.result`.
  case property(Expression, Property)
  /// Whether something was found, by its code.
  case found(String)
  /// One of several, as `got.fd[0]`; of an actor the row of its table, as `giver[3]`.
  case element(Expression, Expression)
  case operation(Expression, Operator, Expression)

  /// What can stand between two values.
  public enum Operator: String, Sendable, Hashable, CaseIterable {
    case and
    case equal = "="
    case different = "!="
    case less = "<"
    case greater = ">"
    case plus = "+"
    case minus = "-"

    var strength: Int {
      switch self {
      case .and: 1
      case .equal, .different, .less, .greater: 2
      case .plus, .minus: 3
      }
    }
  }
}

extension WordReader {
  mutating func expression(strength: Int = 1) throws(LessonProblem) -> Expression {
    var left = try operand()
    while let word = peek, let found = Expression.Operator(rawValue: word.text),
      word.kind != .text, found.strength >= strength
    {
      _ = next()
      left = .operation(left, found, try expression(strength: found.strength + 1))
    }
    return left
  }

  private mutating func property() throws(LessonProblem) -> Property {
    let before = self
    let name = try name("a property")
    if let property = Property(rawValue: name) { return property }
    let all = Property.allCases.map(\.rawValue).joined(separator: ", ")
    throw before.problem("“\(name)” is not a property; there are \(all)")
  }

  private mutating func operand() throws(LessonProblem) -> Expression {
    guard let word = next() else { throw problem("a value is missing here") }
    var value: Expression
    switch word.kind {
    case .number: value = .number(Int(word.text) ?? 0)
    case .text: value = .text(word.text)
    case .name where word.text == "found":
      try expect(".")
      value = .found(try name("a finding's code, as bad_descriptor,").replacing("_", with: "-"))
    case .name: value = .name(word.text)
    case .symbol: throw problem("a value belongs here, not “\(word.text)”", at: word)
    }
    while let symbol = peek, symbol.kind == .symbol, [".", "["].contains(symbol.text) {
      _ = next()
      if symbol.text == "." {
        value = .property(value, try property())
      } else {
        let index = try expression()
        try expect("]")
        value = .element(value, index)
      }
    }
    return value
  }
}

extension Expression {
  /// Whether it comes to a number of a descriptor, which is a row of a table.
  public var isDescriptor: Bool {
    switch self {
    case .property(_, .fd), .property(_, .pidfd): true
    case .element(let list, _): list.isDescriptor
    default: false
    }
  }

  /// The first name with a property or an element that is none of these.
  func name(notIn known: Set<String>) -> String? {
    switch self {
    case .number, .text, .name, .found: nil
    case .property(.name(let name), _) where !known.contains(name): name
    case .element(.name(let name), _) where !known.contains(name): name
    case .property(let whole, _): whole.name(notIn: known)
    case .element(let one, let other), .operation(let one, _, let other):
      one.name(notIn: known) ?? other.name(notIn: known)
    }
  }
}
