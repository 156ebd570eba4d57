import SystemPackage
import TraceSources

extension UpdateBatches {
  /// What `source` tells on a thread of its own.
  convenience init(of source: any EventSource) throws(Failure) {
    do throws(Errno) { try self.init(of: source.run) } catch {
      throw Failure("Cannot start the session's thread: \(error).")
    }
  }
}
