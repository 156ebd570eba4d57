import Foundation
import Glibc

/// Who made whom, as `/proc` tells it.
enum ProcessTree {
  /// The children of a process.
  static func children(of parent: pid_t) -> [pid_t] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { pid_t($0) }.filter { standing(of: $0)?.parent == parent }
  }

  /// The children of a process, their children, and so on.
  static func descendants(of parent: pid_t) -> [pid_t] {
    children(of: parent).flatMap { [$0] + descendants(of: $0) }
  }

  /// Whether a process is no more; one that only waits to be reaped runs nothing.
  static func isGone(_ pid: pid_t) -> Bool {
    guard let state = standing(of: pid)?.state else { return true }
    return state == "Z" || state == "X"
  }

  /// `/proc/PID/stat`, proc(5): the state and the parent follow the name, which may hold anything.
  private static func standing(of pid: pid_t) -> (state: String, parent: pid_t)? {
    guard let data = FileManager.default.contents(atPath: "/proc/\(pid)/stat") else { return nil }
    let stat = String(decoding: data, as: UTF8.self)
    guard let end = stat.lastIndex(of: ")") else { return nil }
    let fields = stat[end...].split(separator: " ")
    guard fields.count > 2, let parent = pid_t(fields[2]) else { return nil }
    return (String(fields[1]), parent)
  }
}
