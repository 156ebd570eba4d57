import TextUI
import TraceModel

/// A filter that is being typed.
struct FilterEditor: Sendable, Hashable {
  var field: TextField
  /// Where the screen looked when the typing began; each change of the filter starts from there.
  let origin: Moment
  var problem: FilterProblem?
  var completion: FilterCompletion?
}

/// Filtering the steps, while the filter is typed and after.
extension Inspector {
  /// The steps that the timeline shows.
  var shownSteps: ShownSteps {
    ShownSteps(all: history.steps.count, matches: stepFilter?.matches)
  }

  mutating func startFiltering() {
    mode = .filtering(
      FilterEditor(field: TextField(stepFilter?.filter.text ?? ""), origin: moment))
  }

  /// Shows only what passes a filter; nil, or one without a term, shows everything.
  mutating func filter(by filter: Filter?) {
    guard filter != stepFilter?.filter else { return }
    stepFilter = filter.flatMap { $0.isEmpty ? nil : StepFilter($0) }
    stepFilter?.goOn(in: history.timeline)
  }

  mutating func takeFilter(_ key: Key, _ editor: FilterEditor) {
    var editor = editor
    switch (key.code, key.modifiers) {
    case (.escape, _), (.character("c"), .control):
      clearFilter()
      moment = editor.origin
      return
    case (.enter, _):
      guard editor.problem == nil else { return }
      mode = .normal
      return
    case (.tab, _): complete(&editor, forward: true)
    case (.backTab, _): complete(&editor, forward: false)
    case (.backspace, _) where editor.field.characters.isEmpty:
      clearFilter()
      return
    default:
      guard editor.field.take(key) else { return }
      editor.completion = nil
    }
    apply(editor)
  }

  mutating func pasteFilter(_ text: String, _ editor: FilterEditor) {
    var editor = editor
    editor.field.insert(visible(text.filter { !$0.isNewline }))
    editor.completion = nil
    apply(editor)
  }

  mutating func clearFilter() {
    mode = .normal
    filter(by: nil)
  }

  /// A filter with a mistake in it leaves what is shown as it is.
  private mutating func apply(_ editor: FilterEditor) {
    var editor = editor
    do throws(FilterProblem) {
      let new = try Filter(editor.field.text)
      editor.problem = nil
      if new != stepFilter?.filter {
        moment = editor.origin
        filter(by: new)
      }
    } catch {
      editor.problem = error
    }
    mode = .filtering(editor)
  }

  private mutating func complete(_ editor: inout FilterEditor, forward: Bool) {
    if var completion = editor.completion, !completion.candidates.isEmpty {
      let count = completion.candidates.count
      let chosen =
        completion.chosen.map { ($0 + (forward ? 1 : count - 1)) % count }
        ?? (forward ? 0 : count - 1)
      completion.chosen = chosen
      editor.replace(&completion, with: completion.candidates[chosen])
      return
    }
    let time = scene.event?.time ?? 0
    var completion = FilterCompletion(editor.field, in: history.timeline, time: time)
    guard !completion.candidates.isEmpty else { return }
    let common = completion.commonPart
    let isOnly = completion.candidates.count == 1
    if !isOnly, common.count <= completion.range.count { completion.chosen = 0 }
    editor.replace(&completion, with: completion.chosen == nil ? common : completion.candidates[0])
    if isOnly { editor.completion = nil }
  }

  /// Brings the cursor to a step that passes, the nearest before it if there is one.
  mutating func settleFilter() {
    guard let stepFilter, case .past(let step) = moment, step < stepFilter.examined,
      !shownSteps.contains(step)
    else { return }
    if let before = shownSteps.before(step) {
      go(to: before)
    } else if stepFilter.isDone(history.timeline), let after = shownSteps.after(step) {
      go(to: after)
    }
  }
}

extension FilterEditor {
  fileprivate mutating func replace(_ completion: inout FilterCompletion, with text: String) {
    field.replace(completion.range, with: text)
    completion.range = completion.range.lowerBound..<field.cursor
    self.completion = completion
  }
}
