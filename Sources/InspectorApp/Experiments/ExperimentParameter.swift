import ControlMessages
import TraceModel

/// What has to be typed for some experiments.
extension ExperimentKind {
  /// What is asked for; nil where nothing is.
  var question: String? {
    switch self {
    case .shrink, .grow: "bytes: "
    case .drop: "descriptor: "
    case .replace: "OLD=NEW: "
    case .declare: "cmsg_len: "
    case .limit: "limit: "
    case .fail: "error: "
    case .takeBack, .remove, .closeOnExec, .peek, .noData: nil
    }
  }

  /// What stands there at first: what shows most.
  func suggestion(_ target: ExperimentTarget) -> String {
    switch self {
    case .shrink: String(shrunk(target))
    case .grow: String(grown(target))
    case .drop: target.numbers.first.map { String($0) } ?? ""
    case .replace: target.numbers.first.map { "\($0)=" } ?? ""
    case .declare: String(declared(target))
    case .limit: String(target.isSend ? 0 : target.lowestFree)
    case .fail: ""
    case .takeBack, .remove, .closeOnExec, .peek, .noData: ""
    }
  }

  /// Room for one descriptor less than is queued.
  private func shrunk(_ target: ExperimentTarget) -> Int {
    let kept = target.isSend ? target.numbers.count : target.queued
    return min(target.abi.length(payload: 4 * max(0, kept - 1)), max(0, target.capacity - 1))
  }

  private func grown(_ target: ExperimentTarget) -> Int {
    let most = target.abi.space(payload: 4 * ControlBuffer.maximumDescriptors)
    if target.isSend { return target.capacity + target.abi.headerLength }
    return target.capacity < most ? most : 2 * target.capacity
  }

  /// CMSG_SPACE where that is more than CMSG_LEN, else one number more.
  private func declared(_ target: ExperimentTarget) -> Int {
    let record = target.message.control?.decoding.records.first
    let payload = record?.payload.count ?? 0
    let space = target.abi.space(payload: payload)
    return space == record?.declaredLength ? space + 4 : space
  }

  /// What Tab offers.
  func candidates(_ target: ExperimentTarget) -> [String] {
    switch self {
    case .drop: return target.numbers.map { String($0) }
    case .replace:
      return target.numbers.flatMap { old in
        target.open.filter { $0 != old }.map { "\(old)=\($0)" }
      }
    case .fail:
      let both = ["EAGAIN", "EBADF", "ECONNRESET", "EINTR", "EINVAL", "ENOBUFS", "ENOMEM"]
      return
        (both
        + (target.isSend
          ? ["EDESTADDRREQ", "EMSGSIZE", "ENOTCONN", "EPERM", "EPIPE", "ETOOMANYREFS"]
          : ["ENOTCONN"]))
        .sorted()
    default: return []
    }
  }

  /// The experiment that was asked for.
  ///
  /// - Throws: what is wrong with the text, as a sentence.
  func experiment(
    _ text: String, _ target: ExperimentTarget
  ) throws(ExperimentInputProblem) -> Experiment? {
    let flags = target.message.flags
    switch self {
    case .takeBack: return nil
    case .shrink:
      let size = try number(text)
      guard size < target.capacity else {
        throw ExperimentInputProblem("Type less than the \(target.capacity) bytes it has.")
      }
      return .resizeControl(to: size)
    case .grow:
      let size = try number(text)
      guard size > target.capacity else {
        throw ExperimentInputProblem("Type more than the \(target.capacity) bytes it has.")
      }
      return .resizeControl(to: size)
    case .remove: return .removeControl
    case .closeOnExec:
      return flags.contains(.closeOnExec) ? .removeFlags(.closeOnExec) : .addFlags(.closeOnExec)
    case .peek: return flags.contains(.peek) ? .removeFlags(.peek) : .addFlags(.peek)
    case .drop: return .dropDescriptor(at: try place(of: text, target))
    case .replace:
      let words = text.split(separator: "=", omittingEmptySubsequences: false)
      guard words.count == 2, let new = Int32(words[1]) else {
        throw ExperimentInputProblem("Type a number of the message, = and the one to send, as 1=2.")
      }
      return .replaceDescriptor(at: try place(of: String(words[0]), target), by: new)
    case .declare: return .declareLength(try number(text))
    case .noData: return .noData
    case .limit: return .limitDescriptors(to: try number(text))
    case .fail:
      let name = text.uppercased()
      guard name.count > 1, name.first == "E", name.allSatisfy({ $0.isLetter || $0.isNumber })
      else {
        throw ExperimentInputProblem("Type the name of an error; Tab completes.")
      }
      return .fail(error: name)
    }
  }

  private func number(_ text: String) throws(ExperimentInputProblem) -> Int {
    guard let number = Int(text), number >= 0 else {
      throw ExperimentInputProblem("Type a number.")
    }
    return number
  }

  /// The place of a descriptor in the message, by its number.
  private func place(
    of text: String, _ target: ExperimentTarget
  ) throws(ExperimentInputProblem) -> Int {
    guard let place = target.numbers.firstIndex(where: { String($0) == text }) else {
      let numbers = target.numbers.prefix(8).map { String($0) }.joined(separator: ", ")
      throw ExperimentInputProblem("The message passes \(numbers).")
    }
    return place
  }
}

/// What is wrong with what was typed, as a sentence.
struct ExperimentInputProblem: Error, Hashable {
  let sentence: String

  init(_ sentence: String) { self.sentence = sentence }
}
