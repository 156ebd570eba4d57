import ArgumentParser
import Glibc

/// What the demo's pair passes, and with which words the two are started.
enum DemoRole: String, ExpressibleByArgument, CaseIterable {
  case stdout, ports, files, park

  /// What the pair does, for who sees it for the first time.
  var purpose: String {
    switch self {
    case .stdout:
      "server passes its standard output to client, which then writes to server's terminal."
    case .ports:
      "server opens a port that its rules allow, and passes the listening socket to client, which "
        + "becomes a program that could serve there."
    case .files: "server opens a file within its limits, and passes it to client, which reads it."
    case .park: "client hands an idle connection to server to be kept, and gets it back."
    }
  }

  /// A file that the role needs beside its socket: name and text.
  struct File {
    let name: String
    let text: String
  }

  /// The file, the server's arguments and the client's, given the folder that file and socket are
  /// in. A terminator and what follows it come after the socket.
  struct Script {
    var file: File?
    var server: (_ folder: String) -> [String] = { _ in [] }
    var client: [String] = []
    var command: [String] = []
  }

  var script: Script {
    switch self {
    case .stdout: Script()
    case .ports: Self.portsScript(DemoPort.choose())
    case .files: Self.filesScript
    case .park: Script(server: { _ in ["park"] }, client: ["park"])
    }
  }

  private static func portsScript(_ port: DemoPort) -> Script {
    Script(
      file: File(
        name: "ports.rules",
        text: """
          # Who may listen where: the first line that fits decides.
          deny tcp 22 25
          allow user \(geteuid()) tcp \(port.range.lowerBound)-\(port.range.upperBound) on 127.0.0.1

          """),
      server: { ["ports", "--rules", $0 + "/ports.rules"] },
      client: ["port", "127.0.0.1:\(port.number)"],
      // Without a child, so that there are two processes to look at.
      command: [
        "sh", "-c",
        #"echo "I am $$, and LISTEN_PID=$LISTEN_PID LISTEN_FDS=$LISTEN_FDS: my 3 is"; "#
          + "exec readlink /proc/self/fd/3",
      ])
  }

  private static var filesScript: Script {
    Script(
      file: File(
        name: "note.txt",
        text: "This was read through a descriptor that the server opened and passed.\n"),
      server: { ["files", "--root", $0, "--max-size", "1K", "--max-age", "1d"] },
      client: ["open", "note.txt"])
  }
}

/// A port that is free, and privileged where this user may take such a one.
struct DemoPort {
  let number: UInt16
  /// What the rule allows.
  let range: ClosedRange<UInt16>

  /// Several demos at once begin to look at different places.
  static func choose() -> DemoPort {
    let range: ClosedRange<UInt16> = geteuid() == 0 ? 600...999 : 8000...8999
    let start = UInt16(Int(getpid()) % range.count)
    for step in 0..<UInt16(range.count) {
      let number = range.lowerBound + (start + step) % UInt16(range.count)
      if isFree(number) { return DemoPort(number: number, range: range) }
    }
    return DemoPort(number: range.lowerBound, range: range)
  }

  private static func isFree(_ number: UInt16) -> Bool {
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    let probe = socket(AF_INET, kind, 0)
    defer { close(probe) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = number.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(probe, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}
