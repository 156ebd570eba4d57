/// A number in the table of a process.
public struct DescriptorHolder: Sendable, Hashable {
  /// The process.
  public let pid: Int32
  /// The number in its table.
  public let fd: Int32

  /// Names a row of a table.
  public init(pid: Int32, fd: Int32) {
    self.pid = pid
    self.fd = fd
  }
}

/// Which descriptors a socket was reached by, at every moment of a session: the way from an inode,
/// which is all the kernel tells about a peer, to "client's 3".
struct SocketHolders: Sendable {
  private struct Change: Sendable {
    let sequence: Int
    let holder: DescriptorHolder
    let isHeld: Bool
  }

  /// By inode, in the order of the session.
  private var changes: [UInt64: [Change]] = [:]

  /// Takes note of a row that becomes `new` and was `old`.
  mutating func note(
    sequence: Int, pid: Int32, fd: Int32, from old: DescriptorFacts?, to new: DescriptorFacts?
  ) {
    let before = old?.socket?.inode ?? 0
    let after = new?.socket?.inode ?? 0
    guard before != after else { return }
    let holder = DescriptorHolder(pid: pid, fd: fd)
    if before != 0 {
      changes[before, default: []].append(
        Change(sequence: sequence, holder: holder, isHeld: false))
    }
    if after != 0 {
      changes[after, default: []].append(Change(sequence: sequence, holder: holder, isHeld: true))
    }
  }

  /// Who came to refer to the socket last, whether or not it still does.
  func lastHolder(of inode: UInt64, at sequence: Int) -> DescriptorHolder? {
    changes[inode]?.last { $0.isHeld && $0.sequence <= sequence }?.holder
  }

  func holders(of inode: UInt64, at sequence: Int) -> [DescriptorHolder] {
    var holders: [DescriptorHolder] = []
    for change in changes[inode] ?? [] {
      guard change.sequence <= sequence else { break }
      if change.isHeld {
        holders.append(change.holder)
      } else {
        holders.removeAll { $0 == change.holder }
      }
    }
    return holders
  }
}
