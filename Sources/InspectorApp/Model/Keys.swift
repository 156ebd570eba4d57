import TextUI
import TraceModel

/// What the user's input does.
extension Inspector {
  mutating func take(_ input: InputEvent) -> [Effect] {
    switch input {
    case .resize(let size):
      self.size = size
      return []
    case .key(let key): return learn() + take(key)
    case .mouse(let mouse): return take(mouse)
    case .paste(let text): return paste(text)
    }
  }

  /// Who presses a key has found the keys.
  private mutating func learn() -> [Effect] {
    guard showsWelcome else { return [] }
    remembered.knowsTheKeys = true
    return [.remember(remembered)]
  }

  mutating func take(_ key: Key) -> [Effect] {
    notice = nil
    search = nil
    if isYetToStand, mode == .normal, earlyKeys.keep(key, for: keymap.command(for: key)) {
      return []
    }
    if keymap.command(for: key).map({ $0 != .sameNext && $0 != .samePrevious }) ?? true {
      followed = nil
    }
    let left = leftByKey
    leftByKey = nil
    switch mode {
    case .typing(let pid): return type(key, to: pid)
    case .searching(let field):
      takeSearch(key, field)
      return []
    case .filtering(let editor):
      takeFilter(key, editor)
      return []
    case .marking(let isSetting):
      takeMark(key, isSetting: isSetting)
      return []
    case .narrowing(let side):
      takeNarrowing(key, side)
      return []
    case .exporting:
      return takeFormat(key)
    case .experimenting(let menu):
      return takeExperiment(key, menu)
    case .commanding(let field):
      return takeCommandLine(key, field)
    case .help(let top):
      return takeHelp(key, top)
    case .answering(let text):
      takeAnswer(key, text)
      return []
    case .normal:
      if key == Keymap.leaving, let left { return passLeavingKey(to: left) }
      guard let command = keymap.command(for: key) else {
        notice = "\(key.name) does nothing here; \(keymap.name(of: .help)) lists all keys."
        return []
      }
      return run(command, number: Keymap.digit(of: key) ?? 0)
    }
  }

  private mutating func takeHelp(_ key: Key, _ top: Int) -> [Effect] {
    let command = keymap.command(for: key)
    switch command {
    case .quit: return [.quit]
    case .suspend: return [.suspend]
    default:
      let movement = command.flatMap(Movement.init)
      mode = movement.map { .help(top: helpTop(after: $0, from: top)) } ?? .normal
      return []
    }
  }

  private mutating func paste(_ text: String) -> [Effect] {
    notice = nil
    switch mode {
    case .typing(let pid): return [.terminal(pid: pid, .paste(text))]
    case .searching(var field):
      field.insert(visible(text))
      mode = .searching(field)
    case .filtering(let editor): pasteFilter(text, editor)
    case .narrowing(let side): rowFilters[side, default: ""] += visible(text)
    case .commanding(var field):
      field.insert(visible(text))
      mode = .commanding(field)
    case .normal, .help, .marking, .exporting, .answering, .experimenting:
      notice = "Pasted text is for a program's terminal: press \(keymap.name(of: .type)) first."
    }
    return []
  }

  /// Does what a key or a word asks for; `number` says which process ``Command/stepProcess`` means.
  mutating func run(_ command: Command, number: Int = 0) -> [Effect] {
    switch command {
    case .step: return step()
    case .stepProcess: return step(process: number)
    case .resume: return resume()
    case .pause: return pause()
    case .suspend: return [.suspend]
    case .quit: return [.quit]
    case .copy: return copy()
    case .escape where exportedBytes != nil: return [.stopExport]
    default:
      runHere(command)
      return []
    }
  }

  /// Commands that concern nothing but the screen.
  private mutating func runHere(_ command: Command) {
    switch command {
    case .back: back()
    case .forward: forward()
    case .now: moment = .now
    case .type: startTyping()
    case .nextPane: focusPane(after: 1)
    case .previousPane: focusPane(after: -1)
    case .up, .down, .left, .right, .pageUp, .pageDown, .top, .bottom:
      if let movement = Movement(command) { move(movement) }
    case .zoom: isZoomed.toggle()
    case .toggle: open()
    case .search: mode = .searching(TextField())
    case .filter: startFiltering()
    case .searchNext: searchAgain(forward: true)
    case .searchPrevious: searchAgain(forward: false)
    case .findingNext: goToFinding(forward: true)
    case .findingPrevious: goToFinding(forward: false)
    case .sameNext: follow(forward: true)
    case .samePrevious: follow(forward: false)
    case .mark: mode = .marking(isSetting: true)
    case .goToMark: mode = .marking(isSetting: false)
    case .export: askForFormat()
    case .experiment: startExperimenting()
    case .list: showsList.toggle()
    case .turnLeft: turn(.left)
    case .turnRight: turn(.right)
    case .sortRows: sortRows()
    case .narrowRows: startNarrowing()
    case .help: mode = .help(top: 0)
    case .commandLine: mode = .commanding(TextField())
    case .escape: backOut()
    case .answer: startAnswering()
    case .step, .stepProcess, .resume, .pause, .copy, .suspend, .quit: break
    }
  }

  /// What Enter does in the focused pane.
  private mutating func open() {
    if case .descriptors(let side) = focus { openDescriptor(side) } else { toggleNode() }
  }

  private mutating func backOut() {
    if case .descriptors(let side) = focus, rowFilters[side] != nil {
      rowFilters[side] = nil
    } else if card != nil {
      card = nil
    } else if isZoomed {
      isZoomed = false
    } else if stepFilter != nil {
      clearFilter()
    } else {
      moment = .now
    }
  }

  private mutating func focusPane(after distance: Int) {
    let panes = panes
    let index = panes.firstIndex(of: focus) ?? 0
    focus = panes[(index + distance + panes.count) % panes.count]
  }
}
