import TextUI
import TraceModel

/// Small pieces of English that every sentence needs.
enum Wording {
  /// `1 byte`, `17 bytes`, `1 descriptor`.
  static func count(_ number: some BinaryInteger, _ noun: String) -> String {
    number == 1 ? "1 \(noun)" : "\(number) \(noun)s"
  }

  /// `a`, `a and b`, `a, b and c`.
  static func list(_ items: [String]) -> String {
    guard let last = items.last, items.count > 1 else { return items.first ?? "" }
    return items.dropLast().joined(separator: ", ") + " and " + last
  }

  /// Items beyond the first few as a number: a message may carry 253 descriptors.
  static func shortList(_ items: [String], limit: Int = 4) -> String {
    guard items.count > limit else { return list(items) }
    return items.prefix(limit).joined(separator: ", ") + " and \(items.count - limit) more"
  }

  /// Sentences, one after the other; missing ones leave no gap.
  static func join(_ sentences: String?...) -> String {
    sentences.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// The beginning of some data as quoted text, with a sign when there is more.
  static func quote(_ data: DataExcerpt, limit: Int = 48, unicode: Bool = true) -> String {
    let isWhole = data.bytes.count <= limit && !data.isCut
    let shown = data.bytes.prefix(limit)
    let text = unicode ? visible(shown) : escaped(shown)
    let more = unicode ? "…" : "..."
    return "\"\(text)\"" + (isWhole ? "" : more)
  }

  /// Bytes as a C string literal shows them.
  private static func escaped(_ bytes: some Sequence<UInt8>) -> String {
    bytes.reduce(into: "") { text, byte in
      switch byte {
      case 0x0A: text += "\\n"
      case 0x0D: text += "\\r"
      case 0x09: text += "\\t"
      case 0x22: text += "\\\""
      case 0x5C: text += "\\\\"
      case 0x20..<0x7F: text.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16)
        text += digits.utf8.count == 1 ? "\\x0\(digits)" : "\\x\(digits)"
      }
    }
  }

  /// A time in microseconds as one or two units: `120 ms`, `1.2 s`, `3 min 5 s`, `2 h 7 min`.
  static func duration(_ microseconds: Int64) -> String {
    let seconds = microseconds / 1_000_000
    if seconds < 1 { return "\(microseconds / 1000) ms" }
    if seconds < 60 { return "\(seconds).\(microseconds / 100_000 % 10) s" }
    if seconds < 3600 { return "\(seconds / 60) min \(seconds % 60) s" }
    return "\(seconds / 3600) h \(seconds / 60 % 60) min"
  }

  /// A size in its largest whole unit: `840 B`, `12 kB`, `3 MB`.
  static func size(_ bytes: Int) -> String {
    if bytes < 1000 { return "\(bytes) B" }
    return bytes < 1_000_000 ? "\(bytes / 1000) kB" : "\(bytes / 1_000_000) MB"
  }

  /// What a program was denied because it is watched, as a clause; nil when nothing was.
  static func rightsNotGiven(_ record: ProcessRecord) -> String? {
    record.rightsNotGiven.map {
      "its file would give it the rights of \(visible($0)): the kernel does not, since a tracer "
        + "without privileges watches"
    }
  }

  /// `sendmsg on 4`: a call and the descriptor it is made on. A number in brackets behind a name, as
  /// in `sendmsg(2)`, is a chapter of the manual.
  static func call(_ name: String, on fd: Int32?) -> String {
    visible(name) + (fd.map { " on \($0)" } ?? "")
  }

  /// The name of a signal, by its number on Linux.
  static func signal(_ number: Int32) -> String {
    let names = [
      "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL",
      "SIGUSR1", "SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM",
    ]
    let index = Int(number) - 1
    return names.indices.contains(index) ? "signal \(number), \(names[index])," : "signal \(number)"
  }
}
