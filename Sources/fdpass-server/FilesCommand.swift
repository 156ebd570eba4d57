import ArgumentParser
import Brokers
import SystemPackage

/// `fdpass-server files`.
struct FilesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "files",
    abstract: "Open files below a directory for clients, within limits of size and age.",
    discussion: """
      Only regular files are passed, opened for reading unless --write is given. Nothing leads out \
      of the directory: no symbolic link, no .. beyond it, no other file system, no file with a \
      second name. Size and age are those of the opened file, so that nothing can be swapped in \
      between. By default only this user may connect; --mode lets others in.

      EXAMPLES
        fdpass-server files --root . --max-size 64K
      """)

  @Option(
    name: .long, help: ArgumentHelp("The directory with the files.", valueName: "directory"),
    completion: .directory)
  var root: String

  @Option(
    name: .long, help: ArgumentHelp("The largest file: 500, 64K, 1M, 2G.", valueName: "bytes"),
    transform: { try quantity($0, Quantity.bytes, "64K or 1M") })
  var maxSize: Int64?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The longest time since a file was changed: 30s, 5m, 12h, 7d, 2w.", valueName: "time"),
    transform: { try quantity($0, Quantity.seconds, "12h or 7d") })
  var maxAge: Int64?

  @Flag(name: .long, help: "Files may also be asked for to be written to.")
  var write = false

  @OptionGroup var options: ServingOptions

  func run() throws {
    var limits = FileLimits()
    limits.maximumSize = maxSize
    limits.maximumAge = maxAge.map { .seconds($0) }
    limits.allowsWriting = write
    try complaining { () throws(BrokerError) in
      try options.serve("files", permissions: .ownerReadWrite) { (_, _) throws(BrokerError) in
        try FileRole(root: FilePath(root), limits: limits, log: logLine)
      }
    }
  }
}

private func quantity(
  _ text: String, _ read: (String) -> Int64?, _ example: String
) throws -> Int64 {
  guard let number = read(text) else {
    throw ValidationError("“\(text)” is no number with a unit, such as \(example).")
  }
  return number
}
