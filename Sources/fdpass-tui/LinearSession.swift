import CLinux
import Glibc
import InspectorApp
import Lessons
import TextUI
import TraceModel
import TraceSources

/// A session as plain lines that keys lead on, for screen readers: the keys of the screen, but no
/// screen.
struct LinearSession {
  let source: any EventSource
  let title: String
  let options: InspectingOptions
  let isLive: Bool
  /// The lesson that is given over it.
  var lesson: GivenLesson?
  /// What the session is going to show.
  var opening = ""

  /// Wide and high enough that nothing depends on it.
  private static let size = Size(width: 120, height: 40)

  /// Returns how the first program ended, where it has.
  ///
  /// - Throws: ``Failure`` with a sentence for the user.
  func run() throws -> ProcessRecord.Event? {
    let signals = try SignalPipe([SIGTERM, SIGHUP, SIGINT, SIGPIPE])
    let keyboard = try KeyboardInput()
    signals.arm()
    let inspector = Inspector(
      size: Self.size, title: title,
      options: InspectorOptions(
        theme: .none, unicode: options.drawsUnicode && localeHasUnicode(), live: isLive,
        filter: options.filter, keymap: UserFiles.settings.keymap, lesson: lesson?.lesson,
        opening: opening))
    let session = try RunningSession(source: source, isLive: isLive, inspector: inspector)
    if let complaint = UserFiles.complaint { session.loop.notice(complaint) }
    let deadly = live(session, keyboard, signals)
    session.loop.cancelExport()
    keyboard.restore()
    if let failure = session.loop.failure { throw Failure(failure) }
    if let deadly { clinux_die(deadly) }
    return session.loop.firstEnd
  }

  /// Lives until the user leaves or a signal ends us; returns that signal.
  private func live(
    _ session: RunningSession, _ keyboard: KeyboardInput, _ signals: borrowing SignalPipe
  ) -> Int32? {
    var account = LinearAccount(filter: options.filter)
    var deadly: Int32?
    var waiting = options.keys?.keys ?? []
    var isOpen = true
    session.settle()
    while true {
      tell(account.news(of: session.loop.inspector))
      if session.loop.hasEnded { return deadly }
      // Keys of a file or a pipe each wait for what the one before has done, as those of --keys do.
      let isDue = !waiting.isEmpty && (session.loop.isSettled || keyboard.isTerminal)
      let inputs = (isOpen ? [keyboard.descriptor] : []) + [signals.descriptor]
      let isOver = !isOpen && waiting.isEmpty && session.loop.isSettled
      let hasMore = isDue || isOver || session.loop.hasMoreToSearch
      session.wait(for: inputs, milliseconds: hasMore ? 0 : -1)
      for number in signals.takeAll() {
        if number != SIGPIPE { deadly = deadly ?? number }
        session.loop.quit()
      }
      if isOpen { isOpen = keyboard.read(into: &waiting) }
      session.loop.searchOn()
      if isDue {
        account.hearsKey()
        session.loop.take(.key(waiting.removeFirst()))
      } else if isOver, !session.loop.isLeaving {
        // Whoever gave the keys has no more.
        session.loop.quit()
      }
      session.loop.copy { isatty(STDOUT_FILENO) == 1 && writeAll($0, to: STDOUT_FILENO) }
      if session.loop.wantsToSuspend {
        session.loop.wantsToSuspend = false
        keyboard.suspend()
      }
    }
  }

  private func tell(_ lines: [String]) {
    guard !lines.isEmpty else { return }
    let text = lines.joined(separator: "\n") + "\n"
    writeAll(Array(text.utf8), to: STDOUT_FILENO)
  }
}

/// Standard input, key by key: a terminal's line editing and echo are switched off meanwhile.
final class KeyboardInput {
  let descriptor = STDIN_FILENO
  let isTerminal: Bool
  private var original = termios()
  private var reading = KeyReading()

  /// - Throws: ``Failure`` when a terminal refuses.
  init() throws {
    isTerminal = isatty(STDIN_FILENO) == 1
    guard isTerminal else { return }
    guard unsafe tcgetattr(descriptor, &original) == 0 else {
      throw Failure("Cannot read the terminal's settings: \(lastErrorText()).")
    }
    _ = unsafe clinux_restore_on_crash(descriptor, &original, [], 0)
    takeKeys()
  }

  private func takeKeys() {
    var modes = original
    modes.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
    modes.c_iflag &= ~tcflag_t(IXON)
    unsafe tcsetattr(descriptor, TCSADRAIN, &modes)
  }

  /// Gives the terminal back as it was.
  func restore() {
    if isTerminal { unsafe tcsetattr(descriptor, TCSADRAIN, &original) }
  }

  /// Stops this process as Ctrl-Z does; returns once it is continued.
  func suspend() {
    restore()
    raise(SIGSTOP)
    if isTerminal { takeKeys() }
  }

  /// Appends the keys that have come, if any have. Returns false after the last.
  func read(into keys: inout [Key]) -> Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard unsafe poll(&request, 1, 0) > 0 else { return true }
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
      count = unsafe max(0, Glibc.read(descriptor, buffer.baseAddress, buffer.count))
    }
    keys += reading.keys(in: bytes)
    return !bytes.isEmpty
  }
}
