import CMSGOracle
import ControlMessages
import Testing

@Suite("Any bytes at all")
struct RandomTests {
  @Test("noise is read without harm", arguments: ControlABI.allCases)
  func noise(abi: ControlABI) {
    var generator = SeededGenerator(seed: 1)
    for round in 0..<50_000 {
      let bytes = generator.bytes(upTo: 100)
      let used = generator.oneIn(2) ? nil : Int.random(in: -5...110, using: &generator)
      let fault = tilingFault(ControlBuffer.decode(bytes, used: used, abi: abi))
      #expect(fault == nil, "round \(round): \(bytes) used \(String(describing: used))")
    }
  }

  @Test("damaged messages are read without harm", arguments: ControlABI.allCases)
  func damaged(abi: ControlABI) {
    var generator = SeededGenerator(seed: 2)
    for round in 0..<50_000 {
      let bytes = generator.buffer(abi: abi, ignored: false)
      let decoding = ControlBuffer.decode(bytes, abi: abi)
      let fault = tilingFault(decoding)
      #expect(fault == nil, "round \(round): \(bytes)")
      let descriptors = ControlBuffer.descriptors(bytes, abi: abi)
      #expect(descriptors == decoding.descriptors, "round \(round): \(bytes)")
      for record in decoding.records {
        let expected = record.offset + record.declaredLength
        #expect(record.payload.upperBound == expected, "round \(round): \(bytes)")
      }
    }
  }

  @Test func `records are where CMSG_NXTHDR finds them`() {
    var generator = SeededGenerator(seed: 3)
    for round in 0..<50_000 {
      let bytes = generator.buffer(abi: .bits64, ignored: false)
      let found = ControlBuffer.decode(bytes, abi: .bits64).records.map(\.offset)
      #expect(found == walkWithMacros(bytes), "round \(round): \(bytes)")
    }
  }

  private func walkWithMacros(_ bytes: [UInt8]) -> [Int] {
    // A fresh copy lies on a word boundary, as the macros demand.
    var offsets = [Int](repeating: 0, count: bytes.count / 16 + 1)
    let count = unsafe oracle_walk(bytes, bytes.count, &offsets, offsets.count)
    return Array(offsets[..<count])
  }
}
