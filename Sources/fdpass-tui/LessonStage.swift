import Glibc
import Lessons
import TerminalEmulation
import TextUI
import TraceModel
import TraceSources

/// Everything a lesson's processes need: a private folder with its files, the sockets that join
/// them and a terminal for each. Gone with the value.
struct LessonStage: ~Copyable {
  let plan: LaunchPlan
  private let folder: SocketFolder
  private let terminals: [TerminalKeeper]

  /// Prepares everything; nothing runs yet.
  ///
  /// - Parameters:
  ///   - lesson: What is to be given.
  ///   - argument: How the user named it, for the processes to find it again.
  ///   - startsStopped: Whether everybody stops before the first step.
  /// - Returns: What must be kept until the session is over.
  /// - Throws: ``Failure`` or `PseudoTerminalError` with what is missing.
  static func prepare(
    _ lesson: Lesson, named argument: String, startsStopped: Bool
  ) throws -> LessonStage {
    try checkNeeds(of: lesson)
    let folder = try SocketFolder()
    for file in lesson.files { try make(file, in: folder.path, folder) }
    for path in lesson.madePaths { folder.willHold("/" + path) }
    let given = try socketPairs(of: lesson)
    var terminals: [TerminalKeeper] = []
    var programs: [LaunchPlan.Program] = []
    for actor in lesson.launched {
      let terminal = TerminalKeeper(try PseudoTerminal(size: Size(.usual)))
      terminals.append(terminal)
      programs.append(
        LaunchPlan.Program(
          path: "/proc/self/exe",
          arguments: PlayCommand.arguments(argument, actor.name, folder.path),
          environment: terminalEnvironment(), role: actor.name, terminal: terminal.ends,
          inheritsDescriptors: false, given: given[actor.name] ?? []))
    }
    let plan = LaunchPlan(
      programs: programs, startsStopped: startsStopped, command: ["learn", lesson.name],
      inspector: "fdpass-tui \(FDPassTUI.version)")
    return LessonStage(plan: plan, folder: folder, terminals: terminals)
  }

  private init(plan: LaunchPlan, folder: consuming SocketFolder, terminals: [TerminalKeeper]) {
    self.plan = plan
    self.folder = folder
    self.terminals = terminals
  }

  private static func make(
    _ file: LessonFile, in path: String, _ folder: borrowing SocketFolder
  ) throws {
    if case .file(let text) = file.kind { return try folder.write(text, to: file.path) }
    folder.willHold("/" + file.path)
    let whole = path + "/" + file.path
    let made =
      if case .link(let target) = file.kind {
        unsafe symlink(target, whole)
      } else {
        unsafe mkdir(whole, 0o755)
      }
    guard made == 0 else { throw SocketFolder.cannotMake(whole) }
  }

  /// The ends of every pair, by the actor that gets them.
  private static func socketPairs(of lesson: Lesson) throws -> [String: [Int32]] {
    var given: [String: [Int32]] = [:]
    for pair in lesson.pairs {
      let type =
        switch pair.type {
        case .stream: SOCK_STREAM
        case .dgram: SOCK_DGRAM
        case .seqpacket: SOCK_SEQPACKET
        }
      var ends: [Int32] = [-1, -1]
      let kind = Int32(type.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
      guard unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
        throw Failure("Cannot join the lesson's processes: \(lastErrorText()).")
      }
      for (actor, end) in zip(pair.ends, ends) { given[actor, default: []].append(end) }
    }
    return given
  }

  private static func checkNeeds(of lesson: Lesson) throws {
    for need in lesson.needs {
      switch need {
      case .userNamespaces:
        guard LessonNeeds.hasUserNamespaces else {
          throw Failure(
            "This lesson calls chroot(2), which needs root or a user namespace, and this machine "
              + "gives you none. Run it as root, or set the sysctl user.max_user_namespaces and "
              + "kernel.unprivileged_userns_clone so that users may make them.")
        }
      case .pidDescriptors:
        guard LessonNeeds.hasPidDescriptors else {
          throw Failure(
            "This lesson is about SO_PASSPIDFD, which this kernel does not have. It needs Linux "
              + "6.5 or later.")
        }
      }
    }
  }
}

/// A terminal in an array, which cannot hold what is not copyable.
private final class TerminalKeeper {
  private let terminal: PseudoTerminal
  let ends: LaunchPlan.Terminal

  init(_ terminal: consuming PseudoTerminal) {
    ends = .init(master: terminal.masterDescriptor, slave: terminal.slaveDescriptor)
    self.terminal = terminal
  }
}

extension Lesson {
  /// What the actors make in the lesson's folder.
  fileprivate var madePaths: [String] {
    actors.flatMap(\.lines).compactMap { line in
      switch line.action {
      case .listen(let path): path
      case .open(let path, let flags) where flags.contains(.create): path
      default: nil
      }
    }
  }
}
