import ControlMessages
import Testing

struct DecodingCase: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let bytes: String
  var used: Int?
  var abi = ControlABI.bits64
  let fields: String
  var messages: [ControlMessage] = []
  var problem: ControlProblem?

  init(
    _ name: String, _ bytes: String, used: Int? = nil, abi: ControlABI = .bits64,
    fields: String, _ messages: [ControlMessage] = [], problem: ControlProblem? = nil
  ) {
    testDescription = name
    self.bytes = bytes
    self.used = used
    self.abi = abi
    self.fields = fields
    self.messages = messages
    self.problem = problem
  }
}

@Suite("Decoding a control buffer")
struct DecodingTests {
  @Test("what each byte is", arguments: wellFormed + odd + refused + bits32)
  func decode(_ expected: DecodingCase) {
    let decoding = ControlBuffer.decode(
      hex(expected.bytes), used: expected.used, abi: expected.abi)
    #expect(notation(decoding.fields) == expected.fields)
    #expect(decoding.messages == expected.messages)
    #expect(decoding.problem == expected.problem)
    #expect(tilingFault(decoding) == nil)
  }

  static let wellFormed: [DecodingCase] = [
    .init("empty", "", fields: ""),
    .init(
      "one descriptor", "1400000000000000 01000000 01000000 05000000 00000000",
      fields: "len0:8 level0:4 type0:4 fd0[0]=5:4 pad0:4", [.rights([5])]),
    .init(
      "two descriptors fill the same space",
      "1800000000000000 01000000 01000000 05000000 06000000",
      fields: "len0:8 level0:4 type0:4 fd0[0]=5:4 fd0[1]=6:4", [.rights([5, 6])]),
    .init(
      "no descriptor", "1000000000000000 01000000 01000000",
      fields: "len0:8 level0:4 type0:4", [.rights([])]),
    .init(
      "credentials, then rights",
      "1c00000000000000 01000000 02000000 d2040000 e8030000 ffffffff 00000000"
        + "1400000000000000 01000000 01000000 07000000 00000000",
      fields: "len0:8 level0:4 type0:4 pid0:4 uid0:4 gid0:4 pad0:4 "
        + "len1:8 level1:4 type1:4 fd1[0]=7:4 pad1:4",
      [.credentials(.init(pid: 1234, uid: 1000, gid: .max)), .rights([7])]),
    .init(
      "a pidfd", "1400000000000000 01000000 04000000 09000000 00000000",
      fields: "len0:8 level0:4 type0:4 pidfd0=9:4 pad0:4", [.pidDescriptor(9)]),
    .init(
      "a security label", "1300000000000000 01000000 03000000 613a62 0000000000",
      fields: "len0:8 level0:4 type0:4 data0:3 pad0:5", [.security([0x61, 0x3a, 0x62])]),
    .init(
      "another level: its type 1 is no SCM_RIGHTS",
      "1400000000000000 00000000 01000000 05000000 00000000",
      fields: "len0:8 level0:4 type0:4 data0:4 pad0:4",
      [.unknown(level: 0, type: 1, payload: [5, 0, 0, 0])]),
    .init(
      "an unknown type", "1100000000000000 01000000 63000000 aa 00000000000000",
      fields: "len0:8 level0:4 type0:4 data0:1 pad0:7",
      [.unknown(level: 1, type: 99, payload: [0xaa])]),
  ]

  static let odd: [DecodingCase] = [
    .init(
      "msg_controllen without the padding",
      "1400000000000000 01000000 01000000 05000000",
      fields: "len0:8 level0:4 type0:4 fd0[0]=5:4", [.rights([5])]),
    .init(
      "the same in a buffer of CMSG_SPACE: the rest is slack, not padding",
      "1400000000000000 01000000 01000000 05000000 eeeeeeee", used: 20,
      fields: "len0:8 level0:4 type0:4 fd0[0]=5:4 slack:4", [.rights([5])]),
    .init(
      "CMSG_SPACE as cmsg_len: the padding is descriptor 0",
      "1800000000000000 01000000 01000000 05000000 00000000",
      fields: "len0:8 level0:4 type0:4 fd0[0]=5:4 fd0[1]=0:4", [.rights([5, 0])]),
    .init(
      "half a descriptor", "1600000000000000 01000000 01000000 05000000 aaaa 0000",
      fields: "len0:8 level0:4 type0:4 fd0[0]=5:4 data0:2 pad0:2", [.rights([5])]),
    .init(
      "a negative descriptor", "1400000000000000 01000000 01000000 ffffffff 00000000",
      fields: "len0:8 level0:4 type0:4 fd0[0]=-1:4 pad0:4", [.rights([-1])]),
    .init(
      "credentials cut by a small buffer", "1400000000000000 01000000 02000000 d2040000",
      fields: "len0:8 level0:4 type0:4 data0:4",
      [.unknown(level: 1, type: 2, payload: [0xd2, 4, 0, 0])]),
    .init("nothing used", "0102030405060708", used: 0, fields: "slack:8"),
    .init("more used than there is", "", used: 64, fields: ""),
    .init("a negative used length", "01", used: -1, fields: "slack:1"),
    .init(
      "too short for one header", "14000000 00000000",
      fields: "slack:8",
      problem: .truncatedHeader(offset: 0, available: 8, needed: 16)),
    .init(
      "half a header at the end",
      "1400000000000000 01000000 01000000 05000000 00000000 1400000000000000", used: 30,
      fields: "len0:8 level0:4 type0:4 fd0[0]=5:4 pad0:4 slack:8", [.rights([5])],
      problem: .truncatedHeader(offset: 24, available: 6, needed: 16)),
  ]

