import CLinux
import Glibc
import InspectorApp
import TraceModel
import TraceSources

/// A source at work on its own thread, and the loop that listens to it.
struct RunningSession {
  let loop: InspectorLoop
  private let updates: Mailbox<SessionUpdate>

  /// A step in which nothing happens for longer than this is shown as it stands, and what goes on
  /// by itself as it is then.
  private static let settleSeconds = 5
  /// A program that is faster than the terminal waits when so many updates do, so that none is lost
  /// and memory stays bounded.
  private static let mostWaiting = 1 << 16

  init(source: any EventSource, isLive: Bool, inspector: Inspector) throws {
    let updates = try Mailbox<SessionUpdate>(capacity: Self.mostWaiting)
    self.updates = updates
    loop = InspectorLoop(
      source: source, isLive: isLive, updates: updates, inspector: inspector)
    let post: @Sendable (SessionUpdate) -> Void = { update in
      // A screen is drawn when there is something new, and never waits with it.
      if case .caughtUp = update { return }
      updates.post(update)
    }
    guard startThread({ source.run(telling: .events, emit: post) }) else {
      throw Failure("Cannot start the tracer's thread: \(lastErrorText()).")
    }
  }

  /// Waits for the source or one of `descriptors`, and takes what came from the source.
  func wait(for descriptors: [Int32] = [], milliseconds: Int32) {
    var requests = ([updates.descriptor] + descriptors).map {
      pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
    }
    _ = unsafe poll(&requests, UInt(requests.count), milliseconds)
    loop.takeUpdates()
  }

  /// Waits for what the user does, for the next picture that is due, and for the source once the
  /// last picture is drawn, or while a step is under way: what comes faster than pictures is
  /// gathered, and taken at once.
  ///
  /// - Parameters:
  ///   - input: What is readable when the user or a signal wants something.
  ///   - output: The terminal, which may have no room for a picture yet.
  ///   - pace: When a picture may be drawn.
  ///   - isDue: Whether there is something to do, so that nothing is waited for.
  /// - Returns: Whether one of `input` has gone away.
  func wait(input: [Int32], output: Int32, pace: FramePace, isDue: Bool) -> Bool {
    var requests = input.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    let delay = pace.delay
    if delay == 0 || pace.waitsForStep {
      requests.append(
        delay == 0 && loop.isStale
          ? pollfd(fd: output, events: Int16(POLLOUT), revents: 0)
          : pollfd(fd: updates.descriptor, events: Int16(POLLIN), revents: 0))
    }
    let count = unsafe poll(
      &requests, UInt(requests.count), isDue ? 0 : delay == 0 ? -1 : delay)
    if pace.waitsForStep || pace.delay == 0 && (!loop.isStale || loop.isLeaving) {
      loop.takeUpdates()
    }
    let gone = Int16(POLLHUP | POLLERR | POLLNVAL)
    return count > 0 && requests.prefix(input.count).contains { $0.revents & gone != 0 }
  }

  /// Waits until everything that was asked for has happened.
  func settle() {
    var deadline = ContinuousClock.now + .seconds(Self.settleSeconds)
    repeat {
      wait(milliseconds: loop.isSettled || loop.hasMoreToSearch ? 0 : 20)
      loop.searchOn()
      // On a busy machine the steps to a lesson's next page take as long as they take.
      if loop.isStepping, loop.hasNews {
        deadline = ContinuousClock.now + .seconds(Self.settleSeconds)
      }
    } while !loop.isSettled && !loop.hasEnded
      && (loop.isBusy || ContinuousClock.now < deadline)
  }
}
