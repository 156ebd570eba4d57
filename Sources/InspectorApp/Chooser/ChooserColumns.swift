import TextUI
public import TraceModel

/// What a row of the list says, on the screen and as text.
public enum ChooserColumns {
  /// The rows above the list: title, filter, names of the columns.
  static let firstRow = 3
  /// The rows above and below the list: also two for the selected row in full, and the keys.
  static let rowsAround = 6

  static let titles = ["PID", "NAME", "USER", "QUEUED", "SOCKET", "PEERS"]

  static func cells(_ process: SocketProcess) -> [String] {
    [
      String(process.pid), visible(process.comm), visible(process.user),
      process.queued == 0 ? "" : String(process.queued), socket(process), peers(process),
    ]
  }

  private static func socket(_ process: SocketProcess) -> String {
    guard let first = process.paths.first else { return "(unnamed)" }
    let more = process.paths.count - 1
    return visible(first) + (more > 0 ? " +\(more)" : "")
  }

  static func peers(_ process: SocketProcess) -> String {
    peerNames(process).joined(separator: ", ")
  }

  private static func peerNames(_ process: SocketProcess) -> [String] {
    process.peers.map { "\(visible($0.comm)) \($0.pid)" }
  }

  /// As many peers as fit, and how many more there are: `swiftc 17728, swift-frontend 17736 +3`.
  static func peers(_ process: SocketProcess, to width: Int, ellipsis: String) -> String {
    let names = peerNames(process)
    guard let first = names.first else { return "" }
    func list(_ shown: [String]) -> String {
      let more = names.count - shown.count
      return shown.joined(separator: ", ") + (more > 0 ? " +\(more)" : "")
    }
    // A name, its number and a comma take more than three columns.
    let most = min(names.count, max(1, width / 3))
    let lists = (1...most).reversed().lazy.map { list(Array(names.prefix($0))) }
    if let list = lists.first(where: { DisplayWidth.of($0) <= width }) { return list }
    let rest = DisplayWidth.of(list([first])) - DisplayWidth.of(first)
    return list([fittedName(first, to: width - rest, ellipsis: ellipsis)])
  }

  /// Everything a filter looks at, in lower case.
  static func searched(_ process: SocketProcess) -> String {
    ([String(process.pid), process.comm, process.user, peers(process)] + process.paths)
      .joined(separator: " ").lowercased()
  }

  /// How wide each column is, so that all rows fit in `width`: the last two share what is left.
  static func widths(_ rows: [[String]], in width: Int) -> [Int] {
    let limits = [10, 16, 12, 6]
    var widths = limits.indices.map { column in
      let widest = rows.map { DisplayWidth.of($0[column]) }.max() ?? 0
      return min(limits[column], max(titles[column].count, widest))
    }
    // Besides what stands between the two, the column of the mark, and one at the right edge.
    let rest = max(2, width - widths.reduce(0) { $0 + $1 + 2 } - 4)
    let socket = min(rest * 3 / 5, max(6, rows.map { DisplayWidth.of($0[4]) }.max() ?? 0))
    widths += [socket, rest - socket]
    return widths
  }

  /// The list as lines of text, the names of the columns first; nothing is cut.
  public static func text(_ census: SocketCensusResult) -> String {
    let rows = [titles] + census.processes.map(cells)
    let widths = titles.indices.map { column in
      rows.map { DisplayWidth.of($0[column]) }.max() ?? 0
    }
    return rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        line += padded(cell, to: widths[column], isNumber: isNumber(column)) + "  "
      }
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }

  static func isNumber(_ column: Int) -> Bool { column == 0 || column == 3 }

  static func padded(_ text: String, to width: Int, isNumber: Bool) -> String {
    let space = String(repeating: " ", count: max(0, width - DisplayWidth.of(text)))
    return isNumber ? space + text : text + space
  }
}

extension SocketCensusResult {
  /// What the list does not show and why; nil when it shows everything.
  public var remark: String? {
    if let limitation { return limitation }
    guard hidden > 0 else { return nil }
    let who = hidden == 1 ? "1 process does" : "\(hidden) processes do"
    return "\(who) not show their sockets to you: run fdpass-tui as root (sudo) to see them."
  }
}
