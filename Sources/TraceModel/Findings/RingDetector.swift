/// Processes with an io_uring: what they pass through it no system call shows.
///
/// Source: io_uring_setup(2); `IORING_OP_SENDMSG`, `IORING_OP_RECVMSG` in io_uring_enter(2).
struct RingDetector: Detector {
  mutating func examine(_ sight: Sight) -> [Finding] {
    switch sight.event.body {
    case .call(let call) where call.setsUpRing:
      let number = call.result.map { Int32(truncatingIfNeeded: $0) } ?? -1
      return [finding(sight, number, "\(sight.actor) set up an io_uring, its \(number).")]
    case .process(let record):
      // A child's is its creator's, and was told of.
      guard case .attached = record.event else { return [] }
      let ring = sight.event.changes.first {
        $0.pid == sight.event.pid && $0.now?.isRing == true
      }
      guard let ring else { return [] }
      return [finding(sight, ring.fd, "\(sight.actor) has an io_uring, its \(ring.fd).")]
    default: return []
    }
  }

  private func finding(_ sight: Sight, _ number: Int32, _ what: String) -> Finding {
    Finding(
      .ioUring, .note, about: sight.event.sequence, descriptors: [number],
      text: "\(what) Descriptors that it sends and receives through that are not seen here: no "
        + "system call shows them.",
      cure: "To see all, make the program fall back to plain calls: many have an option for it, "
        + "and the system has one (kernel.io_uring_disabled).")
  }
}

extension CallRecord {
  /// Whether the call made an io_uring.
  var setsUpRing: Bool { name == "io_uring_setup" && result != nil }
}

extension DescriptorFacts {
  /// Whether it is an io_uring.
  var isRing: Bool { target == "anon_inode:[io_uring]" }
}
