/// The drawing characters of one kind of terminal: Unicode's, or those every terminal has.
struct Glyphs: Sendable, Hashable {
  /// By which neighbours a line goes on: up 1, down 2, left 4, right 8.
  let box: [String]
  let horizontal: String
  let vertical: String
  let cornerUpRight: String
  let tee: String
  let arrowLeft: String
  let arrowRight: String
  let becomes: String
  let joined: String
  let same: String
  let cursor: String
  let turn: String
  let pending: String
  let stopped: String
  let running: String
  let ended: String
  let recorded: String
  let ellipsis: String
  let times: String
  let closed: String
  let lost: String
  /// What is in use of something that is offered, and what is not.
  let full: String
  let free: String

  static let unicode = Glyphs(
    box: [" ", "│", "│", "│", "─", "┘", "┐", "┤", "─", "└", "┌", "├", "─", "┴", "┬", "┼"],
    horizontal: "─", vertical: "│",
    cornerUpRight: "└", tee: "├",
    arrowLeft: "◄", arrowRight: "►", becomes: "→", joined: "⇄", same: "═", cursor: "▶",
    turn: "▷", pending: "·", stopped: "⏸", running: "▶", ended: "■", recorded: "●",
    ellipsis: "…", times: "×", closed: "▸", lost: "✗", full: "█", free: "░")

  static let ascii = Glyphs(
    box: [" ", "|", "|", "|", "-", "+", "+", "+", "-", "+", "+", "+", "-", "+", "+", "+"],
    horizontal: "-", vertical: "|",
    cornerUpRight: "`", tee: "|",
    arrowLeft: "<", arrowRight: ">", becomes: "->", joined: "<->", same: "==", cursor: ">",
    turn: "*", pending: ".", stopped: "||", running: ">>", ended: "[]", recorded: "o",
    ellipsis: "...", times: "x", closed: "+", lost: "x", full: "#", free: ".")

  /// A horizontal line of so many columns.
  func line(_ count: Int) -> String {
    String(repeating: horizontal, count: max(0, count))
  }
}
