import ArgumentParser
import CLinux
import Glibc

/// The command `fdpass-tui`: only words of the command line and wiring live here.
@main
struct FDPassTUI: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fdpass-tui",
    abstract: "Watch a file descriptor cross from one process to another.",
    usage: "fdpass-tui [<subcommand>] [<options>]",
    discussion: """
      Without a subcommand, starts a server and a client, stopped before their first step. Space \
      lets one of them go on to its next stop; the screen shows the message (SCM_RIGHTS), its \
      bytes, both descriptor tables and both terminals. ? lists all keys, q quits.

      Where stdout is no terminal, the pair runs to its end and each event is one line.

      EXAMPLES
        fdpass-tui                               step through one pass
        fdpass-tui | cat                         read an account of one pass
        fdpass-tui --json | jq .kind             the same for programs
        fdpass-tui learn                         learn it, lesson by lesson
        fdpass-tui --frame 110x34 --keys Space   print one screen
        fdpass-tui run --step -- ./broker        step through a program of yours
        fdpass-tui replay broker.jsonl           look at what --record wrote
        fdpass-tui export broker.jsonl --format svg -o broker.svg
      """,
    version: "fdpass-tui \(version)",
    subcommands: [
      DemoCommand.self, RunCommand.self, AttachCommand.self, ReplayCommand.self,
      ExportCommand.self, LearnCommand.self, KeysCommand.self, PlayCommand.self,
    ],
    defaultSubcommand: DemoCommand.self)

  static let version = "0.1.0"

  static func main() {
    guard unsafe access("/proc/self/cmdline", R_OK) == 0 else {
      // Even our own arguments come from there.
      exit(
        withError: Failure(
          "Cannot inspect anything: /proc is not mounted, or not readable here. "
            + "Mount it with `mount -t proc proc /proc`."))
    }
    clinux_keep_mask_for_programs()
    // Before any thread starts, so that none is interrupted for the tracer's sake.
    clinux_block_signal(SIGCHLD)
    main(nil)
  }
}
