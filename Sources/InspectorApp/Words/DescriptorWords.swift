import TextUI
import TraceModel

/// What is known of one descriptor, in words.
struct DescriptorWords {
  let timeline: Timeline
  /// The event at which the descriptor is looked at.
  let moment: Int

  /// What stat(2) and `/proc/PID/fdinfo/FD` tell.
  func details(_ facts: DescriptorFacts) -> String {
    var parts = [Self.kind(facts.kind)]
    if let position = facts.position { parts.append("position \(position)") }
    parts.append("flags \(facts.flags.names.joined(separator: "|"))")
    parts.append(facts.closeOnExec ? "closed by exec" : "kept by exec")
    if facts.internet != nil { parts.append(visible(facts.target)) }
    if facts.inode != 0 {
      parts.append("inode \(facts.inode) on device \(Self.device(facts.device))")
    }
    if let mount = facts.mount { parts.append("mount \(mount)") }
    if let owner = facts.owner { parts.append("owner \(owner)") }
    if let mode = facts.mode { parts.append("mode \(String(mode, radix: 8))") }
    if let queued = facts.queued {
      parts.append("\(Wording.count(queued, "descriptor")) queued")
    }
    return parts.joined(separator: ", ")
  }

  private static func kind(_ kind: FileKind) -> String {
    switch kind {
    case .regular: "regular file"
    case .directory: "directory"
    case .character: "character device"
    case .block: "block device"
    case .fifo: "pipe"
    case .socket: "socket"
    case .link: "symbolic link"
    case .anonymous: "anonymous file"
    case .other: "file"
    }
  }

  /// Major and minor number of a `dev_t` as the kernel encodes it for user space (makedev(3)).
  private static func device(_ number: UInt64) -> String {
    let major = (number >> 8 & 0xFFF) | (number >> 32 & 0xFFFF_F000)
    let minor = (number & 0xFF) | (number >> 12 & 0xFFFF_FF00)
    return "\(major):\(minor)"
  }

  func holdersHeading(_ facts: DescriptorFacts, count: Int) -> String {
    guard facts.description != nil else {
      return count == 0
        ? "Nobody else is seen to hold this file."
        : "The same file, not proven to be the same open file:"
    }
    return count == 0
      ? "Nobody else is seen to hold this open file." : "Who else holds this open file:"
  }

  func holder(_ holder: DescriptorHolder) -> String {
    let label = visible(timeline.name(of: holder.pid))
    let who = label.hasSuffix(" \(holder.pid)") ? label : "\(label) \(holder.pid)"
    let life = timeline.life(of: holder, at: moment)
    return "\(who): \(holder.fd)" + (life.map { ", since \(step($0.opened))" } ?? "")
  }

  func entry(_ entry: DescriptorPast.Entry) -> String {
    "\(step(entry.sequence)): \(entry.text)"
  }

  private func step(_ sequence: Int) -> String {
    timeline.stepIndex(of: sequence).map { "step \($0 + 1)" } ?? "the beginning"
  }
}
