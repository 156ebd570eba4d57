import CLinux

/// Wakes a tracer that sleeps in poll(2) whenever one of its threads has stopped or ended
/// (SIGCHLD), until the end of its life.
struct ChildWake: ~Copyable {
  private let slot: Int32

  /// Starts to raise an eventfd(2) at every SIGCHLD of this process; nil when so many sessions run
  /// that there is no room for one more.
  init?(raising eventfd: Int32) {
    slot = clinux_child_wake_add(eventfd)
    guard slot >= 0 else { return nil }
  }

  deinit { clinux_child_wake_remove(slot) }

  static let failure =
    "Cannot start one more session: this process has too many already. End one and try again."
}
