import CLinux
import TraceModel

/// Gives every open file description seen in the session a number, by asking kcmp(2) which
/// descriptors share one. Nothing else makes two descriptors the same here.
struct OpenFileIdentities {
  /// A descriptor of a process.
  struct Holder: Hashable {
    let pid: Int32
    let fd: Int32
  }

  /// How the kernel orders the open file descriptions of two descriptors (kcmp(2)).
  enum Order: Int {
    case same, before, after
  }

  /// Compares two descriptors; nil when the kernel did not answer.
  typealias Comparison = (Holder, Holder) -> Order?

  private struct File: Hashable {
    let device: UInt64
    let inode: UInt64
  }

  private let compare: Comparison
  private var next = 1
  private var holders: [Int: Set<Holder>] = [:]
  private var identities: [Holder: Int] = [:]
  /// The identities on one file in the kernel's order, so that among thousands of descriptors of
  /// one device a few comparisons find the right one.
  private var byFile: [File: [Int]] = [:]
  private var files: [Int: File] = [:]
  /// What was sent is known again although the sender may have closed it.
  private var watches: [Int: FileWatch] = [:]
  /// The identities in `watches`, the oldest first.
  private var watched: [Int] = []

  /// Each watch is a descriptor of ours.
  private static let watchLimit = 256

  init(comparing compare: @escaping Comparison = Self.kcmp) { self.compare = compare }

  /// The identity behind `holder`, whose row is `facts`: known, found by comparison, or new.
  /// Nil when the kernel did not answer.
  mutating func identity(of holder: Holder, _ facts: DescriptorFacts) -> Int? {
    let file = File(device: facts.device, inode: facts.inode)
    if let known = identities[holder], files[known] == file, stillHolds(holder, known) {
      return known
    }
    forget(holder)
    guard let place = place(of: holder, on: file) else { return nil }
    switch place {
    case .known(let identity):
      remember(holder, identity)
      return identity
    case .new(let index):
      let identity = next
      next += 1
      byFile[file, default: []].insert(identity, at: index)
      files[identity] = file
      remember(holder, identity)
      return identity
    }
  }

  private enum Place {
    case known(Int)
    /// Where among the identities on its file a new one belongs.
    case new(Int)
  }

  /// Looks for `holder` among the identities on its file; nil when the kernel does not answer.
  private mutating func place(of holder: Holder, on file: File) -> Place? {
    guard compare(holder, holder) != nil else { return nil }
    var low = 0
    var high = byFile[file]?.count ?? 0
    while low < high {
      let middle = (low + high) / 2
      guard let candidate = byFile[file]?[middle] else { return nil }
      let other = holders[candidate]?.first
      switch other.map({ compare(holder, $0) }) ?? watches[candidate]?.order(of: holder) {
      case .same?: return .known(candidate)
      case .before?: high = middle
      case .after?: low = middle + 1
      case nil:
        // The other one has gone, or else `holder` has.
        guard compare(holder, holder) != nil else { return nil }
        if let other { forget(other) } else { drop(candidate) }
        (low, high) = (0, byFile[file]?.count ?? 0)
      }
    }
    return .new(low)
  }

  /// Gives `holder` the identity of `other` if kcmp says that they share one.
  mutating func joins(_ holder: Holder, _ other: Holder, _ identity: Int) -> Bool {
    guard identities[other] == identity, compare(holder, other) == .same else { return false }
    remember(holder, identity)
    return true
  }

  /// Whether somebody is known to hold this open file description, or may get it from a queue.
  func isHeld(_ identity: Int) -> Bool { holders[identity] != nil || watches[identity] != nil }

  /// `holder` was sent: its file is to be known again, even if nobody known holds it then.
  mutating func watch(_ holder: Holder) {
    guard let identity = identities[holder], watches[identity] == nil, let file = files[identity],
      let watch = FileWatch(
        pid: holder.pid, fd: holder.fd, device: file.device, inode: file.inode)
    else { return }
    watches[identity] = watch
    watched.append(identity)
    if watched.count > Self.watchLimit { unwatch(watched.removeFirst()) }
  }

  private mutating func unwatch(_ identity: Int) {
    watches[identity] = nil
    if holders[identity] == nil { drop(identity) }
  }

  /// `holder` was closed, or its process is gone.
  mutating func forget(_ holder: Holder) {
    guard let identity = identities.removeValue(forKey: holder) else { return }
    holders[identity]?.remove(holder)
    // With nobody left to compare with, no later descriptor can be shown to be this one.
    guard holders[identity]?.isEmpty == true else { return }
    holders[identity] = nil
    if watches[identity] == nil { drop(identity) }
  }

  private mutating func drop(_ identity: Int) {
    if watches.removeValue(forKey: identity) != nil { watched.removeAll { $0 == identity } }
    guard let file = files.removeValue(forKey: identity) else { return }
    byFile[file]?.removeAll { $0 == identity }
    if byFile[file]?.isEmpty == true { byFile[file] = nil }
  }

  private mutating func remember(_ holder: Holder, _ identity: Int) {
    identities[holder] = identity
    holders[identity, default: []].insert(holder)
  }

  /// A number that was closed and opened again on the same file looks the same in /proc; where
  /// somebody else shares the identity kcmp can tell.
  private func stillHolds(_ holder: Holder, _ identity: Int) -> Bool {
    let order = (holders[identity] ?? []).firstAnswer { other in
      other == holder ? nil : compare(holder, other)
    }
    return order ?? .same == .same
  }

  /// Asks kcmp(2), with `KCMP_FILE`.
  static func kcmp(_ one: Holder, _ other: Holder) -> Order? {
    Order(rawValue: Int(clinux_kcmp_file(one.pid, other.pid, one.fd, other.fd)))
  }
}
