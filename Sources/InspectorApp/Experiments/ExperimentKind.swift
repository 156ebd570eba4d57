import ControlMessages
import TextUI
import TraceModel

/// The call that would be changed: what its thread is about to do, and what is known around it.
struct ExperimentTarget: Sendable, Hashable {
  var tid: Int32
  var event: TraceEvent
  var message: MessageRecord
  var isSend: Bool
  /// What its process is called.
  var name: String
  /// The descriptors that its process has, by number.
  var open: [Int32]
  /// How many descriptors are queued to its socket.
  var queued: Int

  /// The bytes of its control buffer, 0 where it has none.
  var capacity: Int { message.control?.capacity ?? 0 }
  var abi: ControlABI { message.control?.abi ?? .bits64 }
  var numbers: [Int32] { message.descriptorNumbers }
  var isChanged: Bool { message.experiment != nil }
  /// What its thread is called.
  var threadName: String { ThreadWords.name(name, pid: event.pid, tid: tid) }

  /// The lowest number that is free, which the kernel would give next.
  var lowestFree: Int32 {
    let taken = Set(open)
    return (0...Int32(taken.count)).first { !taken.contains($0) } ?? 0
  }
}

/// What can be tried on a call, in the order of the menu.
enum ExperimentKind: Sendable, Hashable, CaseIterable {
  case takeBack, shrink, grow, remove, closeOnExec, peek, drop, replace, declare, noData, limit
  case fail

  func title(_ target: ExperimentTarget) -> String {
    switch self {
    case .takeBack: "Take the change back"
    case .shrink: "Shrink the control buffer"
    case .grow: "Enlarge the control buffer"
    case .remove: "Give no control buffer"
    case .closeOnExec:
      (target.message.flags.contains(.closeOnExec) ? "Omit" : "Add")
        + " MSG_CMSG_CLOEXEC"
    case .peek: (target.message.flags.contains(.peek) ? "Omit" : "Add") + " MSG_PEEK"
    case .drop: "Leave a descriptor out"
    case .replace: "Send another descriptor instead"
    case .declare: "Write another cmsg_len"
    case .noData: target.isSend ? "Send no data" : "Offer no room for data"
    case .limit: "Lower the limit of descriptors"
    case .fail: "Let the call fail"
    }
  }

  /// Why it cannot be done to this call; nil where it can.
  func obstacle(_ target: ExperimentTarget) -> String? {
    switch self {
    case .takeBack: target.isChanged ? nil : "nothing is changed"
    case .shrink, .remove: target.capacity > 0 ? nil : "the call has no control buffer"
    case .closeOnExec, .peek: target.isSend ? "only a receive has this flag" : nil
    case .drop, .replace, .declare:
      if !target.isSend {
        "a receive has no control message yet"
      } else {
        target.numbers.isEmpty ? "the send passes no descriptor" : nil
      }
    case .grow, .noData, .limit, .fail: nil
    }
  }

  /// What is changed, and what the kernel can be expected to make of it (unix(7), cmsg(3)).
  func explanation(_ target: ExperimentTarget) -> String {
    let (name, abi) = (target.name, target.abi)
    switch self {
    case .takeBack: return "The call is made as \(name) meant it."
    case .shrink:
      return target.isSend
        ? "msg_controllen says fewer bytes than cmsg_len needs. Expect EINVAL, and nothing is sent."
        : "msg_controllen says fewer bytes. A descriptor takes 4 after the header of "
          + "\(abi.headerLength): what does not fit is closed by the kernel, and msg_flags says "
          + "MSG_CTRUNC."
    case .grow:
      return target.isSend
        ? "Zeros are appended to the control messages, in room of \(name)'s stack. The kernel takes "
          + "them for one more header with a length of 0: expect EINVAL."
        : "The kernel gets a larger buffer in room of \(name)'s stack. What then does not fit "
          + "\(name)'s own is cut, and stays open in its table unnamed."
    case .remove:
      return target.isSend
        ? "The data goes alone. What \(name) meant to pass stays with it."
        : "msg_control is NULL. What is queued is closed by the kernel, with MSG_CTRUNC as the only "
          + "sign."
    case .closeOnExec:
      return "Decides whether a program that \(name) executes later has what arrives now. Nothing "
        + "else changes."
    case .peek:
      return "With MSG_PEEK the message stays queued, and yet each look puts new descriptors into "
        + "\(name)'s table."
    case .drop:
      return "One number leaves the list, and cmsg_len says 4 less. The others arrive."
    case .replace:
      return "The kernel looks the new number up in \(name)'s table: one that is not open gives "
        + "EBADF, and nothing is sent at all. Type OLD=NEW."
    case .declare:
      return
        "cmsg_len counts header and numbers, without padding: CMSG_SPACE there also sends what "
        + "the padding holds, that is descriptor 0. Too long or shorter than a header is EINVAL."
    case .noData: return noData(target)
    case .limit:
      return target.isSend
        ? "RLIMIT_NOFILE bounds what a user without privileges may have in flight: ETOOMANYREFS once "
          + "it is more. All threads of \(name) have the limit until the call has returned."
        : "RLIMIT_NOFILE: numbers from here on cannot be given. Where none is left the descriptors "
          + "are closed, with MSG_CTRUNC. All threads of \(name) have the limit until the call has "
          + "returned."
    case .fail:
      return "The kernel is not asked at all, and \(name) sees the error. What was queued stays."
    }
  }

  private func noData(_ target: ExperimentTarget) -> String {
    guard target.isSend else {
      return "On a stream the descriptors are taken all the same and the data stays; elsewhere the "
        + "data is cut, with MSG_TRUNC."
    }
    return target.message.socket.type == .stream
      ? "On a stream nothing then carries the descriptors: expect 0, a success, and they are gone."
      : "An empty message carries them all the same: expect 0, and the receiver sees 0 bytes."
  }
}
