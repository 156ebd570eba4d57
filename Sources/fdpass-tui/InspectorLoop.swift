import Glibc
import InspectorApp
import TextUI
import TraceModel
import TraceSources

/// The main thread's part of a session: messages to the inspector, its effects to the world, and
/// one picture a batch.
final class InspectorLoop {
  private let source: any EventSource
  private let isLive: Bool
  private let updates: Mailbox<SessionUpdate>
  private let gallery = TerminalGallery()
  private(set) var inspector: Inspector
  private var terminalsUpTo: Int?
  private var commandsSent = 0
  /// The number of the last command that asked for a step.
  private var lastStep: Int?
  private var lastStatus: SessionStatus?

  /// Whether the user asked to leave, and the session has come to its end.
  private(set) var hasEnded = false
  private var wantsToQuit = false
  private var isReading = false
  /// Whether a search is under way, which goes on when there is nothing else to do.
  private(set) var hasMoreToSearch = false
  /// Asked to suspend since the last look.
  var wantsToSuspend = false
  /// What the terminal's clipboard is to hold, since the last look.
  private var copied: String?
  private var export: ExportJob?
  /// Whether something happened since the last picture.
  private(set) var isStale = true
  /// Whether the source told something at the last look.
  private(set) var hasNews = false
  private var first = FirstProgram()
  /// The lesson that the user went on to.
  private(set) var nextLesson: String?
  /// Why the source could not go on.
  private(set) var failure: String?

  init(
    source: any EventSource, isLive: Bool, updates: Mailbox<SessionUpdate>, inspector: Inspector
  ) {
    self.source = source
    self.isLive = isLive
    self.updates = updates
    self.inspector = inspector
  }

  /// Whether what was asked for needs no more than time.
  var isBusy: Bool { isReading || hasMoreToSearch || export != nil }

  /// Searches on, if a search is under way.
  func searchOn() {
    guard hasMoreToSearch else { return }
    hasMoreToSearch = false
    send(.searchOn)
  }

  /// Whether everything that was asked for has happened.
  var isSettled: Bool {
    guard let lastStatus, !isBusy else { return false }
    return lastStatus.isSettled && lastStatus.commandsTaken >= commandsSent
  }

  /// Whether processes wait for steps, or are about to.
  var isStepping: Bool { lastStatus.map { $0.mode == .stepping } ?? true }

  /// Whether the last thing that was asked for is a step, which has not come to its end.
  var isInStep: Bool { lastStep == commandsSent && !isSettled }

  /// Whether the user asked to leave.
  var isLeaving: Bool { wantsToQuit }

  /// How the first program ended, once it has.
  var firstEnd: ProcessRecord.Event? { first.end }

  func take(_ input: InputEvent) { send(.input(input)) }

  func notice(_ sentence: String) { send(.notice(sentence)) }

  /// Hands what was copied since the last look to the terminal.
  func copy(_ send: ([UInt8]) -> Bool) {
    guard let text = copied else { return }
    copied = nil
    if !send(Clipboard.sequence(text)) {
      notice("Not copied: this terminal gives programs no clipboard (OSC 52).")
    } else if environmentVariable("TMUX") != nil {
      notice("Copied, if tmux has `set -g set-clipboard on`.")
    }
  }

  /// Ends an export that is not done, and leaves no part of its file behind.
  func cancelExport() {
    export?.cancel()
    export = nil
  }

  /// Hands everything that has come from the source to the inspector.
  func takeUpdates() {
    if let sentence = export?.sentence {
      export = nil
      send(.exported(sentence))
    } else if let count = export?.count, count > 0 {
      send(.exporting(bytes: count))
    }
    let batch = updates.takeAll()
    hasNews = !batch.isEmpty
    guard hasNews else { return }
    for update in batch {
      switch update {
      case .event(let event): first.take(event)
      case .status(let status):
        lastStatus = status
        if status.mode == .ended, wantsToQuit { hasEnded = true }
      case .recording(let part): isReading = part.percent < 100
      case .lines, .caughtUp, .remark: break
      case .failed(let sentence):
        failure = sentence
        hasEnded = true
      }
    }
    send(.updates(batch))
    guard gallery.hasNews(in: inspector.timeline) else { return }
    sendTerminals()
    answerQuestions()
  }

  /// A program that asks its terminal something waits for the answer.
  private func answerQuestions() {
    let replies = gallery.takeReplies()
    // What asked in a recording has had its answer.
    guard isLive, lastStatus?.mode != .ended else { return }
    for reply in replies { command(.type(pid: reply.pid, bytes: reply.bytes)) }
  }

  /// Shows what the inspector has become.
  func draw(on screen: any Screen) {
    isStale = false
    var frame = Frame(size: screen.size)
    inspector.view(&frame)
    screen.draw(frame)
  }

  /// Ends the session: what was launched ends too.
  func quit() {
    wantsToQuit = true
    if lastStatus?.mode == .ended { hasEnded = true }
    command(.quit)
  }

  private func command(_ command: SessionCommand) {
    commandsSent += 1
    if case .step = command { lastStep = commandsSent }
    source.send(command)
  }

  private func send(_ message: Inspector.Message) {
    isStale = true
    for effect in inspector.update(message) { perform(effect) }
  }

  private func sendTerminals() {
    send(.terminals(gallery.pictures(upTo: terminalsUpTo, in: inspector.timeline)))
  }

  private func startExport(_ format: ExportFormat, _ filter: Filter?) {
    guard export == nil else { return }
    do {
      export = try ExportJob(
        of: inspector.timeline, filter, as: format, unicode: inspector.options.unicode
      ) { [updates] in updates.wake() }
    } catch {
      send(.exported("\(error)"))
    }
  }

  private func perform(_ effect: Inspector.Effect) {
    switch effect {
    case .command(let command): self.command(command)
    case .terminal(let pid, let input):
      let bytes = gallery.bytes(for: input, to: pid)
      if !bytes.isEmpty { command(.type(pid: pid, bytes: bytes)) }
    case .showTerminals(let sequence):
      terminalsUpTo = sequence
      sendTerminals()
    case .searchOn: hasMoreToSearch = true
    case .copy(let text): copied = text
    case .export(let format, let filter): startExport(format, filter)
    case .stopExport:
      cancelExport()
      send(.exported("Stopped: nothing was exported."))
    case .remember(let remembered):
      if let failure = UserFiles.keep(remembered) { notice(failure) }
    case .finishedLesson(let name):
      if let failure = LessonFiles.finish(name) { notice(failure) }
    case .startLesson(let name):
      nextLesson = name
      quit()
    case .suspend: wantsToSuspend = true
    case .quit: quit()
    }
  }
}
