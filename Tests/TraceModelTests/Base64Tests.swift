import Testing

@testable import TraceModel

@Suite struct Base64Tests {
  @Test(
    "The vectors of RFC 4648",
    arguments: [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
      ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
  func vectors(plain: String, encoded: String) {
    var output: [UInt8] = []
    Base64.append(Array(plain.utf8), to: &output)
    #expect(String(decoding: output, as: UTF8.self) == encoded)
    #expect(Base64.decode(encoded) == Array(plain.utf8))
  }

  @Test(
    "What is not base64", arguments: ["Z", "Zg", "Zg=", "Zg===", "Z=g=", "Zm9v!", "Zm 9v", "===="])
  func malformed(text: String) {
    #expect(Base64.decode(text) == nil)
  }
}
