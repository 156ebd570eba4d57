import ControlMessages
import Testing
import TraceModel

@testable import TraceSources

/// What an experiment would write, worked out on bytes.
@Suite("Plans of experiments")
struct ExperimentPlanTests {
  @Test(
    "a descriptor is left out of whatever buffer, and what follows moves up",
    arguments: [
      // One of one, padded and not; the last of two; the first of two with a record behind.
      ([[7]], 24, 0, [[]], 16), ([[7]], 20, 0, [[]], 16), ([[7, 8]], 24, 1, [[7]], 24),
      ([[7], [8, 9]], 48, 0, [[], [8, 9]], 40), ([[7, 8], [9]], 48, 0, [[8], [9]], 48),
      ([[7], [8, 9]], 48, 2, [[7], [8]], 48),
    ] as [([[Int32]], Int, Int, [[Int32]], UInt64)])
  func drop(
    before: [[Int32]], length: Int, place: Int, after: [[Int32]], newLength: UInt64
  ) throws {
    let plan = try plan(.dropDescriptor(at: place), on: before, length: length)
    let decoding = ControlBuffer.decode(try #require(plan.control), abi: .bits64)
    #expect(decoding.problem == nil)
    #expect(decoding.messages == after.map { .rights($0) })
    #expect(plan.header?.controlLength == newLength)
  }

  @Test("numbers are counted over all messages")
  func replace() throws {
    let plan = try plan(.replaceDescriptor(at: 2, by: 4), on: [[7, 8], [9]], length: 48)
    let decoding = ControlBuffer.decode(try #require(plan.control), abi: .bits64)
    #expect(decoding.descriptors == [7, 8, 4])
    #expect(throws: ExperimentProblem.self) {
      try self.plan(.replaceDescriptor(at: 3, by: 4), on: [[7, 8], [9]], length: 48)
    }
  }

  @Test("an answer is cut for the program as the kernel would have cut it")
  func cut() {
    let bytes = ControlBuffer.encode([.rights([7, 8, 9])], abi: .bits64)
    #expect(BorrowedRoom.cut(bytes, to: 32, .bits64) == bytes)
    let two = BorrowedRoom.cut(bytes, to: 27, .bits64)
    #expect(ControlBuffer.decode(two, abi: .bits64).messages == [.rights([7, 8])])
    #expect(BorrowedRoom.cut(bytes, to: 19, .bits64) == [])
    #expect(BorrowedRoom.cut(bytes, to: 0, .bits64) == [])
  }

  private func plan(
    _ experiment: Experiment, on messages: [[Int32]], length: Int
  ) throws -> ExperimentPlan {
    let bytes = ControlBuffer.encode(messages.map { .rights($0) }, abi: .bits64).prefix(length)
    var header = MessageHeader(buffersAt: 0, count: 1, abi: .bits64)
    header.controlAddress = 4096
    header.controlLength = UInt64(length)
    var call = EnteredCall(
      call: .sendmsg, arguments: [3, 0, 0, 0, 0, 0], abi: .bits64, time: 0)
    call.headers = [header]
    return try ExperimentPlan(
      experiment, for: call,
      in: PatchedMemory(base: NoMemory(), pieces: [MemoryPiece(Array(bytes), at: 4096)]))
  }

  /// Zeros everywhere.
  private struct NoMemory: TraceeMemory {
    func read(_ address: UInt64, count: Int) -> [UInt8] { Array(repeating: 0, count: count) }
  }
}
