import TextUI
import TraceModel

/// The last line: a notice, what is being typed, or the keys that do something now.
extension Inspector {
  func drawFooter(in area: Rect, _ frame: inout Frame) {
    if case .searching(let text) = mode {
      drawSearch(text, in: area, &frame)
      return
    }
    if let notice {
      let text = fitted(notice, to: area.width - 2, ellipsis: look.glyphs.ellipsis)
      frame.write(text, x: area.x + 1, y: area.y, style: look[.notice], within: area)
      return
    }
    var x = area.x + 1
    for hint in fitting(hints, width: area.width - 2) {
      let isUrgent = hint.isUrgent
      x += frame.write(
        hint.key, x: x, y: area.y, style: look[isUrgent ? .selected : .key], within: area)
      x += frame.write(
        " " + hint.word, x: x, y: area.y, style: look[isUrgent ? .notice : .plain], within: area)
      x += 2
    }
  }

  /// The hints without those that are soonest found without them, as far as room is wanting.
  private func fitting(_ hints: [Hint], width: Int) -> [Hint] {
    var hints = hints
    func isTooWide() -> Bool { hints.reduce(-2) { $0 + $1.width + 2 } > width }
    for command in [Command.list, .filter, .search, .findingNext, .zoom, .nextPane, .resume]
    where isTooWide() {
      hints.removeAll { $0.command == command }
    }
    return hints
  }

  private func drawSearch(_ text: String, in area: Rect, _ frame: inout Frame) {
    let hint = "Enter search  Esc cancel"
    let x = area.x + 1 + frame.write("/" + text, x: area.x + 1, y: area.y, within: area)
    frame.cursor = Point(x: min(x, area.maxX - 1), y: area.y)
    let hintX = area.maxX - hint.count - 1
    if x + 2 <= hintX {
      frame.write(hint, x: hintX, y: area.y, style: look[.dim], within: area)
    }
  }

  /// A key and what it does now.
  struct Hint: Sendable, Hashable {
    var key: String
    var word: String
    var command: Command?
    var isUrgent = false

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
        Hint(key: leavingKey, word: "stop typing"),
        Hint(key: "every other key", word: "goes to \(visible(history.label(pid)))'s terminal"),
      ]
    case .help: return [Hint(key: "Esc", word: "close the help"), Hint(key: "q", word: "quit")]
    case .searching, .filtering: return []
    case .marking(let isSetting):
      let names = marks.keys.filter(\.isLetter).sorted().map { String($0) }.joined(separator: " ")
      let word =
        isSetting ? "marks this step" : "goes to its step" + (names.isEmpty ? "" : ": \(names)")
      return [Hint(key: "a letter", word: word), Hint(key: "Esc", word: "cancel")]
    case .exporting: return exportHints
    case .narrowing:
      return [
        Hint(key: "letters", word: "show only descriptors with them"),
        Hint(key: "Enter", word: "keep"), Hint(key: "Esc", word: "show all"),
      ]
    case .normal:
      return Keymap.bindings.compactMap { binding in
        guard var word = binding.short, isUseful(binding.command) else { return nil }
        if binding.command == .step, moment != .now { word = "forward" }
        if binding.command == .now, !options.live { word = "end" }
        if binding.command == .zoom, isZoomed { word = "all panes" }
        return Hint(
          key: binding.keys.first?.name ?? "", word: word, command: binding.command,
          isUrgent: binding.command == .type && doesEverybodyWait && moment == .now)
      }
    }
  }

  /// Whether a command does something now, so that the footer should name it.
  private func isUseful(_ command: Command) -> Bool {
    let isNow = moment == .now
    switch command {
    case .step:
      let canStep = options.live && status?.mode == .stepping && !doesEverybodyWait
      return isNow ? canStep : true
    case .back: return (cursorStep ?? 0) > 0
    // Space does the same in the past.
    case .forward: return false
    case .now: return !isNow
    case .resume: return options.live && status?.mode == .stepping && isNow
    case .pause: return options.live && status?.mode == .running
    case .type: return isNow && typingTarget != nil
    case .findingNext: return !history.timeline.findings.isEmpty
    case .escape: return stepFilter != nil && !isZoomed
    case .list: return focus == .timeline && size.width >= 120
    case .sortRows, .narrowRows:
      if case .descriptors = focus { return true }
      return false
    case .toggle:
      if case .descriptors = focus { return true }
      return focus == .message && canToggleNode
    default: return true
    }
  }
}
