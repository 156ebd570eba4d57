#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What decides whether a process can be attached, from `/proc/PID/status` and `/proc/PID/stat`.
struct ProcessStanding: Equatable {
  /// The process; differs from the number asked about when that is one of its other threads.
  var pid: Int32
  var name: String
  /// One letter for what its first thread is doing, or another where only the first has ended.
  var state: Character
  /// Its user.
  var user: UInt32
  /// The thread that traces it; 0 when nobody does.
  var tracer: Int32
  var isKernelThread: Bool

  init(
    pid: Int32, name: String, state: Character = "S", user: UInt32 = 0, tracer: Int32 = 0,
    isKernelThread: Bool = false
  ) {
    self.pid = pid
    self.name = name
    self.state = state
    self.user = user
    self.tracer = tracer
    self.isKernelThread = isKernelThread
  }

  /// PF_KTHREAD (include/linux/sched.h), in the ninth word of `/proc/PID/stat`.
  private static let kernelThreadFlag: UInt64 = 0x20_0000

  /// Looks at a process; nil when there is none with this number.
  init?(of number: Int32) {
    guard let bytes = ProcessFiles.contents("/proc/\(number)/status") else { return nil }
    var fields: [Substring: [Substring]] = [:]
    let text = String(decoding: bytes, as: UTF8.self)
    for line in text.split(separator: "\n") {
      let words = line.split(whereSeparator: \.isWhitespace)
      if let key = words.first { fields[key] = Array(words.dropFirst()) }
    }
    guard let pid = fields["Tgid:"]?.first.flatMap({ Int32($0) }) else { return nil }
    self.pid = pid
    name = ProcessFiles.comm(pid)
    let first = fields["State:"]?.first?.first ?? "?"
    let left = "ZX".contains(first) ? ProcessFiles.threads(pid).first(where: StandIns.lives) : nil
    state = left.flatMap(ProcessFiles.state) ?? first
    user = fields["Uid:"]?.first.flatMap { UInt32($0) } ?? 0
    tracer = fields["TracerPid:"]?.first.flatMap { Int32($0) } ?? 0
    isKernelThread = Self.flags(pid) & Self.kernelThreadFlag != 0
  }

  private static func flags(_ pid: Int32) -> UInt64 {
    guard let bytes = ProcessFiles.contents("/proc/\(pid)/stat"),
      let close = bytes.lastIndex(of: UInt8(ascii: ")"))
    else { return 0 }
    let words = String(decoding: bytes[(close + 1)...], as: UTF8.self).split(separator: " ")
    return words.count > 6 ? UInt64(words[6]) ?? 0 : 0
  }
}
