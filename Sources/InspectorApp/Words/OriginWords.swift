import TextUI
import TraceModel

/// Where a descriptor comes from, in words.
struct OriginWords {
  /// How a reader finds the event that is spoken of.
  enum Reference {
    /// By the number that a screen counts steps by.
    case step
    /// By the time at the front of its line.
    case time
  }

  let timeline: Timeline
  let name: (Int32) -> String
  var reference = Reference.step

  /// `from server's 1 (step 11), there when server began`; nil when nothing is known.
  func sentence(of holder: DescriptorHolder, at sequence: Int) -> String? {
    timeline.origin(of: holder, at: sequence).map { sentence($0, receivedAs: holder.fd) }
  }

  /// The way back from a descriptor, the last hop first, and how the first holder came to have it.
  func sentence(_ origin: Origin, receivedAs fd: Int32) -> String {
    var parts: [String] = []
    var fd: Int32? = fd
    for index in origin.hops.indices.reversed() {
      let hop = origin.hops[index]
      let source = index > 0 ? origin.hops[index - 1].pid : origin.holder.pid
      fd = number(before: hop, fd) ?? (index == 0 ? origin.holder.fd : nil)
      let what = fd.map { "\(name(source))'s \($0)" } ?? name(source)
      parts.append(
        (hop.send == nil ? "inherited from \(what)" : "from \(what)") + step(hop.send ?? hop.event))
      if origin.hopsLeftOut > 0, index == origin.hops.count / 2 {
        parts.append("\(Wording.count(origin.hopsLeftOut, "hop")) more")
      }
    }
    return (parts + [beginning(origin)]).joined(separator: ", ")
  }

  /// Which number of the sender a transfer was of, or of the parent a fork.
  private func number(before hop: Origin.Hop, _ fd: Int32?) -> Int32? {
    guard let send = hop.send else { return fd }
    let pairs = timeline.transfers(of: hop.event).filter { $0.send == send }
      .flatMap(\.descriptors)
    guard pairs.count > 1 else { return pairs.first?.sent }
    return pairs.last { $0.received == fd }?.sent
  }

  private func beginning(_ origin: Origin) -> String {
    let first = name(origin.holder.pid)
    return switch origin.beginning {
    case .made: "made by \(first) with \(call(origin.event))\(step(origin.event))"
    case .held: "there when \(first) began\(step(origin.event))"
    case .opened: "opened by \(first)\(step(origin.event, "first seen "))"
    case .received: "received by \(first)\(step(origin.event)) from somebody unseen"
    }
  }

  private func call(_ sequence: Int) -> String {
    timeline[sequence]?.callName.map { visible($0) } ?? "call"
  }

  /// Where the event is found, in brackets; of what was only `seen` there, with these words before.
  private func step(_ sequence: Int, _ seen: String? = nil) -> String {
    let place =
      switch reference {
      case .step:
        timeline.stepIndex(of: sequence).map { "\(seen.map { $0 + "in " } ?? "")step \($0 + 1)" }
      case .time: timeline[sequence].map { "\(seen ?? "")at \(EventLineWriter.time($0))" }
      }
    return place.map { " (\($0))" } ?? ""
  }
}

extension Scene {
  /// Where what a receive brought comes from, when it had come a longer way than this one.
  func longerWay(_ transfer: Transfer, by reference: OriginWords.Reference = .step) -> String? {
    guard transfer.descriptors.count == 1, let pair = transfer.descriptors.first,
      let origin = pair.origin, origin.hops.count > 1
    else { return nil }
    return OriginWords(timeline: timeline, name: name, reference: reference)
      .sentence(origin, receivedAs: pair.received)
  }
}
