import TextUI
import TraceModel

/// What a transfer shows: two numbers for one open file.
extension Scene {
  func explain(_ transfer: Transfer) -> String {
    let sender = timeline[transfer.send].map { name($0.pid) } ?? "the sender"
    let receiver = timeline[transfer.receive].map { name($0.pid) } ?? "the receiver"
    let pairs = transfer.descriptors
    return Wording.join(
      pairs.isEmpty ? nil : became(pairs, sender, receiver),
      pairs.first.map { proof($0, count: pairs.count, sender, receiver) },
      longerWay(transfer).map { "It came \($0)." },
      transfer.isPeek
        ? "\(receiver) only looked (MSG_PEEK): the message stays queued, and the next receive "
          + "installs the same files once more." : nil,
      lost(transfer, sender, receiver))
  }

  private func became(_ pairs: [Transfer.Pair], _ sender: String, _ receiver: String) -> String {
    let numbers = pairs.map { "\(sender)'s \($0.sent) is now also \(receiver)'s \($0.received)" }
    return Wording.shortList(numbers) + "."
  }

  private func proof(
    _ pair: Transfer.Pair, count: Int, _ sender: String, _ receiver: String
  ) -> String {
    let numbers = count == 1 ? "both numbers" : "the numbers of each pair"
    switch pair.proof {
    case .kcmp:
      return "Proven by kcmp: the kernel says that \(numbers) refer to the same open file "
        + "description. Offset and status flags are one, close-on-exec is each process's own, and "
        + "either may close without the other noticing."
    case .inferred:
      return "Not proven, but likely: \(numbers) show the same device and inode. Two separate "
        + "opens of one file would look the same; kcmp could not be asked."
    case .none:
      return "Not proven: only the place in the queue says so, for nothing about the files could "
        + "be compared."
    }
  }

  private func lost(_ transfer: Transfer, _ sender: String, _ receiver: String) -> String? {
    guard transfer.lost > 0 else { return nil }
    let isOne = transfer.lost == 1
    let total = transfer.descriptors.count + transfer.lost
    return "\(transfer.lost) of the \(Wording.count(total, "descriptor")) that \(sender) sent did "
      + "not reach \(receiver): the kernel closed the \(isOne ? "reference" : "references")."
  }
}
