import TextUI
import TraceModel

/// What the user's input does.
extension Inspector {
  mutating func take(_ input: InputEvent) -> [Effect] {
    switch input {
    case .resize(let size):
      self.size = size
      return []
    case .key(let key): return take(key)
    case .mouse(let mouse):
      if case .typing(let pid) = mode { return drive(mouse, of: pid) }
      take(mouse)
      return []
    case .paste(let text): return paste(text)
    }
  }

  private mutating func take(_ key: Key) -> [Effect] {
    notice = nil
    search = nil
    if Keymap.command(for: key).map({ $0 != .sameNext && $0 != .samePrevious }) ?? true {
      followed = nil
    }
    let left = leftByKey
    leftByKey = nil
    switch mode {
    case .typing(let pid): return type(key, to: pid)
    case .searching(let text):
      takeSearch(key, text)
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
    case .help:
      return takeHelp(key)
    case .exporting:
      return takeFormat(key)
    case .normal:
      if key == Keymap.leaving, let left { return passLeavingKey(to: left) }
      return Keymap.command(for: key).map { run($0, key: key) } ?? []
    }
  }

  private mutating func takeHelp(_ key: Key) -> [Effect] {
    switch Keymap.command(for: key) {
    case .quit: return [.quit]
    case .suspend: return [.suspend]
    default:
      mode = .normal
      return []
    }
  }

  private mutating func paste(_ text: String) -> [Effect] {
    notice = nil
    switch mode {
    case .typing(let pid): return [.terminal(pid: pid, .paste(text))]
    case .searching(let old): mode = .searching(old + visible(text))
    case .filtering(let editor): pasteFilter(text, editor)
    case .narrowing(let side): rowFilters[side, default: ""] += visible(text)
    case .normal, .help, .marking, .exporting:
      notice = "Pasted text is for a program's terminal: press i first."
    }
    return []
  }

  private mutating func run(_ command: Command, key: Key) -> [Effect] {
    switch command {
    case .step: return step()
    case .stepProcess: return step(process: Keymap.digit(of: key) ?? 0)
    case .resume: return resume()
    case .pause: return pause()
    case .suspend: return [.suspend]
    case .quit: return [.quit]
    case .copy: return copy()
    default:
      runHere(command)
      return []
    }
  }

  /// Commands that concern nothing but the screen.
  private mutating func runHere(_ command: Command) {
    switch command {
    case .back: focus == .bytes && scene.message != nil ? move(.left) : back()
    case .forward: focus == .bytes && scene.message != nil ? move(.right) : forward()
    case .now: moment = .now
    case .type: startTyping()
    case .nextPane: focusPane(after: 1)
    case .previousPane: focusPane(after: -1)
    case .up: move(.up)
    case .down: move(.down)
    case .left: move(.left)
    case .right: move(.right)
    case .pageUp: move(.pageUp)
    case .pageDown: move(.pageDown)
    case .top: move(.top)
    case .bottom: move(.bottom)
    case .zoom: isZoomed.toggle()
    case .toggle: open()
    case .search: mode = .searching("")
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
    case .list: showsList.toggle()
    case .turnLeft: turn(.left)
    case .turnRight: turn(.right)
    case .sortRows: sortRows()
    case .narrowRows: startNarrowing()
    case .help: mode = .help
    case .escape: backOut()
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
    let panes = Pane.all(sides: lanes.sides)
    let index = panes.firstIndex(of: focus) ?? 0
    focus = panes[(index + distance + panes.count) % panes.count]
  }
}
