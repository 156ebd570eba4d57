import CMSGOracle
import ControlMessages
import Testing

@Suite("Encoding control messages")
struct EncodingTests {
  @Test("lengths are those of the C macros", arguments: 0...1030)
  func lengths(payload: Int) {
    #expect(ControlABI.bits64.length(payload: payload) == oracle_length(payload))
    #expect(ControlABI.bits64.space(payload: payload) == oracle_space(payload))
  }

  @Test(
    "lengths of 32-bit processes",
    arguments: [(0, 12, 12), (1, 13, 16), (4, 16, 16), (8, 20, 20), (12, 24, 24)])
  func compatLengths(payload: Int, length: Int, space: Int) {
    #expect(ControlABI.bits32.length(payload: payload) == length)
    #expect(ControlABI.bits32.space(payload: payload) == space)
  }

  @Test func `the native layout is that of this process`() {
    #expect(ControlABI.native.space(payload: 4) == oracle_space(4))
  }

  static let encodings: [([ControlMessage], ControlABI, String)] = [
    ([], .bits64, ""),
    ([.rights([1])], .bits64, "1400000000000000 01000000 01000000 01000000 00000000"),
    ([.rights([1])], .bits32, "10000000 01000000 01000000 01000000"),
    ([.rights([-1, 2])], .bits64, "1800000000000000 01000000 01000000 ffffffff 02000000"),
    (
      [.credentials(.init(pid: 1, uid: 2, gid: .max)), .pidDescriptor(3)], .bits32,
      "18000000 01000000 02000000 01000000 02000000 ffffffff"
        + "10000000 01000000 04000000 03000000"
    ),
    (
      [.security([0x61]), .unknown(level: 6, type: -2, payload: [1, 2, 3])], .bits64,
      "1100000000000000 01000000 03000000 61 00000000000000"
        + "1300000000000000 06000000 feffffff 010203 0000000000"
    ),
  ]

  @Test("the bytes, and back again", arguments: encodings)
  func encode(messages: [ControlMessage], abi: ControlABI, bytes: String) {
    let encoded = ControlBuffer.encode(messages, abi: abi)
    #expect(encoded == hex(bytes))
    let decoding = ControlBuffer.decode(encoded, abi: abi)
    #expect(decoding.messages == messages)
    #expect(decoding.problem == nil)
  }

  @Test func `descriptors are those of all rights messages, in order`() {
    let messages: [ControlMessage] = [.rights([9, 3]), .pidDescriptor(4), .rights([5])]
    #expect(ControlBuffer.decode(ControlBuffer.encode(messages)).descriptors == [9, 3, 5])
  }

  @Test func `a record says where it is`() {
    let bytes = ControlBuffer.encode([.rights([9]), .rights([5, 6, 7])], abi: .bits64)
    let record = ControlBuffer.decode(bytes, abi: .bits64).records[1]
    #expect(record.offset == 24)
    #expect(record.declaredLength == 28)
    #expect(record.payload == 40..<52)
    #expect(record.level == 1)
    #expect(record.type == 1)
  }
}
