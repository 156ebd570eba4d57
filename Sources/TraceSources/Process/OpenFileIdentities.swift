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

  /// Compares two descriptors: true when they share an open file description, nil when the
  /// kernel did not answer.
  typealias Comparison = (Holder, Holder) -> Bool?

  private struct File: Hashable {
    let device: UInt64
    let inode: UInt64
  }

  private let isSame: Comparison
  private var next = 1
  private var holders: [Int: Set<Holder>] = [:]
  private var identities: [Holder: Int] = [:]
  private var byFile: [File: [Int]] = [:]
  private var files: [Int: File] = [:]

  init(comparing isSame: @escaping Comparison = Self.kcmp) { self.isSame = isSame }

  /// The identity behind `holder`, whose row is `facts`: known, found by comparison, or new.
  /// Nil when the kernel did not answer.
  mutating func identity(of holder: Holder, _ facts: DescriptorFacts) -> Int? {
    let file = File(device: facts.device, inode: facts.inode)
    if let known = identities[holder], files[known] == file, stillHolds(holder, known) {
      return known
    }
    forget(holder)
    for candidate in byFile[file] ?? [] {
      // Whoever of those that share it is still there can tell.
      while let other = holders[candidate]?.first(where: { $0 != holder }) {
        if let isSame = isSame(holder, other) {
          guard isSame else { break }
          remember(holder, candidate)
          return candidate
        }
        // The other one may have gone: a comparison with itself tells whose fault it was.
        guard isSame(holder, holder) != nil else { return nil }
        forget(other)
      }
    }
    guard isSame(holder, holder) != nil else { return nil }
    let identity = next
    next += 1
    byFile[file, default: []].append(identity)
    files[identity] = file
    remember(holder, identity)
    return identity
  }

  /// Gives `holder` the identity of `other` if kcmp says that they share one.
  mutating func joins(_ holder: Holder, _ other: Holder, _ identity: Int) -> Bool {
    guard identities[other] == identity, isSame(holder, other) == true else { return false }
    remember(holder, identity)
    return true
  }

  /// Whether somebody is known to hold this open file description.
  func isHeld(_ identity: Int) -> Bool { holders[identity] != nil }

  /// `holder` was closed, or its process is gone.
  mutating func forget(_ holder: Holder) {
    guard let identity = identities.removeValue(forKey: holder) else { return }
    holders[identity]?.remove(holder)
    // With nobody left to compare with, no later descriptor can be shown to be this one.
    guard holders[identity]?.isEmpty == true else { return }
    holders[identity] = nil
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
    let others = (holders[identity] ?? []).lazy.filter { $0 != holder }
    return others.compactMap { isSame(holder, $0) }.first ?? true
  }

  private static func kcmp(_ one: Holder, _ other: Holder) -> Bool? {
    let order = clinux_kcmp_file(one.pid, other.pid, one.fd, other.fd)
    return order < 0 ? nil : order == 0
  }
}
