import Foundation
import Glibc
public import Testing

/// Something a test needs of the machine. A test that asks for it is skipped, by name, where it is
/// missing; `make test` lists what was skipped, and the checks on a clean machine allow none.
public enum Requirement: String, CaseIterable, Sendable {
  /// This process may trace its own children.
  case ptrace
  /// `kcmp(2)` is compiled in and allowed: needs CONFIG_KCMP.
  case kcmp
  /// The kernel answers `NETLINK_SOCK_DIAG` about Unix sockets: needs CONFIG_UNIX_DIAG.
  case unixDiag
  /// The terminal multiplexer that ``TerminalSession`` drives.
  case tmux
  /// The system call tracer, as a second opinion.
  case strace
  /// Python 3.9 or later, for `socket.send_fds`.
  case python3
  /// The typesetter of man pages.
  case groff
  /// This user may make user namespaces.
  case userNamespaces
  /// The kernel takes the calls of 32-bit programs.
  case compatCalls
  /// The tests run as root. Only for suites that run both ways, see `Tests/run`.
  case root
  /// The tests run as someone else than root. Only for suites that run both ways.
  case unprivileged

  /// Whether this machine and this user offer it. Looked up once.
  public var isMet: Bool { Self.met.contains(self) }

  private static let met = Set(allCases.filter { $0.probe() })

  private func probe() -> Bool {
    switch self {
    case .ptrace: KernelProbe.allowsTracing()
    case .kcmp: KernelProbe.allowsComparing()
    case .unixDiag: KernelProbe.answersAboutUnixSockets()
    case .tmux, .strace, .python3, .groff: Self.isInPath(rawValue)
    case .userNamespaces: KernelProbe.succeeds(["unshare", "-Urn", "true"])
    case .compatCalls:
      KernelProbe.succeeds([BuiltProducts.path(of: "tracees"), "compat", "probe"])
    case .root: geteuid() == 0
    case .unprivileged: geteuid() != 0
    }
  }

  private static func isInPath(_ program: String) -> Bool {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return path.split(separator: ":").contains { unsafe access("\($0)/\(program)", X_OK) == 0 }
  }

  /// What to tell someone whose machine lacks it: what is missing and how to get it.
  var absence: String {
    switch self {
    case .ptrace:
      "this process may not trace its children: see kernel.yama.ptrace_scope and seccomp filters"
    case .kcmp: "kcmp is not available: the kernel lacks CONFIG_KCMP or a seccomp filter denies it"
    case .unixDiag: "the kernel does not list Unix sockets: it lacks CONFIG_UNIX_DIAG"
    case .groff: "groff is not installed: apt-get install groff-base"
    case .tmux, .strace, .python3: "\(rawValue) is not installed: apt-get install \(rawValue)"
    case .userNamespaces: "user namespaces are not allowed: see kernel.unprivileged_userns_clone"
    case .compatCalls: "the kernel takes no 32-bit calls: it lacks CONFIG_IA32_EMULATION"
    case .root: "needs root: run the tests with sudo"
    case .unprivileged: "needs an ordinary user: run the tests without sudo"
    }
  }
}

extension Trait where Self == ConditionTrait {
  /// The test, or each test of the suite, needs all of these; where one is missing it is skipped,
  /// with what is missing as the reason.
  public static func requires(
    _ requirements: Requirement..., sourceLocation: SourceLocation = #_sourceLocation
  ) -> Self {
    .enabled(
      if: requirements.allSatisfy(\.isMet),
      requirements.first { !$0.isMet }.map { Comment(rawValue: $0.absence) },
      sourceLocation: sourceLocation)
  }
}
