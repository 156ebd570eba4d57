import ArgumentParser

/// The command `fdpass-tui`: only words of the command line and wiring live here.
@main
struct FDPassTUI: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fdpass-tui",
    abstract: "Watch a file descriptor cross from one process to another.",
    discussion: """
      Starts a server and a client, stopped before their first step, and shows what happens when \
      the server passes a descriptor (SCM_RIGHTS) to the client. Space steps, ? helps, q quits.

      EXAMPLES
        fdpass-tui                                 step through one pass on the screen
        fdpass-tui | cat                           read an account of one pass
        fdpass-tui --json                          the same for programs
        fdpass-tui --frame 110x34 --keys "Space"   print one screen
      """,
    version: version, subcommands: [DemoCommand.self], defaultSubcommand: DemoCommand.self)

  static let version = "0.1.0"
}
