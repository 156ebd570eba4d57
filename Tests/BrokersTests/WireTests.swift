import Testing

@testable import Brokers

@Suite("The framing of requests and replies")
struct WireTests {
  private static let manyFields =
    "fdpass/1 p " + (0..<17).map { "k\($0)=" }.joined(separator: " ") + "\n"

  private static let mistakes: [(String, WireError)] = [
    ("", .otherVersion("")),
    ("fdpass/2 port\n", .otherVersion("fdpass/2")),
    ("Send me your Stdout", .otherVersion("Send")),
    ("\u{1b}[2J\n", .otherVersion("\\u{1B}[2J\\n")),
    ("fdpass/1\n", .otherVersion("fdpass/1\\n")),
    ("fdpass/1 port", .unfinished),
    ("fdpass/1 port\nfdpass/1 port\n", .unfinished),
    ("fdpass/1 \n", .badVerb),
    ("fdpass/1 Port\n", .badVerb),
    ("fdpass/1 po\u{0}rt\n", .badVerb),
    ("fdpass/1 port  a=1\n", .badField(1)),
    ("fdpass/1 port a=1 b\n", .badField(2)),
    ("fdpass/1 port =1\n", .badField(1)),
    ("fdpass/1 port a=\u{7}\n", .badField(1)),
    ("fdpass/1 port a=1 a=2\n", .repeatedKey("a")),
    ("fdpass/1 port a=%4\n", .badEscape),
    ("fdpass/1 port a=%zz\n", .badEscape),
    (manyFields, .tooManyFields),
    (String(repeating: "x", count: 4097), .tooLong),
  ]

  @Test(
    "A request is one readable line",
    arguments: [
      (Request("port"), "fdpass/1 port\n"),
      (
        Request("port", ["address": "127.0.0.1:80", "protocol": "tcp"]),
        "fdpass/1 port address=127.0.0.1:80 protocol=tcp\n"
      ),
      (Request("open", ["path": "a b;c%\n\u{e9}"]), "fdpass/1 open path=a%20b%3Bc%25%0A%C3%A9\n"),
      (Request("open", ["path": ""]), "fdpass/1 open path=\n"),
      (Request("open", ["path": "a=b"]), "fdpass/1 open path=a=b\n"),
    ])
  func request(request: Request, text: String) throws {
    #expect(String(decoding: request.bytes, as: UTF8.self) == text)
    #expect(try Request(parsing: request.bytes) == request)
  }

  @Test(
    "A reply is one readable line",
    arguments: [
      (Reply.ok(), "fdpass/1 ok\n"),
      (Reply.ok(["rule": "3"]), "fdpass/1 ok rule=3\n"),
      (
        Reply.ok(["rule": "3"], because: "Line 3 says so: 100% yes; really"),
        "fdpass/1 ok rule=3; Line 3 says so: 100%25 yes; really\n"
      ),
      (Reply.error("No; not a=b\u{1b}[2J."), "fdpass/1 error No; not a=b%1B[2J.\n"),
    ])
  func reply(reply: Reply, text: String) throws {
    #expect(String(decoding: reply.bytes, as: UTF8.self) == text)
    #expect(try Reply(parsing: reply.bytes) == reply)
  }

  @Test("A value may be any bytes")
  func anyBytes() throws {
    var fields = Fields()
    fields.set("path", to: (0...255).map { UInt8($0) })
    let request = Request("open", fields)
    #expect(request.bytes.allSatisfy { $0 == 10 || (0x20...0x7e).contains($0) })
    #expect(try Request(parsing: request.bytes) == request)
    #expect(request.fields["path"] == nil)
  }

  @Test("What is no message is refused with the reason", arguments: mistakes)
  func wrong(text: String, error: WireError) {
    #expect(throws: error) { try Request(parsing: Array(text.utf8)) }
  }

  @Test("A wrong version is answered with the one that is spoken")
  func version() {
    #expect(
      WireError.otherVersion("fdpass/2").description
        == "The message begins with “fdpass/2”; spoken here is fdpass/1.")
  }

  @Test("A long reason is cut so that the reply can be read")
  func longReason() throws {
    let bytes = Reply.error(String(repeating: "é", count: 5000)).bytes
    #expect(bytes.count <= WireText.maximumLength)
    guard case .error(let sentence) = try Reply(parsing: bytes) else {
      Issue.record("no error")
      return
    }
    #expect(sentence.allSatisfy { $0 == "é" })
  }

  @Test("Random damage to a message is an error or a message, never a crash")
  func damage() {
    let good = Request("open", ["path": "a%20b", "mode": "read"]).bytes
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<4_000 {
      var bytes = good
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255)
      }
      if Bool.random(using: &generator) {
        bytes.removeLast(Int.random(in: 0...bytes.count, using: &generator))
      }
      if let request = try? Request(parsing: bytes) {
        #expect(throws: Never.self) { try Request(parsing: request.bytes) }
      }
      _ = try? Reply(parsing: bytes)
    }
  }
}
