/// What a peer sent, for a person: control characters are spelled out, so that they do nothing to
/// the terminal, and what is not UTF-8 is replaced.
func printable(_ bytes: [UInt8]) -> String {
  String(decoding: bytes, as: UTF8.self).unicodeScalars.map { scalar in
    switch scalar.value {
    case 0..<0x20, 0x7f..<0xa0: scalar.escaped(asASCII: true)
    default: String(scalar)
    }
  }.joined()
}
