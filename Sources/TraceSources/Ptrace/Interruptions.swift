import CLinux

/// The calls of a thread that signals interrupted. The kernel is about to enter each again, unless
/// the program's handler is one that lets it fail, or never comes back to it (longjmp(3)).
struct Interruptions {
  /// The calls of handlers within handlers; more have been left for good.
  private static let most = 8

  private struct Interruption {
    let call: EnteredCall
    let instruction: UInt64
    let stack: UInt64
  }

  /// How many calls a handler may make, with a stop at each, before it counts as left for good.
  private static let mostCalls = 100

  /// The latest last.
  private var all: [Interruption] = []

  private var otherCalls = 0

  var isEmpty: Bool { all.isEmpty }

  /// Adds a call that has returned to where `info` says, to the kernel and not to the program.
  mutating func add(_ call: EnteredCall, at info: clinux_syscall_info) {
    otherCalls = 0
    if all.count == Self.most { all.removeFirst() }
    all.append(
      Interruption(
        call: call, instruction: info.instruction_pointer, stack: info.stack_pointer))
  }

  /// Notes a call at which the thread would not have stopped if none were interrupted.
  mutating func noteOtherCall() {
    otherCalls += 1
    if otherCalls > Self.mostCalls { all.removeAll() }
  }

  /// Removes the call that the thread is back at, if at any. What interrupted later ones is over.
  mutating func take(at info: clinux_syscall_info) -> EnteredCall? {
    let index = all.lastIndex {
      $0.instruction == info.instruction_pointer && $0.stack == info.stack_pointer
    }
    guard let index else { return nil }
    defer { all.removeSubrange(index...) }
    return all[index].call
  }
}
