/// Through which thread a process is looked at. /proc and kcmp(2) show the descriptors of a thread,
/// and a first thread that has ended has none, while the others of its process go on
/// (pthread_exit(3)).
final class StandIns {
  private var threads: [Int32: Int32] = [:]

  /// The thread to look through: the first one, as long as nobody stands in for it.
  func thread(of pid: Int32) -> Int32 { threads.isEmpty ? pid : threads[pid] ?? pid }

  /// The same descriptor by the thread to look through.
  func holder(_ holder: OpenFileIdentities.Holder) -> OpenFileIdentities.Holder {
    OpenFileIdentities.Holder(pid: thread(of: holder.pid), fd: holder.fd)
  }

  /// Looks for another thread when the one so far shows nothing. False when it is still there, or
  /// was the last.
  func find(for pid: Int32) -> Bool {
    guard !Self.lives(thread(of: pid)),
      let other = ProcessFiles.threads(pid).first(where: Self.lives)
    else { return false }
    threads[pid] = other
    return true
  }

  /// The process has ended, or an exec has made the thread that called it the first one.
  func forget(_ pid: Int32) { threads[pid] = nil }

  /// Whether a thread has not ended.
  static func lives(_ tid: Int32) -> Bool {
    ProcessFiles.state(tid).map { !"ZX".contains($0) } ?? false
  }
}
