/// Makes a block of lines small, and whole again.
///
/// Lines of a session repeat themselves: the same keys, paths and inodes over and over. Copying
/// from what came before is all it takes (Lempel and Ziv, 1977), and it is fast in both
/// directions. A packed block is a row of pairs: bytes as they are, then a piece to copy.
enum BlockCompression {
  /// Shorter pieces would cost as much as they save.
  private static let shortestCopy = 4
  /// The distance back is two bytes.
  private static let farthest = 0xFFFF
  private static let tableBits: UInt32 = 13

  static func packed(_ bytes: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count / 4 + 16)
    // Where four bytes with this hash were seen last.
    var seen = [Int32](repeating: -1, count: 1 << Int(tableBits))
    var plain = 0
    var index = 0
    while index + shortestCopy <= bytes.count {
      let word = word(at: index, in: bytes)
      let slot = Int((word &* 2_654_435_761) >> (32 - tableBits))
      let candidate = Int(seen[slot])
      seen[slot] = Int32(truncatingIfNeeded: index)
      guard candidate >= 0, index - candidate <= farthest,
        self.word(at: candidate, in: bytes) == word
      else {
        index += 1
        continue
      }
      var length = shortestCopy
      while index + length < bytes.count, bytes[candidate + length] == bytes[index + length] {
        length += 1
      }
      append(bytes[plain..<index], to: &output)
      append(length - shortestCopy, to: &output)
      let distance = index - candidate
      output.append(UInt8(truncatingIfNeeded: distance))
      output.append(UInt8(truncatingIfNeeded: distance >> 8))
      index += length
      plain = index
    }
    append(bytes[plain...], to: &output)
    return output
  }

  /// The `count` bytes that ``packed(_:)`` made small.
  static func unpacked(_ packed: [UInt8], count: Int) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(count)
    var index = 0
    while index < packed.count {
      let plain = number(&index, in: packed)
      output.append(contentsOf: packed[index..<(index + plain)])
      index += plain
      guard index < packed.count else { break }
      let length = number(&index, in: packed) + shortestCopy
      var source = output.count - (Int(packed[index]) | Int(packed[index + 1]) << 8)
      index += 2
      if source + length <= output.count {
        output.append(contentsOf: output[source..<(source + length)])
      } else {
        // The piece runs into itself: it repeats.
        for _ in 0..<length {
          output.append(output[source])
          source += 1
        }
      }
    }
    return output
  }

  private static func word(at index: Int, in bytes: [UInt8]) -> UInt32 {
    UInt32(bytes[index]) | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2]) << 16
      | UInt32(bytes[index + 3]) << 24
  }

  private static func append(_ plain: ArraySlice<UInt8>, to output: inout [UInt8]) {
    append(plain.count, to: &output)
    output.append(contentsOf: plain)
  }

  /// Seven bits a byte, the lowest first; the eighth says that more follow.
  private static func append(_ number: Int, to output: inout [UInt8]) {
    var rest = number
    while rest > 0x7F {
      output.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    output.append(UInt8(truncatingIfNeeded: rest))
  }

  private static func number(_ index: inout Int, in packed: [UInt8]) -> Int {
    var value = 0
    var shift = 0
    while true {
      let byte = packed[index]
      index += 1
      value |= Int(byte & 0x7F) << shift
      guard byte & 0x80 != 0 else { return value }
      shift += 7
    }
  }
}
