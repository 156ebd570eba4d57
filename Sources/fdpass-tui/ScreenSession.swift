import CLinux
import Glibc
import InspectorApp
import TextUI
import TextUINcurses
import TraceModel
import TraceSources

/// A session on the screen, or on the one frame that --frame asks for.
struct ScreenSession {
  let source: any EventSource
  let title: String
  let options: InspectingOptions
  /// Whether there are processes to command.
  let isLive: Bool

  /// Returns how the first program ended, where it has.
  func run() throws -> ProcessRecord.Event? {
    if let frame = options.frame { return try runHeadless(size: frame.size) }
    return try runInTerminal()
  }

  // MARK: Without a terminal

  private func runHeadless(size: Size) throws -> ProcessRecord.Event? {
    let screen = HeadlessScreen(size: size)
    let session = try start(size: size, unicode: localeHasUnicode())
    let interruption = Interruption([SIGINT, SIGTERM, SIGHUP]) { [source] in
      source.send(.quit)
    }
    pressKeys(session)
    session.loop.draw(on: screen)
    let end = session.loop.firstEnd
    if !session.loop.isLeaving { session.loop.quit() }
    while !session.loop.hasEnded { session.wait(milliseconds: 100) }
    session.loop.cancelExport()
    if let failure = session.loop.failure { throw Failure(failure) }
    let isUnicode = localeHasUnicode() && !options.noUnicode
    let lines = screen.frame.plainText(inASCII: !isUnicode) + "\n"
    writeAll(Array(lines.utf8), to: STDOUT_FILENO)
    interruption.finish()
    return end
  }

  /// Presses the keys of --keys, waiting for each to settle.
  private func pressKeys(_ session: RunningSession) {
    session.settle()
    for key in options.keys?.keys ?? [] where !session.loop.isLeaving {
      session.loop.take(.key(key))
      session.settle()
    }
  }

  // MARK: In a terminal

  private func runInTerminal() throws -> ProcessRecord.Event? {
    let signals = try SignalPipe([SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGCONT])
    let screen = try options.openScreen()
    signals.arm()
    defer { screen.close() }
    let session = try start(size: screen.size, unicode: screen.usesUnicode)
    let deadly = live(session, screen, signals)
    session.loop.cancelExport()
    screen.close()
    if let failure = session.loop.failure { throw Failure(failure) }
    if let deadly { clinux_die(deadly) }
    return session.loop.firstEnd
  }

  /// Lives until the user leaves or a signal ends us; returns that signal.
  private func live(
    _ session: RunningSession, _ screen: NcursesScreen, _ signals: borrowing SignalPipe
  ) -> Int32? {
    var deadly: Int32?
    var waiting = options.keys?.keys ?? []
    session.loop.draw(on: screen)
    while !session.loop.hasEnded {
      // Not every key has the source say something; the next one waits for no more than that.
      let isDue = !waiting.isEmpty && session.loop.isSettled || session.loop.hasMoreToSearch
      let ready = session.wait(
        for: [screen.inputDescriptor, signals.descriptor], milliseconds: isDue ? 0 : -1)
      for number in signals.takeAll() where [SIGTERM, SIGHUP, SIGINT].contains(number) {
        deadly = deadly ?? number
        session.loop.quit()
      }
      // A terminal that has gone away is readable for ever and has nothing to say.
      if ready.hungUp { session.loop.quit() }
      for input in screen.readInput() { session.loop.take(input) }
      session.loop.searchOn()
      if !waiting.isEmpty, session.loop.isSettled {
        session.loop.take(.key(waiting.removeFirst()))
      }
      session.loop.copy { screen.send($0) }
      if session.loop.wantsToSuspend {
        session.loop.wantsToSuspend = false
        screen.suspend()
      }
      session.loop.draw(on: screen)
    }
    return deadly
  }

  private func start(size: Size, unicode: Bool) throws -> RunningSession {
    // A recording may go to a program that ends before us; the screen has taken the signal over.
    signal(SIGPIPE, SIG_IGN)
    let inspector = Inspector(
      size: size, title: title,
      options: InspectorOptions(
        theme: options.chosenTheme, unicode: unicode && !options.noUnicode, live: isLive,
        filter: options.filter))
    return try RunningSession(source: source, inspector: inspector)
  }
}

/// A source at work on its own thread, and the loop that listens to it.
struct RunningSession {
  let loop: InspectorLoop
  private let updates: Mailbox<SessionUpdate>

  /// A step that takes longer than this is shown as it stands.
  private static let settleSeconds = 5
  /// A program that is faster than the terminal waits when so many updates do, so that none is lost
  /// and memory stays bounded.
  private static let mostWaiting = 1 << 16

  init(source: any EventSource, inspector: Inspector) throws {
    let updates = try Mailbox<SessionUpdate>(capacity: Self.mostWaiting)
    self.updates = updates
    loop = InspectorLoop(source: source, updates: updates, inspector: inspector)
    let post: @Sendable (SessionUpdate) -> Void = { update in
      // A screen is drawn when there is something new, and never waits with it.
      if case .caughtUp = update { return }
      updates.post(update)
    }
    guard startThread({ source.run(emit: post) }) else {
      throw Failure("Cannot start the tracer's thread: \(lastErrorText()).")
    }
  }

  /// Waits for the source or one of `descriptors`, and takes what came from the source.
  @discardableResult
  func wait(for descriptors: [Int32] = [], milliseconds: Int32 = -1) -> (any: Bool, hungUp: Bool) {
    var requests = ([updates.descriptor] + descriptors).map {
      pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
    }
    let count = unsafe poll(&requests, UInt(requests.count), milliseconds)
    loop.takeUpdates()
    let gone = Int16(POLLHUP | POLLERR | POLLNVAL)
    return (count > 0, count > 0 && requests.dropFirst().contains { $0.revents & gone != 0 })
  }

  /// Waits until everything that was asked for has happened.
  func settle() {
    let deadline = ContinuousClock.now + .seconds(Self.settleSeconds)
    repeat {
      wait(milliseconds: loop.isSettled || loop.hasMoreToSearch ? 0 : 20)
      loop.searchOn()
    } while !loop.isSettled && !loop.hasEnded
      && (loop.isBusy || ContinuousClock.now < deadline)
  }
}
