import TextUI
import TraceModel

/// The last line: a notice, what is being typed, or the keys that do something now.
extension Inspector {
  func drawFooter(in area: Rect, _ frame: inout Frame) {
    if let prompt {
      draw(prompt, in: area, &frame)
      return
    }
    if let notice = notice ?? exportProgress {
      let text = shortened(notice, to: area.width - 2, ellipsis: look.glyphs.ellipsis)
      frame.write(text, x: area.x + 1, y: area.y, style: look[.notice], within: area)
      return
    }
    for (hint, place) in placedHints(in: area) {
      let isUrgent = hint.isUrgent
      let width = frame.write(
        hint.key, x: place.x, y: place.y, style: look[isUrgent ? .selected : .key], within: area)
      frame.write(
        " " + hint.word, x: place.x + width, y: place.y,
        style: look[isUrgent ? .notice : .plain], within: area)
    }
  }

  /// Where each hint stands: what is drawn there, and what a click there means.
  private func placedHints(in area: Rect) -> [(hint: Hint, place: Rect)] {
    var x = area.x + 1
    return fitting(hints, width: area.width - 2).map { hint in
      defer { x += hint.width + 2 }
      return (hint, Rect(x: x, y: area.y, width: hint.width, height: 1).intersection(area))
    }
  }

  /// The key that a click at this place of the last line stands for.
  func footerKey(at point: Point) -> Key? {
    guard notice == nil, exportedBytes == nil, prompt == nil, let area = layout?.footer else {
      return nil
    }
    return placedHints(in: area).first { $0.place.contains(point) }?.hint.press
  }

  /// The hints without those that are soonest found without them, as far as room is wanting.
  private func fitting(_ hints: [Hint], width: Int) -> [Hint] {
    var hints = hints
    func isTooWide() -> Bool { hints.reduce(-2) { $0 + $1.width + 2 } > width }
    for command in [
      Command.list, .filter, .search, .zoom, .experiment, .findingNext, .nextPane, .resume,
      .narrowRows, .sortRows, .toggle, .pause, .type, .now,
    ]
    // How to see the other panes again is not found without it.
    where isTooWide() && !(command == .zoom && isZoomed) {
      hints.removeAll { $0.command == command }
    }
    return hints
  }

  /// What is typed into the last line, and the keys that end it.
  private var prompt: Prompt? {
    switch mode {
    case .searching(let field):
      Prompt(lead: "/", field: field, hint: "Enter search  Esc cancel")
    case .commanding(let field):
      Prompt(lead: ":", field: field, hint: "Enter do it  Tab complete  Esc cancel")
    case .answering(let text): answerPrompt(text)
    case .normal, .typing, .help, .filtering, .marking, .exporting, .narrowing,
      .experimenting:
      nil
    }
  }

  private func draw(_ prompt: Prompt, in area: Rect, _ frame: inout Frame) {
    let start = area.x + 1
    let text = prompt.lead + prompt.field.text
    let before = DisplayWidth.of(prompt.lead + prompt.field.textBeforeCursor)
    // The beginning of a line that is too long goes out of sight before the cursor does.
    let hidden = max(0, before - (area.width - 2))
    let content = Rect(x: start, y: area.y, width: max(0, area.width - 1), height: 1)
    let x = start + frame.write(text, x: start - hidden, y: area.y, within: content) - hidden
    frame.cursor = Point(x: min(start + before - hidden, area.maxX - 1), y: area.y)
    // What is wrong with a key stands where the keys are told that are right.
    let hint = notice ?? prompt.hint
    let hintX = area.maxX - DisplayWidth.of(hint) - 1
    if x + 2 <= hintX {
      let style = look[notice == nil ? .dim : .notice]
      frame.write(hint, x: hintX, y: area.y, style: style, within: area)
    }
  }

  /// A line of text that the last line takes, between what it is for and the keys that end it.
  struct Prompt {
    var lead: String
    var field: TextField
    var hint: String
  }

