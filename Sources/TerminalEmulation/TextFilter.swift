import TextUI

/// Reads UTF-8 and hands on only whole, valid characters.
struct TextFilter {
  /// The last character with its marks, for "repeat"; empty before the first.
  private(set) var lastCharacter: [UInt8] = []
  private var pending: [UInt8] = []
  private var pendingLength = 0
  private var marks = 0

  /// Takes one byte from 0x20 on, except 0x7F.
  mutating func take(_ byte: UInt8, _ output: inout [UInt8]) {
    if byte & 0xC0 == 0x80, !pending.isEmpty {
      pending.append(byte)
      if pending.count == pendingLength { finish(&output) }
      return
    }
    end(&output)
    switch byte {
    case 0x20...0x7E: putASCII(byte, &output)
    case 0xC2...0xDF: begin(byte, 2)
    case 0xE0...0xEF: begin(byte, 3)
    case 0xF0...0xF4: begin(byte, 4)
    default: replace(&output)
    }
  }

  /// The text ends here: a character of which bytes are missing is invalid.
  mutating func end(_ output: inout [UInt8]) {
    guard !pending.isEmpty else { return }
    pending.removeAll(keepingCapacity: true)
    replace(&output)
  }

  private mutating func begin(_ byte: UInt8, _ length: Int) {
    pending.append(byte)
    pendingLength = length
  }

  private mutating func finish(_ output: inout [UInt8]) {
    let bytes = pending
    pending.removeAll(keepingCapacity: true)
    let scalars = String(decoding: bytes, as: UTF8.self).unicodeScalars
    // Overlong forms and surrogates decode to several replacements.
    if scalars.count == 1, let scalar = scalars.first {
      put(scalar, bytes, &output)
    } else {
      replace(&output)
    }
  }

  private mutating func replace(_ output: inout [UInt8]) {
    put("\u{FFFD}", [0xEF, 0xBF, 0xBD], &output)
  }

  /// Nearly all output is this, so no array is made for it.
  private mutating func putASCII(_ byte: UInt8, _ output: inout [UInt8]) {
    marks = 0
    output.append(byte)
    lastCharacter.removeAll(keepingCapacity: true)
    lastCharacter.append(byte)
  }

  private mutating func put(_ scalar: Unicode.Scalar, _ bytes: [UInt8], _ output: inout [UInt8]) {
    switch scalar.value {
    case 0x80...0x9F:
      return replace(&output)
    case 0x302A...0x302F, 0x3099...0x309A:
      // Marks which libvterm takes for wide characters.
      return
    default:
      if isMark(scalar) {
        // It stores all there are, and a cell shows so many.
        guard marks < Cell.markLimit else { return }
        marks += 1
        output += bytes
        lastCharacter += bytes
        return
      }
    }
    marks = 0
    output += bytes
    lastCharacter = bytes
  }

  private func isMark(_ scalar: Unicode.Scalar) -> Bool {
    DisplayWidth.of(scalar) == 0 || scalar.properties.generalCategory == .format
  }
}
