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

  /// Takes note of a row behind which one socket, or none (0), takes the place of another.
  mutating func note(
    sequence: Int, holder: DescriptorHolder, from before: UInt64, to after: UInt64
  ) {
    guard before != after else { return }
    if before != 0 {
      changes[before, default: []].append(
        Change(sequence: sequence, holder: holder, isHeld: false))
    }
    if after != 0 {
      changes[after, default: []].append(Change(sequence: sequence, holder: holder, isHeld: true))
    }
  }

  /// Forgets what was before an event, but for who held what then.
  mutating func forget(before sequence: Int) {
    for (inode, list) in changes where list.first.map({ $0.sequence < sequence }) ?? false {
      let holders = holders(of: inode, at: sequence)
      let kept =
        holders.map { Change(sequence: sequence, holder: $0, isHeld: true) }
        + list.drop { $0.sequence <= sequence }
      changes[inode] = kept.isEmpty ? nil : kept
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
