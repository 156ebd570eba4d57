import TraceModel

/// What tells the threads of a process apart, wherever one of them is named.
///
/// A process's first thread has the number of the process and goes by its name; each other one adds
/// the number that ps -L, strace and gdb (LWP) show. So a process of one thread looks as ever.
enum ThreadWords {
  /// `[41210] `, to stand before what the thread did; empty for the first thread.
  static func mark(pid: Int32, tid: Int32) -> String { tid == pid ? "" : "[\(tid)] " }

  /// `server [41210]`; the bare name for the first thread.
  static func name(_ name: String, pid: Int32, tid: Int32) -> String {
    tid == pid ? name : "\(name) [\(tid)]"
  }
}
