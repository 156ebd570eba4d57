import TextUI

/// Which lines of a message a pane shows that has no room for all, as long as the user chose none.
enum MessageWindow {
  /// The first line of the page that says the most; it has the line `row`.
  static func first(of nodes: [MessageNode], around row: Int, height: Int) -> Int {
    let last = nodes.count - height
    guard height > 0, last > 0 else { return 0 }
    let earliest = min(last, max(0, row - height + 1))
    let latest = max(earliest, min(last, row))
    var best = (first: earliest, weight: -1)
    for first in earliest...latest {
      let weight = nodes[first..<(first + height)].reduce(0) { $0 + self.weight(of: $1) }
      if weight > best.weight { best = (first, weight) }
    }
    return best.first
  }

  /// How much a line tells that does not stand elsewhere on the screen, or go without saying.
  private static func weight(of node: MessageNode) -> Int {
    switch node.role {
    case .warning, .malformed: 6
    case .descriptor: 5
    case .credential: 4
    // What the kernel reports, and what a receiver asks for, decides what happens; most senders
    // ask for nothing.
    case .flags: node.value == "0" || node.value == "MSG_NOSIGNAL" ? 1 : 3
    case .length, .data: 2
    case .heading where node.id == "control": 2
    case .type, .payload, .result: 1
    case .heading, .socket, .level, .padding, .slack: 0
    }
  }
}
