import TestKit
import Testing
import TraceModel

/// A conversation and what is to be known of it.
struct Exchange: Sendable, CustomTestStringConvertible {
  var name: String
  var type = "stream"
  var words: String
  /// `send>receive`, both counted among all calls that move data, and each descriptor's proof.
  var transfers: [String]
  var testDescription: String { name }
}

/// Real conversations, told word by word (see Tests/Tracees/exchange.c), and which receive took
/// from which send.
@Suite("Matching sends and receives", .requires(.ptrace, .kcmp, .unixDiag))
struct ExchangeTests {
  private static func check(_ example: Exchange, stopped: Bool = false) async throws {
    let words = example.words.split(separator: " ").map(String.init)
    let run = try TracedRun(arguments: ["exchange", example.type] + words, stopped: stopped)
    if stopped {
      var commands = 0
      try await run.settle(commands: 0)
      while run.status?.mode != .ended, commands < 60 {
        run.send(.step(pid: nil))
        commands += 1
        try await run.settle(commands: commands)
      }
    }
    let timeline = try await run.finish()
    #expect(timeline.account == example.transfers, "\(example.name)")
    #expect(timeline.ends.allSatisfy { $0 == .exited(status: 0) })
  }

  static let streams: [Exchange] = [
    Exchange(
      name: "bytes merge up to a message with descriptors and stop there",
      words: "s4 s1+1 s4 s1+1 r20 r20", transfers: ["2>5 kcmp", "4>6 kcmp"]),
    Exchange(
      name: "the descriptor comes with the first chunk of its message",
      words: "s10+1 s10+1 r4 r6 r4 r6", transfers: ["1>3 kcmp", "2>5 kcmp"]),
    Exchange(
      name: "merged messages without descriptors", words: "s4 w4 s4 s4+2 r16 s1+1 r1",
      transfers: ["4>5 kcmp,kcmp", "6>7 kcmp"]),
    Exchange(
      name: "MSG_WAITALL stops there too", words: "s4 s1+1 s4 s1+1 a20 a5",
      transfers: ["2>5 kcmp", "4>6 kcmp"]),
    Exchange(
      name: "no bytes asked for: the descriptor comes and the data stays",
      words: "s4+1 r0 r4 s4+1 t0 r4 s4+1 r4",
      transfers: ["1>2 kcmp", "4>5 lost 1", "7>8 kcmp"]),
    Exchange(
      name: "a message larger than a receive, and than what the kernel sends at once",
      words: "s100000+1 r60000 r60000 r60000 S r1", transfers: ["1>2 kcmp"]),
    Exchange(
      name: "shutdown, then receive", words: "s4 s3+1 S r4 r3 r1", transfers: ["2>4 kcmp"]),
    Exchange(
      name: "a duplicate of the socket receives", words: "s4+1 D r4 s4+1 r4",
      transfers: ["1>2 kcmp", "3>4 kcmp"]),
    Exchange(
      name: "a child receives from the socket it inherited",
      words: "s4+1 s4+1 ( r4 ) r4", transfers: ["1>3 kcmp", "2>4 kcmp"]),
    Exchange(
      name: "each peek takes copies of its own and leaves the message",
      words: "s4+1 k4 k2 K4 k4 r4 s2+1 k2 r2",
      transfers: [
        "1>2 kcmp peek", "1>3 kcmp peek", "1>5 kcmp peek", "1>6 kcmp", "7>8 kcmp peek",
        "7>9 kcmp",
      ]),
    Exchange(
      name: "a peek over bytes in front", words: "s4 s4+1 k20 r4 r4",
      transfers: ["2>3 kcmp peek", "2>5 kcmp"]),
    Exchange(
      name: "plain reads destroy descriptors", words: "s4+1 R4 s4+2 V4 s4+1 X4 s4+1 v4 s4+1 r4",
      transfers: ["1>2 lost 1", "3>4 lost 2", "5>6 lost 1", "7>8 lost 1", "9>10 kcmp"]),
    Exchange(
      name: "a read of no bytes does not touch the queue", words: "s4+1 R0 v0 r4",
      transfers: ["1>4 kcmp"]),
    Exchange(
      name: "a plain read stops where a receive does", words: "s4 s4+1 s4 s4+1 R20 r20",
      transfers: ["2>5 lost 1", "4>6 kcmp"]),
    Exchange(
      name: "a small buffer", words: "s4+3 r4+1 s4+2 t4 s4+1 r4",
      transfers: ["1>2 kcmp lost 2", "3>4 lost 2", "5>6 kcmp"]),
    Exchange(
      name: "bytes that splice, sendfile and pwritev2 brought",
      words: "x8 s4+1 R8 r4 f8 s4+1 R8 r4 W8 s4+1 R8 r4",
      transfers: ["2>4 kcmp", "6>8 kcmp", "10>12 kcmp"]),
    Exchange(
      name: "MSG_ERRQUEUE and MSG_TRUNC mean nothing here", words: "s4+1 E4 s8+1 C4 c4 s4+1 r4",
      transfers: ["1>2 kcmp", "3>4 kcmp", "6>7 kcmp"]),
    Exchange(
      name: "zero bytes bring nothing", words: "s0+1 s4+1 r4", transfers: ["2>3 kcmp"]),
  ]

