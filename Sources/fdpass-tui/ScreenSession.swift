import CLinux
import Glibc
import InspectorApp
import Lessons
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
  /// The lesson that is given over it.
  var lesson: GivenLesson?
  /// What the session is going to show.
  var opening = ""

  /// Returns how the first program ended, where it has.
  func run() throws -> ProcessRecord.Event? {
    if let frame = options.frame { return try runHeadless(size: frame.size) }
    return try runInTerminal()
  }

  // MARK: Without a terminal

  private func runHeadless(size: Size) throws -> ProcessRecord.Event? {
    let screen = HeadlessScreen(size: size)
    let session = try start(size: size, unicode: localeHasUnicode(), remembered: nil)
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
    let isUnicode = localeHasUnicode() && options.drawsUnicode
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
    let session = try start(
      size: screen.size, unicode: screen.usesUnicode, remembered: UserFiles.remembered)
    let deadly = live(session, screen, signals)
    session.loop.cancelExport()
    screen.close()
    if let failure = session.loop.failure { throw Failure(failure) }
    if let deadly { clinux_die(deadly) }
    lesson?.next = session.loop.nextLesson
    return session.loop.firstEnd
  }

  /// Lives until the user leaves or a signal ends us; returns that signal.
  private func live(
    _ session: RunningSession, _ screen: NcursesScreen, _ signals: borrowing SignalPipe
  ) -> Int32? {
    var deadly: Int32?
    var waiting = options.keys?.keys ?? []
    var pace = FramePace()
    session.loop.draw(on: screen)
    while !session.loop.hasEnded {
      // Not every key has the source say something; the next one waits for no more than that.
      let isDue = !waiting.isEmpty && session.loop.isSettled || session.loop.hasMoreToSearch
      let hungUp = session.wait(
        input: [screen.inputDescriptor, signals.descriptor], output: screen.outputDescriptor,
        pace: pace, isDue: isDue)
      for number in signals.takeAll() where [SIGTERM, SIGHUP, SIGINT].contains(number) {
        deadly = deadly ?? number
        session.loop.quit()
      }
      // A terminal that has gone away is readable for ever and has nothing to say.
      if hungUp { session.loop.quit() }
      let input = screen.readInput()
      for input in input { session.loop.take(input) }
      session.loop.searchOn()
      if !waiting.isEmpty, session.loop.isSettled {
        session.loop.take(.key(waiting.removeFirst()))
      }
      session.loop.copy { screen.send($0) }
      if session.loop.wantsToSuspend {
        session.loop.wantsToSuspend = false
        screen.suspend()
      }
      pace.note(isInStep: session.loop.isInStep)
      let isInTime = !input.isEmpty && !pace.waitsForStep || pace.delay == 0
      guard session.loop.isStale, isInTime, takesOutput(screen.outputDescriptor) else { continue }
      session.loop.draw(on: screen)
      if input.isEmpty { pace.drew() }
    }
    return deadly
  }

  private func start(
    size: Size, unicode: Bool, remembered: Remembered?
  ) throws -> RunningSession {
    // A recording may go to a program that ends before us; the screen has taken the signal over.
    signal(SIGPIPE, SIG_IGN)
    let inspector = Inspector(
      size: size, title: title,
      options: InspectorOptions(
        theme: options.chosenTheme, unicode: unicode && options.drawsUnicode, live: isLive,
        filter: options.filter, keymap: UserFiles.settings.keymap, remembered: remembered,
        lesson: lesson?.lesson,
        leadsToNextLesson: options.frame == nil && options.record == nil, opening: opening))
    let session = try RunningSession(source: source, isLive: isLive, inspector: inspector)
    if let complaint = UserFiles.complaint { session.loop.notice(complaint) }
    return session
  }
}

/// Whether a terminal takes what is written now, without making us wait (poll(2)).
private func takesOutput(_ descriptor: Int32) -> Bool {
  var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
  return unsafe poll(&request, 1, 0) != 0
}
