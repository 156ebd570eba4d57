import Lessons
public import TextUI
public import TraceModel

/// The inspector as a value: what it knows of the session, and what it shows of it.
///
/// It touches nothing outside: events, keys and terminal pictures come in as messages, and what
/// must be done in the world goes out as effects.
public struct Inspector: Program {
  /// What can happen.
  public enum Message: Sendable {
    /// The user did something.
    case input(InputEvent)
    /// The source told something; events are numbered by `Derivation` already.
    case updates([SessionUpdate])
    /// The terminals' cells, as ``Effect/showTerminals(upTo:)`` asked for them; also unasked when
    /// a program has written to its terminal.
    case terminals([TerminalPicture])
    /// A sentence for the last line.
    case notice(String)
    /// So many bytes of an export have been written.
    case exporting(bytes: Int)
    /// What became of an export.
    case exported(String)
    /// The time that ``Effect/searchOn`` asked for, to search or to filter some more.
    case searchOn
  }

  /// What the inspector can ask for.
  public enum Effect: Sendable, Hashable {
    /// Something for the source to do.
    case command(SessionCommand)
    /// What the user does to the terminal of a process; which bytes that makes depends on what
    /// the program has set.
    case terminal(pid: Int32, TerminalInput)
    /// Answer with every terminal as it was just after the event with this sequence number, and
    /// stay there; nil means as it is now, from now on.
    case showTerminals(upTo: Int?)
    /// Answer with ``Message/searchOn`` once there is nothing else to do.
    case searchOn
    /// Put this text into the terminal's clipboard.
    case copy(String)
    /// Write the session, or what passes the filter, into a new file; tell how far it is by
    /// ``Message/exporting(bytes:)`` and what became of it by ``Message/exported(_:)``.
    case export(ExportFormat, Filter?)
    /// A lesson has come to its end.
    case finishedLesson(String)
    /// Leave for the lesson with this name.
    case startLesson(String)
    /// End the export that is being written, and leave nothing of it.
    case stopExport
    /// Keep this for the next session.
    case remember(Remembered)
    /// Give the terminal back and stop, as Ctrl-Z does.
    case suspend
    /// Leave.
    case quit
  }

  /// What keys mean.
  enum Mode: Sendable, Hashable {
    case normal
    /// Every key but ``Keymap/leaving`` goes to the terminal of this process.
    case typing(pid: Int32)
    /// The text is being typed into the last line.
    case searching(TextField)
    case filtering(FilterEditor)
    /// The next key is the letter of a mark, to be set or to be gone to.
    case marking(isSetting: Bool)
    /// What a side's descriptors must contain is being typed; they follow every letter.
    case narrowing(Side)
    /// The next key says in which form the session is exported.
    case exporting
    /// What to change in a call is being chosen.
    case experimenting(ExperimentMenu)
    /// A command is being typed into the last line.
    case commanding(TextField)
    /// The answer to a lesson's question is being typed.
    case answering(String)
    /// The help, scrolled down by so many lines.
    case help(top: Int)
  }

  let title: String
  /// How it looks, and whether it has processes to command.
  public let options: InspectorOptions
  var look: Look

  var size: Size
  var history = History()
  var status: SessionStatus?
  /// How much of a recording has been read.
  var readPercent = 100
  var failure: String?
  var terminals: [TerminalPicture] = []
  /// What terminals were set to; those that are not here are as they began.
  var terminalSizes: [Int32: TerminalSize] = [:]
  /// To whom typing was just left by ``Keymap/leaving``.
  var leftByKey: Int32?