  static let messages: [Exchange] = [
    Exchange(
      name: "messages of any size, also of none", type: "seqpacket",
      words: "s0+1 s100 s7+2 r0 r50 r7", transfers: ["1>4 kcmp", "3>6 kcmp,kcmp"]),
    Exchange(
      name: "a datagram cut short brings its descriptors", type: "dgram",
      words: "s100+1 s100+1 r10 r1", transfers: ["1>3 kcmp", "2>4 kcmp"]),
    Exchange(
      name: "an empty datagram", type: "dgram", words: "s0+1 r10 s0+1 r0 s0+1 k4 R4 s0+1 r0",
      transfers: ["1>2 kcmp", "3>4 kcmp", "5>6 kcmp peek", "5>7 lost 1", "8>9 kcmp"]),
    Exchange(
      name: "a read of no bytes takes no message, a recv of none does", type: "seqpacket",
      words: "s4+1 R0 v0 V0 s4+1 r4", transfers: ["1>4 lost 1", "5>6 kcmp"]),
    Exchange(
      name: "MSG_ERRQUEUE means nothing, MSG_TRUNC tells the whole length", type: "dgram",
      words: "s4+1 E4 s8+1 C4 s300+1 c4 s4+1 r4",
      transfers: ["1>2 kcmp", "3>4 kcmp", "5>6 lost 1", "7>8 kcmp"]),
    Exchange(
      name: "plain data that went in as messages", type: "seqpacket",
      words: "x8 s4+1 r8 r4 f100000 s4+1 r9 R9 r9 W4 s4+1 r4 r4",
      transfers: ["2>4 kcmp", "6>9 kcmp", "11>13 kcmp"]),
    Exchange(
      name: "plain reads of messages", type: "seqpacket", words: "s4+1 v4 s4+1 X4 s4+1 r4",
      transfers: ["1>2 lost 1", "3>4 lost 1", "5>6 kcmp"]),
    Exchange(
      name: "a peek at a datagram", type: "dgram", words: "s8+1 k8 k1 K8 r8",
      transfers: ["1>2 kcmp peek", "1>3 kcmp peek", "1>5 kcmp"]),
    Exchange(
      name: "a plain read of a datagram", type: "dgram", words: "s8+1 R4 s8+1 r8",
      transfers: ["1>2 lost 1", "3>4 kcmp"]),
    Exchange(
      name: "sendmmsg up to the entry that fails, recvmmsg as far as there is something",
      type: "seqpacket", words: "M G s1+1 r1",
      transfers: ["1>3 kcmp", "2>4 kcmp", "5>6 kcmp"]),
    Exchange(
      name: "recvmmsg on a stream", words: "M G s1+1 r1",
      transfers: ["1>3 kcmp", "2>4 kcmp", "5>6 kcmp"]),
    Exchange(
      name: "children split the messages", type: "seqpacket",
      words: "s1+1 s1+1 s1+1 s1+1 ( r1 ) r1 ( r1 r1 )",
      transfers: ["1>5 kcmp", "2>6 kcmp", "3>7 kcmp", "4>8 kcmp"]),
  ]

  static let proofs: [Exchange] = [
    Exchange(
      name: "both hold it", words: "s1+1 r1", transfers: ["1>2 kcmp"]),
    Exchange(
      name: "the sender closed it: device and inode are left", words: "s1+1! r1",
      transfers: ["1>2 inferred"]),
    Exchange(
      name: "two files one after the other under one number",
      words: "s1+1! s1+1! r1 r1", transfers: ["1>3 inferred", "2>4 inferred"]),
    Exchange(
      name: "the same file opened anew under the number is not what was sent",
      words: "n1 r1", transfers: ["1>2 inferred"]),
    Exchange(
      name: "the two ends of a pipe differ, and what was sent was watched", words: "p1 r1",
      transfers: ["1>2 kcmp"]),
    Exchange(
      name: "all eventfds have one inode", words: "e1 r1", transfers: ["1>2 none"]),
  ]

