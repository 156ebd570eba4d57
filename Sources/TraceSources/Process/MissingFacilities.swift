import CLinux
import FDPassing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What this machine withholds from a tracer: an old kernel does not have it, or a container's
/// seccomp filter forbids it. Found by trying each on ourselves.
enum MissingFacilities {
  /// Something that we can do without.
  struct Facility: Sendable {
    /// What it is called (the manual's page).
    let name: String
    /// What is worse without it, as the beginning of a sentence.
    let loss: String
    /// Tries it; below 0 it is `-errno`.
    let attempt: @Sendable () -> Int
  }

  /// What is missing, as sentences for the user.
  static func sentences(launching: Bool) -> [String] {
    (launching ? always + [filter] : always).compactMap { sentence($0) }
  }

  static func sentence(_ facility: Facility) -> String? {
    let result = facility.attempt()
    guard result < 0 else { return nil }
    return "\(facility.loss): \(facility.name) is not available here "
      + "(\(ErrorNames.name(Int32(clamping: -result))))."
  }

  private static let always = [
    Facility(
      name: "kcmp",
      loss: "That two descriptors are the same open file can only be inferred, and what is done "
        + "with a passed one is not shown",
      attempt: { Int(withOwnDescriptor { clinux_kcmp_file(ourselves, ourselves, $0, $0) }) }),
    Facility(
      name: "process_vm_readv", loss: "Memory is read through /proc/PID/mem, which is slower",
      attempt: {
        let here: UInt64 = 0
        return unsafe withUnsafePointer(to: here) { source in
          var copy: UInt64 = 0
          return unsafe clinux_read_memory(ourselves, UInt(bitPattern: source), &copy, 8)
        }
      }),
    Facility(
      name: "pidfd_getfd",
      loss: "Whether a receive has to wait is not known before it waits, nor the address of a "
        + "socket of TCP or UDP",
      attempt: {
        let process = clinux_pidfd_open(ourselves)
        guard process >= 0 else { return Int(process) }
        let pidfd = OwnedDescriptor(adopting: process)
        let copy = clinux_pidfd_getfd(pidfd.rawValue, pidfd.rawValue)
        if copy >= 0 { _ = OwnedDescriptor(adopting: copy) }
        return Int(copy)
      }),
  ]

  private static let filter = Facility(
    name: "seccomp", loss: "Every call stops the program, not only those that matter: it is slower",
    attempt: { Int(clinux_can_trace_by_filter()) })

  private static var ourselves: Int32 { getpid() }

  private static func withOwnDescriptor(_ body: (Int32) -> Int) -> Int {
    let number = clinux_eventfd()
    guard number >= 0 else { return Int(number) }
    let descriptor = OwnedDescriptor(adopting: number)
    return body(descriptor.rawValue)
  }
}
