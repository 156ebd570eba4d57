import CMSGOracle
import ControlMessages
import Glibc
import Testing

@Suite("Buffers that really went through the kernel")
struct KernelTests {
  /// A descriptor that is open as long as the test, and safe to send.
  private final class Null: Sendable {
    let descriptor = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
    deinit { close(descriptor) }
  }

  private let null = Null()

  private func rights(_ count: Int) -> ControlMessage {
    .rights(Array(repeating: null.descriptor, count: count))
  }

  @Test(
    "how many descriptors fit",
    arguments: [
      // room, sent, received, used, truncated
      (64, 1, 1, 24, false),
      (24, 1, 1, 24, false),
      (20, 1, 1, 20, false),
      (24, 2, 2, 24, false),
      (20, 2, 1, 20, true),
      (24, 3, 2, 24, true),
      (19, 1, 0, 0, true),
      (0, 1, 0, 0, true),
      (1032, 253, 253, 1032, false),
    ])
  func room(room: Int, sent: Int, received: Int, used: Int, truncated: Bool) {
    let exchange = KernelExchange(ControlBuffer.encode([rights(sent)]), room: room)
    #expect(exchange.error == 0)
    #expect(exchange.decoding.descriptors.count == received)
    #expect(exchange.isTruncated == truncated)
    #expect(exchange.allOpen)
    #expect(exchange.decoding.problem == nil)
    #expect(tilingFault(exchange.decoding) == nil)
    let slack = exchange.decoding.fields.filter { $0.owner == .slack }.map(\.range.count)
    #expect(slack == (used == room ? [] : [room - used]))
  }

  @Test func `the kernel merges rights messages`() {
    let exchange = KernelExchange(ControlBuffer.encode([rights(1), rights(2)]))
    #expect(exchange.summary == "SCM_RIGHTS(3)")
    #expect(exchange.allOpen)
  }

  @Test func `credentials are those of this process`() {
    let exchange = KernelExchange([], type: SOCK_STREAM, credentials: true)
    #expect(
      exchange.decoding.messages == [
        .credentials(.init(pid: getpid(), uid: getuid(), gid: getgid()))
      ])
  }

  @Test func `messages come in the kernel's order`() {
    let exchange = KernelExchange(
      ControlBuffer.encode([rights(2)]), type: SOCK_DGRAM, credentials: true, pidfd: true,
      timestamp: true)
    #expect(exchange.summary == "SCM_TIMESTAMP SCM_CREDENTIALS SCM_RIGHTS(2) SCM_PIDFD")
    #expect(exchange.decoding.problem == nil)
    #expect(exchange.allOpen)
  }

  @Test func `a timestamp in too little room is cut, and nothing follows`() {
    let exchange = KernelExchange(
      ControlBuffer.encode([rights(1)]), room: 24, type: SOCK_DGRAM, credentials: true,
      timestamp: true)
    #expect(exchange.summary == "SCM_TIMESTAMP")
    #expect(exchange.decoding.records.first?.payload == 16..<24)
    #expect(exchange.isTruncated)
  }

  @Test func `CMSG_SPACE as cmsg_len sends descriptor 0 too`() throws {
    try #require(fcntl(0, F_GETFD) >= 0, "this test needs an open standard input")
    var control = ControlBuffer.encode([rights(1)])
    control[0] = 24
    #expect(ControlBuffer.decode(control).descriptors == [null.descriptor, 0])
    #expect(KernelExchange(control).summary == "SCM_RIGHTS(2)")
  }

  @Test(
    "what the kernel takes and refuses",
    arguments: [
      ("as encoded", 24, 20, 0),
      ("unpadded", 20, 20, 0),
      ("half a descriptor", 24, 22, 0),
      ("a tail shorter than a header", 39, 20, 0),
      ("a zero tail", 40, 20, EINVAL),
      ("cmsg_len of the data alone", 24, 4, EINVAL),
      ("cmsg_len past the end", 20, 21, EINVAL),
      ("less than a header", 15, 20, 0),
    ])
  func verdict(name: String, count: Int, length: UInt8, error: Int32) {
    var control = ControlBuffer.encode([rights(1)])
    control[0] = length
    control = Array((control + Array(repeating: 0, count: 24))[..<count])
    #expect(KernelExchange(control).error == error)
    let problem = ControlBuffer.decode(control).problem
    #expect(problem?.isRefusedBySend ?? false == (error != 0))
  }

  @Test func `the kernel refuses one descriptor too many`() {
    let most = ControlBuffer.maximumDescriptors
    #expect(KernelExchange(ControlBuffer.encode([rights(most + 1)])).error == EINVAL)
    #expect(KernelExchange(ControlBuffer.encode([rights(most), rights(1)])).error == EINVAL)
  }

  @Test func `the kernel refuses what the decoder calls refused`() {
    compareVerdicts(abi: .bits64)
  }

  @Test(.enabled("the kernel must serve 32-bit processes") { oracle_has_compat() })
  func `the same for 32-bit processes`() {
    compareVerdicts(abi: .bits32)
  }

  private func compareVerdicts(abi: ControlABI) {
    var generator = SeededGenerator(seed: 4)
    for round in 0..<4_000 {
      // The kernel reads the headers of levels that do not concern it, and nothing more.
      let control = generator.buffer(abi: abi, ignored: true)
      guard !control.isEmpty else { continue }
      let refused = ControlBuffer.decode(control, abi: abi).problem?.isRefusedBySend ?? false
      let error = KernelExchange(control, abi: abi).error
      #expect(error == (refused ? EINVAL : 0), "round \(round): \(control)")
    }
  }

  @Test(.enabled("the kernel must serve 32-bit processes") { oracle_has_compat() })
  func `32-bit processes use their own layout`() {
    let exchange = KernelExchange(
      ControlBuffer.encode([rights(1), rights(2)], abi: .bits32), room: 64, abi: .bits32,
      credentials: true, pidfd: true)
    #expect(exchange.summary == "SCM_CREDENTIALS SCM_RIGHTS(3) SCM_PIDFD")
    #expect(exchange.decoding.records.map(\.offset) == [0, 24, 48])
    #expect(exchange.allOpen)
  }
}
