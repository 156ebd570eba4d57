/// What a text has to look like: `*` stands for anything, and case counts only where an upper-case
/// letter was typed, as in a search.
struct FilterPattern: Sendable, Hashable {
  /// The bytes between the stars.
  let pieces: [[UInt8]]
  private let isExact: Bool

  init(_ text: String) {
    isExact = text.contains(where: \.isUppercase)
    let folded = isExact ? text : text.lowercased()
    pieces = folded.split(separator: "*", omittingEmptySubsequences: false).map { Array($0.utf8) }
  }

  /// A text in which stars are stars.
  init(verbatim text: String) {
    isExact = text.contains(where: \.isUppercase)
    pieces = [Array((isExact ? text : text.lowercased()).utf8)]
  }

  /// Whether it has no stars, so that it may stand anywhere in a text.
  private var isPlain: Bool { pieces.count == 1 }

  /// Whether the whole of `text` looks like this.
  func matches(_ text: String) -> Bool {
    let bytes = folded(text)
    guard let first = pieces.first, let last = pieces.last, bytes.starts(with: first) else {
      return false
    }
    if isPlain { return bytes.count == first.count }
    let end = bytes.count - last.count
    guard end >= first.count, bytes[end...].elementsEqual(last) else { return false }
    var place = first.count
    for piece in pieces[1..<(pieces.count - 1)] {
      guard let found = Self.place(of: piece, in: bytes[..<end], from: place) else { return false }
      place = found + piece.count
    }
    return true
  }

  /// Whether `text` contains this; with stars: whether the whole of it looks like this.
  func isPart(of text: String) -> Bool {
    guard isPlain, let piece = pieces.first else { return matches(text) }
    return Self.place(of: piece, in: folded(text)[...], from: 0) != nil
  }

  private func folded(_ text: String) -> [UInt8] {
    isExact ? Array(text.utf8) : text.lowercasedBytes
  }

  private static func place(
    of piece: [UInt8], in bytes: ArraySlice<UInt8>, from start: Int
  ) -> Int? {
    guard let first = piece.first else { return start }
    guard bytes.endIndex - piece.count >= start else { return nil }
    for place in start...(bytes.endIndex - piece.count) where bytes[place] == first {
      if bytes[place..<(place + piece.count)].elementsEqual(piece) { return place }
    }
    return nil
  }
}

extension String {
  /// The bytes of ``lowercased()``, which asks Unicode's tables about every letter once there is one
  /// that is not ASCII.
  var lowercasedBytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(utf8.count)
    for scalar in unicodeScalars {
      if scalar.isASCII {
        let byte = UInt8(truncatingIfNeeded: scalar.value)
        let isCapital = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
        bytes.append(isCapital ? byte | 0x20 : byte)
      } else {
        bytes += scalar.properties.lowercaseMapping.utf8
      }
    }
    return bytes
  }
}
