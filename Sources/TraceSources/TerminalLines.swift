import CLinux
import TraceModel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Our ends of the pseudo-terminals of launched processes.
struct TerminalLines {
  private struct Line {
    let pid: Int32
    let master: Int32
    var isOpen = true
    /// What it was set to; nil as long as it has the size that it began with.
    var size: TerminalSize?
    /// Typed, and not yet taken by the kernel.
    var typed: [UInt8] = []
  }

  private var lines: [Line] = []
  /// What one round takes from one terminal, so that a program that never stops writing cannot
  /// keep the tracer from the others.
  private static let roundLimit = 64 * 1024

  mutating func add(pid: Int32, master: Int32) {
    lines.append(Line(pid: pid, master: master))
  }

  /// What to wait for with poll(2).
  var pollRequests: [pollfd] {
    lines.filter(\.isOpen).map { line in
      let events = line.typed.isEmpty ? POLLIN : POLLIN | POLLOUT
      return pollfd(fd: line.master, events: Int16(events), revents: 0)
    }
  }

  /// Gives a terminal another size (TIOCSWINSZ); the kernel sends its programs SIGWINCH.
  mutating func resize(_ pid: Int32, to size: TerminalSize) {
    guard let index = lines.firstIndex(where: { $0.pid == pid && $0.isOpen }) else { return }
    lines[index].size = size
    _ = clinux_set_window_size(
      lines[index].master, UInt16(clamping: size.columns), UInt16(clamping: size.rows))
  }

  mutating func type(_ bytes: [UInt8], to pid: Int32) {
    guard let index = lines.firstIndex(where: { $0.pid == pid && $0.isOpen }) else { return }
    lines[index].typed += bytes
    flush(index)
  }

  /// Takes what has been printed; with `quietFor` milliseconds it first waits for that long for
  /// more to come, since a terminal hands output on a moment after the write.
  mutating func readAll(quietFor milliseconds: Int32 = 0, _ body: (Int32, OutputRecord) -> Void) {
    repeat {
      for index in lines.indices where lines[index].isOpen {
        flush(index)
        let bytes = take(index)
        if bytes.isEmpty { continue }
        body(lines[index].pid, OutputRecord(bytes: bytes, size: lines[index].size))
      }
    } while milliseconds > 0 && hasMore(within: milliseconds)
  }

  private func hasMore(within milliseconds: Int32) -> Bool {
    var requests = pollRequests
    guard unsafe poll(&requests, UInt(requests.count), milliseconds) > 0 else { return false }
    return requests.contains { $0.revents & Int16(POLLIN) != 0 }
  }

  private mutating func take(_ index: Int) -> [UInt8] {
    let master = lines[index].master
    var all: [UInt8] = []
    while all.count < Self.roundLimit {
      var failure: Int32 = 0
      let chunk = unsafe [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
        let got = unsafe read(master, buffer.baseAddress, buffer.count)
        failure = got < 0 ? errno : 0
        count = max(0, got)
      }
      // EIO: no process has the terminal open any more (pty(7)).
      if chunk.isEmpty {
        lines[index].isOpen = failure == EAGAIN || failure == EINTR
        return all
      }
      all += chunk
    }
    return all
  }

  private mutating func flush(_ index: Int) {
    let typed = lines[index].typed
    guard !typed.isEmpty else { return }
    let written = unsafe typed.withUnsafeBytes { bytes in
      unsafe write(lines[index].master, bytes.baseAddress, bytes.count)
    }
    if written > 0 { lines[index].typed.removeFirst(written) }
  }
}
