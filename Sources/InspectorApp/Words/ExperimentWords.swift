import TextUI
import TraceModel

/// What was changed in a call, in words.
enum ExperimentWords {
  /// What the user did, without a subject: `cut the control buffer from 24 to 16 bytes`.
  static func deed(_ record: ExperimentRecord) -> String {
    func was(_ field: String) -> String {
      record.changes.first { $0.field.hasPrefix(field) }.map { visible($0.was) } ?? "what was there"
    }
    switch record.experiment {
    case .resizeControl(let size):
      let old = was("msg_controllen")
      let isSmaller = Int(old).map { size < $0 } ?? true
      return "\(isSmaller ? "cut" : "enlarged") the control buffer from \(old) to \(size) bytes"
    case .removeControl: return "took the control buffer away"
    case .addFlags(let flags): return "added \(flags.names.joined(separator: "|"))"
    case .removeFlags(let flags): return "left out \(flags.names.joined(separator: "|"))"
    case .dropDescriptor: return "left descriptor \(was("fd[")) out"
    case .replaceDescriptor(_, let number): return "sent \(number) in the place of \(was("fd["))"
    case .declareLength(let length):
      return "wrote \(length) into cmsg_len, where \(was("cmsg_len")) stood"
    case .noData: return "took the data away"
    case .limitDescriptors(let limit):
      return "lowered the limit of descriptors from \(was("RLIMIT_NOFILE")) to \(limit)"
    case .fail(let error): return "let the call fail with \(visible(error))"
    }
  }

  /// `msg_controllen 24 → 16, msg_control 0x7ff0 → NULL`.
  static func changes(_ record: ExperimentRecord, arrow: String = "→") -> String {
    record.changes
      .map { "\(visible($0.field)) \(visible($0.was)) \(arrow) \(visible($0.now))" }
      .joined(separator: ", ")
  }

  /// A line for those who were not there.
  static func line(_ record: ExperimentRecord, arrow: String = "→") -> String {
    "changed by an experiment, which \(deed(record)): \(changes(record, arrow: arrow))"
  }

  /// What was done to a call that has returned, before what came of it is told.
  static func sentence(_ message: MessageRecord) -> String? {
    guard let record = message.experiment else { return nil }
    let deed = "You \(deed(record)) before the kernel saw the call."
    guard message.isReceive, message.result != nil else { return deed }
    return deed + " Then the program's own values were put back; only msg_controllen and msg_flags "
      + "are what the kernel answered."
  }
}

extension MessageRecord {
  /// The error that the user and not the kernel gave.
  var injectedError: String? {
    if case .fail(let error) = experiment?.experiment, error == self.error { error } else { nil }
  }
}
