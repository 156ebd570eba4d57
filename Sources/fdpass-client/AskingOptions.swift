import ArgumentParser

/// What all requests have in common but the one for standard output.
struct AskingOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Where the server listens. By default fdpass-ROLE.sock where fdpass.sock is by default.",
      valueName: "path"),
    completion: .file())
  var socket: String?
}
