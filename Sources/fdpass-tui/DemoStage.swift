import FDPassing
import Glibc
import TerminalEmulation
import TextUI
import TraceModel
import TraceSources

/// Everything the demo's pair needs: its programs, a private folder for its socket and a
/// terminal for each. Gone with the value.
struct DemoStage: ~Copyable {
  let plan: LaunchPlan
  private let folder: SocketFolder
  private let serverTerminal: PseudoTerminal
  private let clientTerminal: PseudoTerminal

  /// Prepares everything; nothing runs yet.
  ///
  /// - Throws: ``Failure`` or `PseudoTerminalError` with what is missing.
  static func prepare(_ role: DemoRole, startsStopped: Bool) throws -> DemoStage {
    let server = try find("fdpass-server")
    let client = try find("fdpass-client")
    let serverTerminal = try PseudoTerminal(size: Size(.usual))
    let clientTerminal = try PseudoTerminal(size: Size(.usual))
    let script = role.script
    let folder = try SocketFolder()
    if let file = script.file { try folder.write(file.text, to: file.name) }
    let place = ["--socket", folder.socketPath]
    let command = script.command.isEmpty ? [] : ["--"] + script.command
    let plan = LaunchPlan(
      programs: [
        program(server, "server", script.server(folder.path) + place, serverTerminal),
        program(client, "client", script.client + place + command, clientTerminal),
      ],
      startsStopped: startsStopped, command: ["demo", role.rawValue],
      inspector: "fdpass-tui \(FDPassTUI.version)")
    return DemoStage(
      plan: plan, folder: folder, serverTerminal: serverTerminal, clientTerminal: clientTerminal)
  }

  private init(
    plan: LaunchPlan, folder: consuming SocketFolder, serverTerminal: consuming PseudoTerminal,
    clientTerminal: consuming PseudoTerminal
  ) {
    self.plan = plan
    self.folder = folder
    self.serverTerminal = serverTerminal
    self.clientTerminal = clientTerminal
  }

  private static func program(
    _ path: String, _ role: String, _ arguments: [String], _ terminal: borrowing PseudoTerminal
  ) -> LaunchPlan.Program {
    LaunchPlan.Program(
      path: path, arguments: ["fdpass-\(role)"] + arguments,
      environment: terminalEnvironment(), role: role,
      terminal: .init(master: terminal.masterDescriptor, slave: terminal.slaveDescriptor),
      inheritsDescriptors: false, waitsForListener: role == "client")
  }

  /// The pair stands beside this program, or on the PATH.
  private static func find(_ name: String) throws -> String {
    let own = linkTarget("/proc/self/exe").flatMap(parent)
    if let path = Executable.find(name, in: [own].compactMap { $0 }) { return path }
    throw Failure(
      "Cannot find \(name), one half of the demo: it is neither beside fdpass-tui nor on the "
        + "PATH. Install it with `make install`.")
  }

  private static func parent(_ path: String) -> String? {
    path.lastIndex(of: "/").map { String(path[..<$0]) }
  }
}

/// The target of a symbolic link.
private func linkTarget(_ path: String) -> String? {
  var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
  let count = unsafe buffer.withUnsafeMutableBytes { bytes in
    guard let start = bytes.baseAddress else { return -1 }
    return unsafe readlink(path, start.assumingMemoryBound(to: CChar.self), bytes.count)
  }
  return count < 0 ? nil : String(decoding: buffer.prefix(count), as: UTF8.self)
}
