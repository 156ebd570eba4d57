public import TextUI
public import TraceModel

/// The list from which processes are chosen to be attached, as a value.
public struct Chooser: Program {
  /// What can happen.
  public enum Message: Sendable {
    /// The user did something.
    case input(InputEvent)
    /// Everybody was counted anew.
    case census(SocketCensusResult)
  }

  /// What the list can ask for.
  public enum Effect: Sendable, Hashable {
    /// Attach these processes.
    case attach([Int32])
    /// Give the terminal back and stop, as Ctrl-Z does.
    case suspend
    /// Leave without attaching anybody.
    case quit
  }

  let look: Look
  var size: Size
  /// Nil until the first census.
  var census: SocketCensusResult?
  var filter = ""
  /// The process the cursor is on; it stays on it while the list changes.
  var selected: Int32?
  /// The process the cursor was on and where, should it end.
  var selectedIndex = 0
  var marked: Set<Int32> = []
  /// The index of the first row on the screen.
  var top = 0

  /// A list without rows.
  public init(size: Size, options: InspectorOptions = InspectorOptions()) {
    self.size = size
    look = options.look
  }

  /// Takes in one message.
  public mutating func update(_ message: Message) -> [Effect] {
    var effects: [Effect] = []
    switch message {
    case .census(let result): take(result)
    case .input(.resize(let size)): self.size = size
    case .input(.paste(let text)): filter += visible(text)
    case .input(.mouse(let event)): take(event)
    case .input(.key(let key)): effects = take(key)
    }
    settle()
    return effects
  }

  private mutating func take(_ result: SocketCensusResult) {
    census = result
    marked.formIntersection(result.processes.map(\.pid))
  }

  /// The rows that the filter leaves: every word of it must be somewhere in the row.
  var rows: [SocketProcess] {
    let words = filter.lowercased().split(separator: " ")
    let all = census?.processes ?? []
    guard !words.isEmpty else { return all }
    return all.filter { process in
      let text = ChooserColumns.searched(process)
      return words.allSatisfy { text.contains($0) }
    }
  }

  var listHeight: Int { max(1, size.height - ChooserColumns.rowsAround) }

  /// Keeps the cursor on a row and the row on the screen.
  private mutating func settle() {
    let rows = rows
    if let index = rows.firstIndex(where: { $0.pid == selected }) {
      selectedIndex = index
    } else {
      selectedIndex = max(0, min(selectedIndex, rows.count - 1))
      selected = rows.isEmpty ? nil : rows[selectedIndex].pid
    }
    top = max(0, min(top, selectedIndex, rows.count - 1))
    if selectedIndex >= top + listHeight { top = selectedIndex - listHeight + 1 }
  }

  private mutating func move(by distance: Int) {
    let rows = rows
    guard !rows.isEmpty else { return }
    selectedIndex = max(0, min(rows.count - 1, selectedIndex + distance))
    selected = rows[selectedIndex].pid
  }

  private mutating func take(_ event: MouseEvent) {
    switch event.kind {
    case .wheelUp: move(by: -3)
    case .wheelDown: move(by: 3)
    case .press(.left):
      let index = top + event.position.y - ChooserColumns.firstRow
      if rows.indices.contains(index), event.position.y >= ChooserColumns.firstRow {
        move(by: index - selectedIndex)
      }
    default: break
    }
  }

  private mutating func take(_ key: Key) -> [Effect] {
    switch key {
    case Key(.up), .control("p"): move(by: -1)
    case Key(.down), .control("n"): move(by: 1)
    case Key(.pageUp): move(by: -listHeight)
    case Key(.pageDown): move(by: listHeight)
    case Key(.home): move(by: -rows.count)
    case Key(.end): move(by: rows.count)
    case Key(.tab): mark()
    case Key(.enter): return attach()
    case Key(.backspace): if !filter.isEmpty { filter.removeLast() }
    case .control("u"): filter = ""
    case .control("c"): return [.quit]
    case .control("z"): return [.suspend]
    case Key(.escape):
      if filter.isEmpty { return [.quit] }
      filter = ""
    default: return type(key)
    }
    return []
  }

  private mutating func type(_ key: Key) -> [Effect] {
    guard case .character(let character) = key.code, key.modifiers.isEmpty else { return [] }
    if filter.isEmpty, character == "q" { return [.quit] }
    filter.append(character)
    return []
  }

  private mutating func mark() {
    guard let selected else { return }
    if marked.remove(selected) == nil { marked.insert(selected) }
    move(by: 1)
  }

  private func attach() -> [Effect] {
    let chosen = marked.isEmpty ? [selected].compactMap { $0 } : marked.sorted()
    return chosen.isEmpty ? [] : [.attach(chosen)]
  }
}