  var moment = Moment.now
  var mode = Mode.normal
  var earlyKeys = EarlyKeys()
  var lanes = Lanes()
  var focus = Pane.timeline
  var companion = Pane.message
  var isZoomed = false
  var remembered: Remembered
  /// The line that the mouse holds.
  var dragged: Splits.Border?
  var notice: String?
  /// The bytes of the export under way that have been written.
  var exportedBytes: Int?
  var lastSearch = ""
  var search: SearchUnderWay?
  var stepFilter: StepFilter?
  /// Steps by the letters that the user gave them; `'` is where the last jump began.
  var marks: [Character: Int] = [:]
  /// What is followed from event to event for as long as no other key comes.
  var followed: Followed?
  /// How far panes are scrolled; those the user did not scroll choose for themselves.
  var scrolls: [Pane: Int] = [:]
  /// The step that the user asked for because something was found about it.
  var foundStep: Int?
  /// The index of the first step in the timeline pane.
  var timelineTop = 0
  /// Whether the timeline is a list of all events rather than lanes, and its first visible row.
  var showsList = false
  var listTop = 0
  var selection = MessageSelection()
  /// The descriptor that was chosen in each table.
  var chosenDescriptors: [Side: Int32] = [:]
  /// The one that was marked as chosen before the step that is shown; it stays so where that brings
  /// no news to its table.
  var descriptorLookedAtBefore: DescriptorHolder?
  var rowOrder = RowOrder.number
  /// What a side's rows must contain; nil shows all.
  var rowFilters: [Side: String] = [:]
  /// The descriptor of which everything is told below its row.
  var card: DescriptorCard?
  /// The lesson that is given, and how far it is.
  var lessonRun: LessonRun?
  /// Whether the lesson goes on by itself to where it speaks again.
  var lessonGoesOn = false
  /// The pane that the lesson has just begun to speak of.
  var shownByLesson: ShownPane?
  /// How many commands the source had taken when the last step was asked for.
  var takenBeforeStep: Int?
  /// What follows from all this and is worth keeping between frames.
  var scene = Snapshot()

  /// An inspector without events.
  ///
  /// - Parameters:
  ///   - size: The screen's size until the first resize.
  ///   - title: What is inspected, as `demo › stdout`.
  ///   - options: How it looks, and whether it has processes to command.
  public init(size: Size, title: String, options: InspectorOptions = InspectorOptions()) {
    self.size = size
    self.title = visible(title)
    self.options = options
    look = options.look
    remembered = options.remembered ?? Remembered()
    filter(by: options.filter)
    lessonRun = options.lesson.map(LessonRun.init)
  }

  var keymap: Keymap { options.keymap }

  /// Everything that is known of the session.
  public var timeline: Timeline { history.timeline }

  /// Takes in one message.
  public mutating func update(_ message: Message) -> [Effect] {
    var effects: [Effect] = []
    let wasOver = lessonRun?.isOver ?? true
    switch message {
    case .input(let input): effects = take(input)
    case .updates(let updates):
      take(updates)
      // A key that came early may answer what a lesson asks only now.
      effects = followLesson(updates)
      effects += takeEarlyKeys()
    case .terminals(let pictures): terminals = pictures
    case .notice(let text): notice = visible(text)
    case .exporting(let bytes): exportedBytes = bytes
    case .exported(let sentence):
      exportedBytes = nil
      notice = visible(sentence)
    case .searchOn:
      searchOn()
      stepFilter?.goOn(in: history.timeline)
    }
    effects += settle()
    if let lessonRun, lessonRun.isOver, !wasOver {
      effects.append(.finishedLesson(lessonRun.lesson.name))
    }
    let isFiltered = stepFilter?.isDone(history.timeline) ?? true
    let isDone = search == nil && isFiltered && card?.isComplete != false
    return isDone ? effects : effects + [.searchOn]
  }

  private mutating func take(_ updates: [SessionUpdate]) {
    let isFirst = history.steps.isEmpty
    for update in updates {
      switch update {
      case .event(let event): history.append(event)
      case .status(let new): status = new
      case .lines, .caughtUp: break
      case .recording(let part): take(part)
      case .remark(let sentence): notice = visible(sentence)
      case .failed(let sentence): failure = visible(sentence)
      }
    }
    stepFilter?.goOn(in: history.timeline)
    leaveTypingIfOver()
    leaveExperimentsIfOver()
    // A recording is read from its beginning.
    if isFirst, !options.live, history.steps.count > 1 { moment = .past(step: 0) }
  }

  private mutating func take(_ part: RecordingPart) {
    readPercent = part.percent
    if let timeline = part.timeline { history.timeline = timeline }
  }

  private mutating func leaveTypingIfOver() {
    guard case .typing(let pid) = mode, history.timeline.process(pid)?.end != nil else { return }
    mode = .normal
    notice = "\(history.label(pid)) has ended; nobody reads its terminal any more."
  }
}
