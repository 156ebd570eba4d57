import ControlMessages
import Lessons
import TraceModel

/// What lessons can ask of a send or a receive.
extension LessonFacts {
  func property(_ name: Property, of message: MessageRecord, event: TraceEvent) -> LessonValue {
    switch name {
    case .call: .text(message.call)
    case .result: message.result.map { .number($0) } ?? .nothing
    case .error: message.error.map { .text($0) } ?? .nothing
    case .bytes: .number(message.data.length)
    case .data: .text(String(decoding: message.data.bytes, as: UTF8.self))
    case .fd: .list(message.descriptorNumbers.map { .number(Int($0)) })
    case .fds: .number(message.descriptorNumbers.count)
    case .target: .list(message.descriptors.map { .text($0.target) })
    case .flags: .text(Self.words(message.flags))
    case .returned: .text(Self.words(message.messageFlags ?? []))
    case .truncated: .yes(message.messageFlags?.contains(.controlTruncated) == true)
    case .socket: .number(Int(message.socket.fd))
    case .lost: .number(timeline.transfers(of: event.sequence).reduce(0) { $0 + $1.lost })
    case .proof: .text(proof(of: event.sequence))
    default: control(name, of: message.control)
    }
  }

  private func control(_ name: Property, of control: ControlExcerpt?) -> LessonValue {
    switch name {
    case .capacity: return .number(control?.capacity ?? 0)
    case .used: return .number(control?.length ?? 0)
    default: break
    }
    let records = control?.decoding.records ?? []
    switch name {
    case .messages: return .number(records.count)
    case .length: return .list(records.map { .number($0.declaredLength) })
    case .types:
      return .list(
        records.map { .text(ControlNames.type(level: $0.level, type: $0.type)) })
    case .pid, .uid:
      for case .credentials(let credentials) in records.map(\.message) {
        return .number(name == .pid ? Int(credentials.pid) : Int(credentials.uid))
      }
      return .nothing
    case .pidfd:
      for case .pidDescriptor(let descriptor) in records.map(\.message) {
        return .number(Int(descriptor))
      }
      return .nothing
    default: return .nothing
    }
  }

  private static func words(_ flags: MessageFlags) -> String {
    flags.names.isEmpty ? "0" : flags.names.joined(separator: "|")
  }

  /// `kcmp` where every descriptor is proven to be the one that was sent.
  private func proof(of sequence: Int) -> String {
    let pairs = timeline.transfers(of: sequence).flatMap(\.descriptors)
    return !pairs.isEmpty && pairs.allSatisfy { $0.proof == .kcmp } ? "kcmp" : "none"
  }
}
