import Foundation
import Glibc
import TestKit
import Testing

/// Where the machine withholds something, what still works works, and what is missing is said.
@Suite("Without some of the kernel's help", .requires(.ptrace, .kcmp, .unixDiag))
struct DegradationTests {
  private static let inspector = BuiltProducts.path(of: "fdpass-tui")
  private static let tracees = BuiltProducts.path(of: "tracees")

  private static func forbidding(_ calls: String..., run: [String]) -> [String] {
    [tracees, "forbid"] + calls + ["--"] + run
  }

  @Test(
    "a pass is seen, with the proof there is",
    arguments: [
      ("kcmp", EPERM, "inferred", "can only be inferred, and what is done"),
      ("kcmp", ENOSYS, "inferred", "kcmp is not available here (ENOSYS)"),
      ("process_vm_readv", EPERM, "kcmp", "through /proc/PID/mem, which is slower"),
      ("process_vm_readv", ENOSYS, "kcmp", "process_vm_readv is not available here (ENOSYS)"),
      ("pidfd_getfd", EPERM, "kcmp", "Whether a receive has to wait is not known"),
      ("seccomp", EPERM, "kcmp", "Every call stops the program"),
      ("seccomp", ENOSYS, "kcmp", "seccomp is not available here (ENOSYS)"),
      ("sock_diag", EPERM, "kcmp", "Peers of sockets are unknown: sock_diag is not available"),
    ])
  func pass(call: String, error: Int32, proof: String, sentence: String) async throws {
    let result = try await run(
      Self.forbidding(
        "\(call)=\(error)", run: [Self.inspector, "run", "--json", "--", Self.tracees, "self-pass"])
    )
    let lines = result.errorOutput.split(separator: "\n")
    #expect(result.status == 0)
    let session = try #require(lines.first { $0.contains("\"kind\":\"session\"") })
    #expect(session.contains(sentence), "\(session)")
    let transfer = lines.first { $0.contains("\"kind\":\"transfer\"") }
    #expect(transfer?.contains("\"proof\":\"\(proof)\"") == true, "\(result)")
    #expect(lines.contains { $0.contains("dGFrZSBpdA==") }, "the data is read")
  }

  @Test("sockets of a network that cannot be entered are listed", .requires(.userNamespaces))
  func otherNetwork() async throws {
    let result = try await run(
      Self.forbidding(
        "setns=\(EPERM)",
        run: [Self.inspector, "run", "--json", "-o", "/dev/stdout", "--", Self.tracees]
          + ["network-child"]))
    #expect(result.status == 0)
    let transfers = result.output.split(separator: "\n").filter {
      // Proven, or inferred where the sender was quicker to close its own.
      $0.contains("\"kind\":\"transfer\"") && !$0.contains("\"proof\":\"none\"")
    }
    #expect(transfers.count == 2, "\(result)")
    #expect(result.errorOutput.contains("sock_diag cannot be reached there (EPERM)"))
  }

  @Test("the demo goes to its end, and the screen and the lines say what is missing")
  func demo() async throws {
    let without = ["kcmp=1", "process_vm_readv=38", "pidfd_getfd=1", "seccomp=1", "sock_diag=1"]
    let forbidding = [Self.tracees, "forbid"] + without + ["--", Self.inspector, "demo"]
    let lines = try await run(forbidding + ["--text"])
    #expect(lines.status == 0)
    #expect(lines.output.contains("hello through a passed descriptor"))
    #expect(lines.output.contains("kcmp is not available here (EPERM)"))
    let screen = try await run(forbidding + ["--frame", "120x40", "--keys", "Space Space"])
    #expect(screen.status == 0)
    #expect(screen.output.contains("limited view"), "\(screen)")
  }

  @Test(
    "where nothing can be seen, a sentence says why, and the program does not run on",
    arguments: [
      ("ptrace", EPERM, "Operation not permitted. ptrace is not permitted here (EPERM"),
      ("ptrace", ENOSYS, "ptrace is not permitted here (ENOSYS"),
      ("syscall_info", EIO, "PTRACE_GET_SYSCALL_INFO failed (EIO). It needs Linux 5.3 or later."),
    ])
  func blind(call: String, error: Int32, sentence: String) async throws {
    let result = try await run(
      Self.forbidding(
        "\(call)=\(error)", run: [Self.inspector, "run", "--text", "--", Self.tracees, "self-pass"])
    )
    #expect(result.status == 1)
    #expect(result.errorOutput.contains(sentence), "\(result)")
  }

  @Test("a process that /proc hides is told from one that is not there", .requires(.root))
  func hidden() async throws {
    let attach =
      "setpriv --reuid=65534 --regid=65534 --clear-groups \(Self.inspector) attach --text 1"
    let result = try await run([
      "unshare", "-m", "sh", "-c", "mount -t proc -o hidepid=2 proc /proc && \(attach)",
    ])
    #expect(result.status == 1)
    #expect(result.errorOutput.contains("so that you do not see it (hidepid). Run fdpass-tui as"))
  }

  @Test("without /proc nothing is launched", .requires(.root))
  func noProc() async throws {
    let launch = "\(Self.inspector) run --text -- echo ran"
    let result = try await run([
      "unshare", "-m", "sh", "-c", "mount -t tmpfs none /proc && \(launch)",
    ])
    #expect(result.status == 1)
    #expect(result.output == "")
    #expect(result.errorOutput.contains("/proc is not mounted, or not readable here."))
  }
}
