import TextUI
import TraceModel

/// The menu of experiments as sentences.
extension LinearAccount {
  /// What a change in the menu says; `isNew` when it was just opened.
  static func sentences(
    _ menu: ExperimentMenu, isNew: Bool, _ inspector: Inspector
  ) -> [String] {
    guard let target = inspector.target(of: menu) else { return [] }
    let call = Wording.call(target.message.call, on: target.message.socket.fd)
    var lines: [String] = []
    if isNew {
      lines.append(
        "What if: \(target.threadName) is about to call \(call). Arrows choose, Enter does it, Esc "
          + "leaves.")
    }
    let title = menu.kind.title(target)
    switch menu.stage {
    case .choosing:
      let words =
        menu.kind.obstacle(target).map { "does not fit: \($0)." } ?? menu.kind.explanation(target)
      lines.append(menu.problem ?? "\(title): \(words)")
    case .typing(let field, _):
      lines.append(menu.problem ?? "\(title), \(menu.kind.question ?? "")\(field.text)")
    case .confirming:
      lines.append("\(target.name) was not started here. Change its call? y yes, other keys no.")
    }
    return lines
  }
}
