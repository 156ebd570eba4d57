import CLinux
import Glibc
import InspectorApp
import TextUI
import TextUINcurses
import TraceModel
import TraceSources

/// The list of processes to choose from, on the screen, as one frame, or as lines.
struct ChooserSession {
  let options: InspectingOptions

  /// What was chosen, and the keys that are left for the session over it.
  struct Choice {
    var processes: [Int32]
    var keys: KeyList?
  }

  /// How often everybody is counted anew, in milliseconds.
  private static let refreshTime: Int32 = 1000

  /// Lets the user choose; nil when nothing was chosen.
  func run() throws -> Choice? {
    if InspectingSession.wantsLines(options) || options.linear {
      try printList()
      return nil
    }
    if let frame = options.frame { return runHeadless(size: frame.size) }
    return try runInTerminal()
  }

  private func printList() throws {
    let output = try LineOutput(path: options.output, otherwise: STDOUT_FILENO)
    let census = SocketCensus.take()
    let bytes =
      options.json
      ? census.processes.flatMap(\.jsonLine) : Array(ChooserColumns.text(census).utf8)
    signal(SIGPIPE, SIG_IGN)
    if !writeAll(bytes, to: output.descriptor), errno != EPIPE {
      throw Failure("Cannot write the list: \(lastErrorText()).")
    }
    if let remark = census.remark { writeAll(Array((remark + "\n").utf8), to: STDERR_FILENO) }
  }

  private func runHeadless(size: Size) -> Choice? {
    let options = look(unicode: localeHasUnicode())
    var chooser = Chooser(size: size, options: options)
    _ = chooser.update(.census(SocketCensus.take()))
    var keys = self.options.keys?.keys ?? []
    while !keys.isEmpty {
      for effect in chooser.update(.input(.key(keys.removeFirst()))) {
        if case .attach(let processes) = effect {
          return Choice(processes: processes, keys: KeyList(keys: keys))
        }
        if effect == .quit { keys = [] }
      }
    }
    var frame = Frame(size: size)
    chooser.view(&frame)
    writeAll(Array((frame.plainText(inASCII: !options.unicode) + "\n").utf8), to: STDOUT_FILENO)
    return nil
  }

  private func runInTerminal() throws -> Choice? {
    let signals = try SignalPipe([SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGCONT])
    let screen = try options.openScreen()
    signals.arm()
    defer { screen.close() }
    var chooser = Chooser(size: screen.size, options: look(unicode: screen.usesUnicode))
    var keys = options.keys?.keys ?? []
    _ = chooser.update(.census(SocketCensus.take()))
    while true {
      var frame = Frame(size: screen.size)
      chooser.view(&frame)
      screen.draw(frame)
      let inputs = keys.isEmpty ? wait(screen, signals) : [.key(keys.removeFirst())]
      if let deadly = signals.takeAll().first(where: { [SIGTERM, SIGHUP, SIGINT].contains($0) }) {
        screen.close()
        clinux_die(deadly)
      }
      guard let inputs else { return nil }
      if inputs.isEmpty { _ = chooser.update(.census(SocketCensus.take())) }
      for effect in inputs.flatMap({ chooser.update(.input($0)) }) {
        switch effect {
        case .attach(let processes):
          return Choice(processes: processes, keys: KeyList(keys: keys))
        case .suspend: screen.suspend()
        case .quit: return nil
        }
      }
    }
  }

  /// What the user did; nothing when it is time to count anew, nil when the terminal has gone.
  private func wait(_ screen: NcursesScreen, _ signals: borrowing SignalPipe) -> [InputEvent]? {
    var requests = [screen.inputDescriptor, signals.descriptor].map {
      pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
    }
    _ = unsafe poll(&requests, UInt(requests.count), Self.refreshTime)
    let gone = Int16(POLLHUP | POLLERR | POLLNVAL)
    return requests[0].revents & gone != 0 ? nil : screen.readInput()
  }

  private func look(unicode: Bool) -> InspectorOptions {
    InspectorOptions(
      theme: options.chosenTheme, unicode: unicode && options.drawsUnicode)
  }
}
