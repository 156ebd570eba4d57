/// A control sequence (ECMA-48 5.4) that libvterm can be given, or a better known one for it.
struct ControlSequence {
  /// Sizes, counts and colours beyond this are no honest ones.
  static let largestNumber = 9999
  /// libvterm keeps so many and writes past them without looking.
  private static let parameterLimit = 16

  /// `?`, `>` or nothing.
  private let leader: [UInt8]
  /// Each number as digits, joined by `;` or `:`.
  private let parameters: [UInt8]
  private let intermediates: [UInt8]
  private let final: UInt8

  /// Checks what stands between `ESC [` and the final byte; nil when it makes no sense.
  init?(body: [UInt8], final: UInt8) {
    let leader = body.prefix { (0x3C...0x3F).contains($0) }
    let parameters = body.dropFirst(leader.count).prefix { (0x30...0x3B).contains($0) }
    let intermediates = body.dropFirst(leader.count + parameters.count)
    guard leader.count <= 1, intermediates.count <= 1,
      intermediates.allSatisfy({ (0x20...0x2F).contains($0) })
    else { return nil }
    self.leader = Array(leader)
    self.parameters = Self.bounded(parameters)
    self.intermediates = Array(intermediates)
    self.final = final
  }

  /// Cuts large numbers down and leaves out those past the limit.
  private static func bounded(_ parameters: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var digits: [UInt8] = []
    var separators = 0
    func number() -> [UInt8] {
      let value = digits.reduce(0) { min(largestNumber, $0 * 10 + Int($1 - 0x30)) }
      return digits.isEmpty ? [] : Array(String(value).utf8)
    }
    for byte in parameters {
      if byte <= 0x39 {
        digits.append(byte)
        continue
      }
      separators += 1
      guard separators < parameterLimit else { break }
      result += number() + [byte]
      digits = []
    }
    return result + number()
  }

  /// REP, which repeats the last character.
  var isRepeat: Bool { leader.isEmpty && intermediates.isEmpty && final == 0x62 }

  /// The first number, if there is one.
  var firstNumber: Int? { numbers.first ?? nil }

  private var numbers: [Int?] {
    parameters.split(separator: 0x3B, omittingEmptySubsequences: false).map { part in
      Int(String(decoding: part, as: UTF8.self))
    }
  }

  /// What libvterm is given.
  var bytes: [UInt8] {
    let isPlain = leader.isEmpty && intermediates.isEmpty
    switch final {
    case 0x68, 0x6C:  // SM and RM, of which libvterm reads only the first mode
      return numbers.flatMap { $0.map(mode) ?? [] }
    case 0x73 where isPlain:
      // Left and right margins are no part of our terminal; without them it saves the cursor.
      return parameters.isEmpty ? [0x1B, 0x37] : []
    case 0x75 where isPlain:  // restores the cursor
      return [0x1B, 0x38]
    default:
      return [0x1B, 0x5B] + leader + parameters + intermediates + [final]
    }
  }

  private func mode(_ number: Int) -> [UInt8] {
    // DECLRMM would enable the margins.
    if leader == [0x3F], number == 69 { return [] }
    return [0x1B, 0x5B] + leader + Array(String(number).utf8) + intermediates + [final]
  }
}

/// The escape sequences that are no control sequences.
enum ControlSequences {
  /// The bytes for libvterm; empty for what it need not know.
  ///
  /// Lines of double width (`ESC # 3` to `6`) are left out: a cell is a column.
  static func escape(_ sequence: [UInt8]) -> [UInt8] {
    switch (sequence.first, sequence.count) {
    case (0x63, 1):
      // The reset forgets that the alternate screen is shown, and stays on it.
      return Array("\u{1B}[?1047l\u{1B}c".utf8)
    case (0x28, 2), (0x29, 2), (0x2A, 2), (0x2B, 2):
      return [0x1B] + sequence
    case (0x23, 2):
      return sequence == [0x23, 0x38] ? [0x1B] + sequence : []
    case (let byte?, 1):
      return Array("78=>DEHMNOno~}|".utf8).contains(byte) ? [0x1B, byte] : []
    default:
      return []
    }
  }
}