  static let refused: [DecodingCase] = [
    .init(
      "zeros after the last message",
      "1400000000000000 01000000 01000000 05000000 00000000"
        + "0000000000000000 0000000000000000 0000000000000000",
      fields: "len0:8 level0:4 type0:4 fd0[0]=5:4 pad0:4 malformed:24", [.rights([5])],
      problem: .zeroTail(offset: 24, count: 24)),
    .init(
      "all zero, and slack", "0000000000000000 0000000000000000 00", used: 16,
      fields: "malformed:16 slack:1", problem: .zeroTail(offset: 0, count: 16)),
    .init(
      "cmsg_len of the data alone", "0400000000000000 01000000 01000000 05000000 00000000",
      fields: "malformed:24",
      problem: .lengthTooSmall(offset: 0, length: 4, minimum: 16)),
    .init(
      "cmsg_len 0 before other bytes", "0000000000000000 01000000 01000000",
      fields: "malformed:16",
      problem: .lengthTooSmall(offset: 0, length: 0, minimum: 16)),
    .init(
      "cmsg_len one past the end", "1500000000000000 01000000 01000000 05000000",
      fields: "malformed:20",
      problem: .lengthPastEnd(offset: 0, length: 21, available: 20)),
    .init(
      "cmsg_len in the buffer but past the used length",
      "1800000000000000 01000000 01000000 05000000 06000000", used: 20,
      fields: "malformed:20 slack:4",
      problem: .lengthPastEnd(offset: 0, length: 24, available: 20)),
    .init(
      "the greatest cmsg_len", "ffffffffffffffff 01000000 01000000",
      fields: "malformed:16",
      problem: .lengthPastEnd(offset: 0, length: .max, available: 16)),
    .init(
      "a cmsg_len that overflows when aligned", "ffffffffffffff7f 01000000 01000000",
      fields: "malformed:16",
      problem: .lengthPastEnd(offset: 0, length: 0x7fff_ffff_ffff_ffff, available: 16)),
  ]

  static let bits32: [DecodingCase] = [
    .init(
      "32 bits: one descriptor needs no padding", "10000000 01000000 01000000 05000000",
      abi: .bits32, fields: "len0:4 level0:4 type0:4 fd0[0]=5:4", [.rights([5])]),
    .init(
      "32 bits: two messages",
      "0e000000 01000000 63000000 aabb 0000  10000000 01000000 01000000 05000000",
      abi: .bits32,
      fields: "len0:4 level0:4 type0:4 data0:2 pad0:2 len1:4 level1:4 type1:4 fd1[0]=5:4",
      [.unknown(level: 1, type: 99, payload: [0xaa, 0xbb]), .rights([5])]),
    .init(
      "32 bits: the greatest cmsg_len", "ffffffff 01000000 01000000",
      abi: .bits32, fields: "malformed:12",
      problem: .lengthPastEnd(offset: 0, length: 0xffff_ffff, available: 12)),
    .init(
      "32 bits: half a header at the end",
      "10000000 01000000 01000000 05000000 10000000",
      abi: .bits32, fields: "len0:4 level0:4 type0:4 fd0[0]=5:4 malformed:4", [.rights([5])],
      problem: .truncatedHeader(offset: 16, available: 4, needed: 12)),
    .init(
      "a 64-bit buffer read with the wrong layout",
      "1400000000000000 01000000 01000000 05000000 00000000",
      abi: .bits32, fields: "len0:4 level0:4 type0:4 data0:8 malformed:4",
      [.unknown(level: 0, type: 1, payload: [1, 0, 0, 0, 5, 0, 0, 0])],
      problem: .truncatedHeader(offset: 20, available: 4, needed: 12)),
  ]
}
