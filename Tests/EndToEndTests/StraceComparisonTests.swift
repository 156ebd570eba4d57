import Foundation
import TestKit
import Testing

/// Two tracers, one program: what they say of its messages must be the same.
@Suite("Compared with strace", .requires(.ptrace, .kcmp, .unixDiag, .strace))
struct StraceComparisonTests {
  @Test("every message, every descriptor number and every return value agrees")
  func agreement() async throws {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    let program = [BuiltProducts.path(of: "tracees"), "varied"]
    let calls = "trace=sendmsg,recvmsg,sendmmsg,recvmmsg"
    let theirs = directory.path + "/strace"
    let ours = directory.path + "/json"
    let strace = ["strace", "-f", "-v", "-e", calls, "-e", "signal=none", "-o", theirs, "--"]
    #expect(try await run(strace + program).status == 0)
    let inspector = [BuiltProducts.path(of: "fdpass-tui"), "run", "--json", "-o", ours, "--"]
    #expect(try await run(inspector + program).status == 0)
    let expected = try StraceReport(String(contentsOfFile: theirs, encoding: .utf8)).processes
    let found = try Self.processes(inLines: String(contentsOfFile: ours, encoding: .utf8))
    #expect(expected.map(\.count) == found.map(\.count))
    for (one, other) in zip(expected.joined(), found.joined()) { #expect(one == other) }
    #expect(expected.joined().count { !$0.rights.isEmpty } > 100)
  }

  /// The messages of a session, by process in the order of their appearance.
  private static func processes(inLines text: String) throws -> [[SeenMessage]] {
    var order: [Int] = []
    var messages: [Int: [SeenMessage]] = [:]
    for line in text.split(separator: "\n") {
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      guard let event = object, let kind = event["kind"] as? String, let pid = event["pid"] as? Int,
        ["send", "receive"].contains(kind)
      else { continue }
      if messages[pid] == nil { order.append(pid) }
      messages[pid, default: []].append(message(event))
    }
    return order.compactMap { messages[$0] }
  }

  private static func message(_ event: [String: Any]) -> SeenMessage {
    let control = event["control"] as? [String: Any]
    let entries = control?["messages"] as? [[String: Any]] ?? []
    let rights = entries.filter { $0["type"] as? String == "SCM_RIGHTS" }.map { entry in
      (entry["descriptors"] as? [[String: Any]] ?? []).compactMap { $0["fd"] as? Int }
    }
    let result = event["result"] as? Int
    return SeenMessage(
      call: event["call"] as? String ?? "", rights: rights,
      outcome: result.map { "\($0)" } ?? event["error"] as? String ?? "")
  }
}

/// What matters of a message to both.
private struct SeenMessage: Equatable {
  var call: String
  /// The descriptors of each SCM_RIGHTS.
  var rights: [[Int]]
  /// The bytes it moved, or the error.
  var outcome: String
}

/// What strace wrote about sends and receives, process by process.
private struct StraceReport {
  private var order: [Substring] = []
  private var messages: [Substring: [SeenMessage]] = [:]
  /// The beginnings of calls during which others were reported.
  private var unfinished: [Substring: Substring] = [:]

  var processes: [[SeenMessage]] { order.compactMap { messages[$0] } }

  init(_ text: String) {
    for line in text.split(separator: "\n") {
      guard let space = line.firstIndex(of: " ") else { continue }
      let rest = line[space...].drop { $0 == " " }
      take(rest, of: line[..<space])
    }
  }

  private mutating func take(_ text: Substring, of pid: Substring) {
    if let end = text.range(of: " <unfinished ...>") {
      unfinished[pid] = text[..<end.lowerBound]
    } else if let resumed = text.firstRange(of: #/<\.\.\. \w+ resumed>/#) {
      let whole = (unfinished.removeValue(forKey: pid) ?? "") + text[resumed.upperBound...]
      take(whole[...], of: pid)
    } else if let call = text.prefixMatch(of: #/(sendmsg|recvmsg|sendmmsg|recvmmsg)\(/#)?.1,
      let end = text.matches(of: #/\) += (-?\d+)(?: (E[A-Z]+))?/#).last
    {
      if messages[pid] == nil { order.append(pid) }
      let result = end.2.map(String.init) ?? String(end.1)
      messages[pid, default: []] += Self.entries(
        String(call), text[..<end.range.lowerBound], result)
    }
  }

  private static func entries(
    _ call: String, _ arguments: Substring, _ result: String
  ) -> [SeenMessage] {
    guard call.hasSuffix("mmsg") else {
      return [SeenMessage(call: call, rights: rights(arguments), outcome: result)]
    }
    let headers = arguments.split(separator: "{msg_hdr=").dropFirst()
    guard let count = Int(result) else {
      // One that failed at its first message is about that one.
      let first = headers.first.map(rights) ?? []
      return [SeenMessage(call: call, rights: first, outcome: result)]
    }
    return headers.prefix(count).map { header in
      let moved = header.firstMatch(of: #/}, msg_len=(\d+)/#).map { String($0.1) } ?? ""
      return SeenMessage(call: call, rights: rights(header), outcome: moved)
    }
  }

  private static func rights(_ text: Substring) -> [[Int]] {
    text.matches(of: #/cmsg_type=SCM_RIGHTS, cmsg_data=\[([^\]]*)\]/#).map { match in
      match.1.split(separator: ", ").compactMap { Int($0) }
    }
  }
}