  static let unseen: [Exchange] = [
    Exchange(
      name: "a message that nobody saw taken is not claimed for another", type: "seqpacket",
      words: "s4+1 s4+1 U4 r4", transfers: ["2>3 kcmp"]),
    Exchange(
      name: "unseen bytes on a stream", words: "s4+1 s4+1 s4+1 U4 r4 r4",
      transfers: ["2>4 kcmp", "3>5 kcmp"]),
    Exchange(
      name: "unseen plain bytes, whose offset the next descriptors correct",
      words: "s8 s4+1 U8 r4 s4+1 r4", transfers: ["2>3 kcmp", "4>5 kcmp"]),
    Exchange(
      name: "nothing is left to compare with, but device and inode",
      words: "s4+1! s4+1! U4 r4 s4+1! r4", transfers: ["2>3 inferred", "4>5 inferred"]),
  ]

  static let urgent: [Exchange] = [
    Exchange(
      name: "of several bytes only the last is urgent, and stays out of the stream",
      words: "o4+1 s4+1 r20 r20", transfers: ["1>3 kcmp", "2>4 kcmp"]),
    Exchange(
      name: "the urgent byte comes by itself, without the descriptors of its message",
      words: "o4+1 s4+1 O1 r20 r20 o1+1 s4+1 O1 r4",
      transfers: ["1>4 kcmp", "2>5 kcmp", "7>9 kcmp"]),
    Exchange(
      name: "a receive that passes over an urgent byte has no part in its descriptors",
      words: "o1+1 s4+1 r4 o1+1 s4+1 R4 s4+1 r4", transfers: ["2>3 kcmp", "7>8 kcmp"]),
    Exchange(
      name: "the urgent byte in its place", words: "I o1+1 s4+1 r20 r20 o4+1 s4+1 r20 r20",
      transfers: ["1>3 kcmp", "2>4 kcmp", "5>7 kcmp", "6>8 kcmp"]),
    Exchange(
      name: "an urgent byte after which another one was sent is urgent no longer",
      words: "o1+1 o1+1 r20 s4+1 r4", transfers: ["1>3 kcmp", "4>5 kcmp"]),
  ]

  static let peeks: [Exchange] = [
    Exchange(
      name: "peeks that go on where the last one ended",
      words: "P s4+1 s4+1 s4+1 k4 k4 k2 r4 k4 r4 r4",
      transfers: [
        "1>4 kcmp peek", "2>5 kcmp peek", "3>6 kcmp peek", "1>7 kcmp", "3>8 kcmp peek",
        "2>9 kcmp", "3>10 kcmp",
      ]),
    Exchange(
      name: "such peeks at messages", type: "seqpacket",
      words: "P s4+1 s4+1 k4 k4 r4 r4",
      transfers: ["1>3 kcmp peek", "2>4 kcmp peek", "1>5 kcmp", "2>6 kcmp"]),
  ]

  @Test("on a stream by offset", arguments: streams)
  func onStreams(_ example: Exchange) async throws { try await Self.check(example) }

  @Test("elsewhere message by message", arguments: messages)
  func onMessages(_ example: Exchange) async throws { try await Self.check(example) }

  @Test("nothing is proven without evidence", arguments: proofs)
  func proven(_ example: Exchange) async throws { try await Self.check(example) }

  @Test("where something moved unseen, files decide", arguments: unseen)
  func moved(_ example: Exchange) async throws { try await Self.check(example) }

  @Test("urgent bytes leave no order to go by", arguments: urgent)
  func outOfBand(_ example: Exchange) async throws { try await Self.check(example) }

  @Test("a peek need not look at the front", arguments: peeks)
  func peeked(_ example: Exchange) async throws { try await Self.check(example) }

  @Test(
    "stepping gives the same",
    arguments: [streams[0], streams[9], streams[11], messages[9], unseen[1], urgent[1]])
  func stepped(_ example: Exchange) async throws { try await Self.check(example, stopped: true) }
}

extension Timeline {
  private static let moving = [
    "sendmsg", "recvmsg", "sendmmsg", "recvmmsg", "read", "write", "sendto", "recvfrom", "splice",
    "sendfile", "preadv2", "pwritev2",
  ]

  /// The transfers as `send>receive proofs`, numbered among the calls that move data.
  fileprivate var account: [String] {
    let moves = events.filter { Self.moving.contains($0.callName ?? "") }.map(\.sequence)
    func place(_ sequence: Int) -> Int { (moves.firstIndex(of: sequence) ?? -1) + 1 }
    return transfers.map { transfer in
      let proofs = transfer.descriptors.map(\.proof.rawValue).joined(separator: ",")
      let parts = [
        "\(place(transfer.send))>\(place(transfer.receive))", proofs,
        transfer.lost > 0 ? "lost \(transfer.lost)" : "", transfer.isPeek ? "peek" : "",
      ]
      return parts.filter { !$0.isEmpty }.joined(separator: " ")
    }
  }
}
