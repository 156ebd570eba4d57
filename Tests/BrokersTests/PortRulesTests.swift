import Glibc
import Testing

@testable import Brokers

@Suite("The rules for ports")
struct PortRulesTests {
  private static let rules = """
    # Who may listen where
    deny user 1001            # whatever it is

    allow user 1000 1002 group 50 51 tcp 80 443 8000-8100
    allow group 60 udp 53 on 127.0.0.1 ::1
    deny tcp 9000
    allow user 0 tcp 0-65535 on 10.0.0.1
    """

  @Test(
    "The first that fits decides, and where none does it is no",
    arguments: [
      (1001, [50], "tcp 127.0.0.1:80", 2),
      (1000, [50], "tcp 127.0.0.1:80", 4),
      (1002, [1, 51], "tcp [::1]:443", 4),
      (1000, [50], "tcp 0.0.0.0:8000", 4),
      (1000, [50], "tcp 0.0.0.0:8100", 4),
      (1000, [50], "tcp 0.0.0.0:8101", nil),
      (1000, [50], "udp 127.0.0.1:80", nil),
      (1000, [49], "tcp 127.0.0.1:80", nil),
      (999, [50], "tcp 127.0.0.1:80", nil),
      (7, [60], "udp 127.0.0.1:53", 5),
      (7, [60], "udp [::1]:53", 5),
      (7, [60], "udp 0.0.0.0:53", nil),
      (7, [60], "udp [::]:53", nil),
      (0, [0], "tcp 10.0.0.1:9000", 6),
      (0, [0], "tcp 10.0.0.1:0", 7),
      (0, [0], "tcp 10.0.0.2:0", nil),
    ] as [(UInt32, Set<UInt32>, String, Int?)])
  func decisions(user: UInt32, groups: Set<UInt32>, place: String, line: Int?) throws {
    let rules = try PortRulesParser.parse(Self.rules)
    let words = place.split(separator: " ").map(String.init)
    let kind = try #require(PortProtocol(rawValue: words[0]))
    let endpoint = try #require(Endpoint(kind, words[1]))
    #expect(rules.first(for: PortAsker(user: user, groups: groups), endpoint)?.line == line)
  }

  @Test("Users and groups have names as well, and a rule is kept as it was written")
  func names() throws {
    let rules = try PortRulesParser.parse("\tallow  user root group root\ttcp 80 # so\r\n")
    #expect(
      rules.rules == [
        PortRules.Rule(
          line: 1, text: "allow user root group root tcp 80", allows: true, users: [0], groups: [0],
          kind: .tcp, ports: [80...80])
      ])
  }

  @Test(
    "A mistake is named with line and column",
    arguments: [
      ("alow user 0", "1:1: a rule begins with allow or deny, not “alow”."),
      ("\n  allow uzer 0 tcp 1", "2:9: “uzer” is none of user, group, tcp, udp, on."),
      ("allow user", "1:11: user needs a value after it."),
      ("allow user tcp 80", "1:11: user needs a value after it."),
      ("allow user 0", "1:13: what is allowed? Name tcp or udp, and ports."),
      ("allow", "1:6: what is allowed? Name tcp or udp, and ports."),
      ("allow tcp 80 user no-such-user", "1:19: there is no user “no-such-user” here."),
      ("allow tcp 80 group no-such", "1:20: there is no group “no-such” here."),
      ("allow tcp 65536", "1:11: “65536” is no port such as 80 and no range such as 8000-8100."),
      ("allow tcp 90-80", "1:11: “90-80” is no port such as 80 and no range such as 8000-8100."),
      ("allow tcp 80-", "1:11: “80-” is no port such as 80 and no range such as 8000-8100."),
      ("allow tcp +80", "1:11: “+80” is no port such as 80 and no range such as 8000-8100."),
      ("allow tcp 80 udp 53", "1:14: tcp or udp is there already."),
      ("allow tcp 80 tcp 53", "1:14: tcp or udp is there already."),
      ("deny user 1 user 2", "1:13: user is there already."),
      ("allow tcp 80 on localhost", "1:17: “localhost” is no address such as 127.0.0.1 or ::1."),
      (
        "allow tcp 80 on ::ffff:127.0.0.1",
        "1:17: “::ffff:127.0.0.1” is no address such as 127.0.0.1 or ::1."
      ),
      ("deny\nallow tcp 1\nähh", "3:1: a rule begins with allow or deny, not “ähh”."),
    ])
  func mistakes(text: String, sentence: String) {
    let error = #expect(throws: PortRulesError.self) { try PortRulesParser.parse(text) }
    #expect(error?.description == sentence)
  }

  @Test(
    "An address is numbers alone",
    arguments: [
      ("127.0.0.1:80", "127.0.0.1:80"), ("[::1]:53", "[::1]:53"),
      ("[0:0:0:0:0:0:0:1]:00053", "[::1]:53"), ("0.0.0.0:0", "0.0.0.0:0"),
      ("localhost:80", nil), ("127.0.0.1", nil), ("127.0.0.1:", nil), ("::1:80", nil),
      ("[127.0.0.1]:80", nil), ("[fe80::1%lo]:80", nil), ("127.1:80", nil), ("[::1]:-1", nil),
      ("[::ffff:127.0.0.1]:80", nil), ("127.0.0.1:65536", nil), ("", nil), (":", nil),
    ] as [(String, String?)])
  func addresses(text: String, read: String?) {
    #expect(Endpoint(.tcp, text)?.address == read)
  }
}
