import TextUI
import TraceModel

/// The start, the exec and the end of a process, and what its terminal shows.
extension Scene {
  func explain(_ record: ProcessRecord) -> String {
    switch record.event {
    case .started(let parent): started(record, parent)
    case .attached: attached(record)
    case .executed: executed(record)
    case .exited(let status): exited(status)
    case .killed(let signal): killed(by: signal)
    }
  }

  private func started(_ record: ProcessRecord, _ parent: Int32?) -> String {
    let program = record.arguments.map { visible($0) }.joined(separator: " ")
    let rows = timeline.tables(at: moment)[event.pid]?.rows ?? []
    let table = Wording.shortList(rows.map { "\($0.fd) (\(target($0)))" })
    let isFork = parent.map { timeline.process($0) != nil } ?? false
    return Wording.join(
      "\(actor) is process \(event.pid)" + (program.isEmpty ? "." : ": `\(program)`."),
      parent.map {
        isFork
          ? "\(name($0)) made it by a fork, so it has the same numbers for the same open files."
          : "Process \($0) made it."
      },
      rows.isEmpty ? nil : "Its table has \(Wording.count(rows.count, "descriptor")): \(table).")
  }

  private func attached(_ record: ProcessRecord) -> String {
    let program = record.arguments.map { visible($0) }.joined(separator: " ")
    let rows = timeline.tables(at: moment)[event.pid]?.rows ?? []
    let table = Wording.shortList(rows.map { "\($0.fd) (\(target($0)))" })
    return Wording.join(
      "\(actor) (process \(event.pid)) ran before we came"
        + (program.isEmpty ? "." : ": `\(program)`."),
      rows.isEmpty ? nil : "Its table has \(Wording.count(rows.count, "descriptor")): \(table).",
      "What it did until now was not seen; it runs on when we leave.")
  }

  private func executed(_ record: ProcessRecord) -> String {
    let program = record.arguments.map { visible($0) }.joined(separator: " ")
    let closed = event.changes.filter { $0.pid == event.pid && $0.now == nil }
      .map { String($0.fd) }
    return Wording.join(
      "\(actor) (process \(event.pid)) runs a new program"
        + (program.isEmpty ? "." : ": `\(program)`."),
      "Its descriptors stay open across the exec, but for those marked close-on-exec.",
      closed.isEmpty ? nil : "Here the kernel closed \(Wording.shortList(closed)).",
      Wording.rightsNotGiven(record).map { "\($0.capitalizedFirst)." })
  }

  private func exited(_ status: Int32) -> String {
    let meaning = status == 0 ? "success" : "by custom, a failure"
    return Wording.join("\(actor) ended with status \(status) (\(meaning)).", closedAtEnd)
  }

  private func killed(by signal: Int32) -> String {
    Wording.join(
      "\(Wording.signal(signal)) ended \(actor).".capitalizedFirst, closedAtEnd)
  }

  private var closedAtEnd: String {
    let count = gone.count
    let closed =
      count == 0
      ? "The kernel closed its descriptors."
      : "The kernel closed its "
        + "\(Wording.count(count, "descriptor"))."
    return closed + " An open file lives on as long as another descriptor, or a message in "
      + "flight, refers to it."
  }

  func explain(_ record: OutputRecord) -> String {
    let data = DataExcerpt(bytes: record.lines)
    let size = Wording.count(record.bytes.count, "byte")
    let shown = "\(actor)'s terminal showed \(size): \(Wording.quote(data, limit: 60))."
    guard let (writer, fd) = foreignWriter() else { return shown }
    return shown + " Just before, \(writer) wrote to its \(fd), which is this terminal: the "
      + "output of one process on the terminal of another."
  }

  /// The other process that wrote to the terminal of the event's process last, if one did.
  func foreignWriter() -> (name: String, fd: Int32)? {
    guard let terminal = row(1)?.target else { return nil }
    let before = timeline.events(before: moment, count: 16)
    for earlier in before.reversed() {
      guard case .call(let call) = earlier.body, call.name.hasPrefix("write"), let fd = call.fd
      else { continue }
      guard row(fd, of: earlier.pid)?.target == terminal else { continue }
      return earlier.pid == event.pid ? nil : (name(earlier.pid), fd)
    }
    return nil
  }
}

extension OutputRecord {
  /// The bytes without the end of their last line, which every output has and nobody misses.
  var lines: [UInt8] {
    Array(bytes.reversed().drop { $0 == 0x0A || $0 == 0x0D }.reversed())
  }
}

extension String {
  /// The same with a capital first letter, as a sentence begins.
  var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
