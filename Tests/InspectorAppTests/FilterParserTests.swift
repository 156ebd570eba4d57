import Testing
import TraceModel

@testable import InspectorApp

/// What a filter's text means, and where it is wrong.
@Suite("Filter language") struct FilterParserTests {
  @Test(
    "Terms",
    arguments: [
      ("", []),
      ("  \t ", []),
      ("call:close", [FilterTerm(isNegated: false, anyOf: [.call(FilterPattern("close"))])]),
      ("-CALL:close", [FilterTerm(isNegated: true, anyOf: [.call(FilterPattern("close"))])]),
      ("fd:5|*", [FilterTerm(isNegated: false, anyOf: [.descriptor(5), .descriptor(nil)])]),
      (
        "two words",
        [
          FilterTerm(isNegated: false, anyOf: [.line(FilterPattern("two"))]),
          FilterTerm(isNegated: false, anyOf: [.line(FilterPattern("words"))]),
        ]
      ),
      (
        #""two words|x"|b"#,
        [
          FilterTerm(
            isNegated: false,
            anyOf: [.line(FilterPattern("two words|x")), .line(FilterPattern("b"))])
        ]
      ),
      ("file:/a:b", [FilterTerm(isNegated: false, anyOf: [.file(FilterPattern("/a:b"))])]),
      ("/a:b", [FilterTerm(isNegated: false, anyOf: [.line(FilterPattern("/a:b"))])]),
      ("after:3", [FilterTerm(isNegated: false, anyOf: [.after(3_000_000)])]),
      ("after:1.5s", [FilterTerm(isNegated: false, anyOf: [.after(1_500_000)])]),
      ("before:250ms", [FilterTerm(isNegated: false, anyOf: [.before(250_000)])]),
      ("before:7us|2m", [FilterTerm(isNegated: false, anyOf: [.before(7), .before(120_000_000)])]),
      ("severity:Error", [FilterTerm(isNegated: false, anyOf: [.severity(.error)])]),
      // What costs least to find out comes first.
      (
        "x finding:*",
        [
          FilterTerm(isNegated: false, anyOf: [.finding(FilterPattern("*"))]),
          FilterTerm(isNegated: false, anyOf: [.line(FilterPattern("x"))]),
        ]
      ),
    ] as [(String, [FilterTerm])])
  func terms(text: String, terms: [FilterTerm]) throws {
    #expect(try Filter(text).terms == terms)
  }

  @Test(
    "Mistakes, with the wrong characters underlined",
    arguments: [
      (
        "fd:4 cal:recvmsg", "     ^^^",
        "There is no key “cal:”; did you mean “call:”?"
      ),
      ("proces:x", "^^^^^^", "There is no key “proces:”; did you mean “process:”?"),
      (
        "socket:x", "^^^^^^",
        "There is no key “socket:”; there are process, call, kind, fd, type, file, result, finding, "
          + "severity, after, before. Quotes make it a word."
      ),
      ("call:", "     ^", "Something is missing here: write it as in call:recvmsg."),
      ("call: close", "     ^", "Something is missing here: write it as in call:recvmsg."),
      ("call:a| x", "       ^", "Something is missing here: write it as in call:recvmsg."),
      ("a||b", "  ^", "Something is missing here: write it as in a|b."),
      ("漢 fd:x", "      ^", "fd takes a number, as fd:5."),
      ("fd:5|-1", "     ^^", "fd takes a number, as fd:5."),
      ("severity:bad", "         ^^^", "severity is note, warning or error."),
      (
        "kind:dup", "     ^^^",
        "kind is one of session, process, call, send, receive, transfer, finding, output."
      ),
      (
        "after:soon", "      ^^^^", "after takes a time since the beginning, as 3s, 1.5s or 250ms."
      ),
      ("x -", "  ^", "“-” needs what is not wanted right behind it, as -call:close."),
      (#"a "b c"#, "  ^^^^", "This “\"” has no other that ends it."),
    ])
  func mistakes(text: String, carets: String, sentence: String) {
    let problem = #expect(throws: FilterProblem.self) { try Filter(text) }
    #expect(problem?.sentence == sentence)
    #expect(problem?.description == "\(sentence)\n  \(text)\n  \(carets)")
  }

  @Test(
    "Patterns",
    arguments: [
      ("recvmsg", "recvmsg", true), ("recv", "recvmsg", false), ("recv*", "recvmsg", true),
      ("*", "", true), ("*msg", "sendmsg", true), ("s*n*g", "sendmsg", true),
      ("s*x*g", "sendmsg", false), ("aa*aa", "aaa", false), ("a*a*a", "aa", false),
      ("ebadf", "EBADF", true), ("EBADF", "EBADF", true), ("Ebadf", "EBADF", false),
      ("**", "x", true), ("", "x", false),
    ])
  func patterns(pattern: String, text: String, matches: Bool) {
    #expect(FilterPattern(pattern).matches(text) == matches)
  }

  @Test("A part of a text, as a search finds it") func parts() {
    #expect(FilterPattern("pts").isPart(of: "/dev/pts/3"))
    #expect(!FilterPattern("PTS").isPart(of: "/dev/pts/3"))
    #expect(FilterPattern("/dev/*/3").isPart(of: "/dev/pts/3"))
    #expect(!FilterPattern("dev/*/3").isPart(of: "/dev/pts/3"))
    #expect(!FilterPattern("longer than it").isPart(of: "short"))
  }

  @Test("Any text is read, or told where it is wrong", arguments: 1...8 as ClosedRange<UInt64>)
  func anything(seed: UInt64) {
    var state = seed
    func random(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(count))
    }
    let pieces =
      FilterKey.allCases.map { $0.rawValue + ":" } + [
        "a", "5", "*", "|", "-", "\"", ":", " ", "\t", "é", "漢", "\u{1B}", "\u{301}", "3s", "1e9",
        "99999999999999999999", "error", "send", "/dev/pts/3", "recvmsg",
      ]
    let timeline = DemoSession.all.timeline
    for _ in 0..<3000 {
      let text = (0..<random(9)).map { _ in pieces[random(pieces.count)] }.joined()
      do throws(FilterProblem) {
        let filter = try Filter(text)
        var matcher = FilterMatcher(filter, in: timeline)
        _ = matcher.matches(step: random(timeline.steps.count))
      } catch {
        #expect(error.range.lowerBound >= 0 && error.range.upperBound <= text.count)
        #expect(error.description.split(separator: "\n").last?.contains("^") ?? false)
      }
    }
  }
}