  /// A key and what it does now.
  struct Hint: Sendable, Hashable {
    var key: String
    var word: String
    var command: Command?
    var isUrgent = false
    /// The key that a click on the hint stands for.
    var press: Key?

    var width: Int { DisplayWidth.of(key) + 1 + DisplayWidth.of(word) }
  }

  /// What the key is called that ends typing.
  var leavingKey: String {
    guard case .typing(let pid) = mode, takesLines(pid) else { return Keymap.leaving.name }
    return Key(.escape).name
  }

  var hints: [Hint] {
    switch mode {
    case .typing(let pid):
      return [
        Hint(key: leavingKey, word: "stop typing", press: Key(name: leavingKey)),
        Hint(key: "every other key", word: "goes to \(visible(history.label(pid)))'s terminal"),
      ]
    case .help:
      return [
        Hint(key: "Esc", word: "close the help", press: Key(.escape)),
        Hint(key: keymap.name(of: .quit), word: "quit", press: keymap.key(of: .quit)),
      ]
    case .searching, .filtering, .commanding, .answering: return []
    case .marking(let isSetting):
      let names = marks.keys.filter(\.isLetter).sorted().map { String($0) }.joined(separator: " ")
      let word =
        isSetting ? "marks this step" : "goes to its step" + (names.isEmpty ? "" : ": \(names)")
      return [
        Hint(key: "a letter", word: word),
        Hint(key: "Esc", word: "cancel", press: Key(.escape)),
      ]
    case .exporting: return exportHints
    case .experimenting:
      return [Hint(key: "Esc", word: "change nothing", press: Key(.escape))]
    case .narrowing:
      return [
        Hint(key: "letters", word: "show only descriptors with them"),
        Hint(key: "Enter", word: "keep", press: Key(.enter)),
        Hint(key: "Esc", word: "show all", press: Key(.escape)),
      ]
    case .normal:
      return keymap.bindings.compactMap { binding in
        guard let key = binding.keys.first, var word = binding.short, isUseful(binding.command)
        else { return nil }
        if binding.command == .step, moment != .now { word = "forward" }
        if binding.command == .step, isNextLessonAhead { word = "next lesson" }
        if binding.command == .now, !options.live { word = "last step" }
        if binding.command == .zoom, isZoomed { word = "all panes" }
        return Hint(
          key: key.name, word: word, command: binding.command,
          isUrgent: isUrgent(binding.command), press: key)
      }
    }
  }

  private var isNextLessonAhead: Bool { moment == .now && nextLesson != nil }

  /// Whether a command is what is waited for.
  private func isUrgent(_ command: Command) -> Bool {
    switch command {
    case .type:
      doesEverybodyWait && moment == .now && status?.terminalReader(in: history.timeline) != nil
    case .answer: true
    default: false
    }
  }

  /// Whether a command does something now, so that the footer should name it.
  private func isUseful(_ command: Command) -> Bool {
    let isNow = moment == .now
    switch command {
    case .step:
      let canStep =
        options.live && status?.mode == .stepping && !doesEverybodyWait
        || lessonRun?.canTurn == true || isNextLessonAhead
      return isNow ? canStep && lessonRun?.phase != .asking : true
    case .back: return (cursorStep ?? 0) > 0
    // Space does the same in the past.
    case .forward: return false
    case .now: return !isNow
    case .resume:
      return options.live && status?.mode == .stepping && isNow && lessonRun?.phase != .asking
    case .pause: return options.live && status?.mode == .running
    case .type: return isNow && typingTarget != nil
    case .findingNext: return !history.timeline.findings.isEmpty
    case .escape: return stepFilter != nil && !isZoomed
    case .answer: return lessonRun?.phase == .asking
    case .list: return focus == .timeline && size.width >= 120
    case .sortRows, .narrowRows:
      if case .descriptors = focus { return true }
      return false
    case .experiment: return !experimentTargets.isEmpty
    case .toggle:
      if case .descriptors = focus { return true }
      return focus == .message && canToggleNode
    default: return true
    }
  }
}
