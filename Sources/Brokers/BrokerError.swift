public import FDPassing
public import SystemPackage

/// Why a server or a client of this module had to give up. Its `description` is a whole sentence.
public enum BrokerError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A socket could not do what was asked.
  case passing(PassingError)
  /// Somebody listens at the path already.
  case occupied(FilePath)
  /// At the path is something else than a socket.
  case notSocket(FilePath)
  /// At the path is a socket of another user.
  case foreignSocket(FilePath)
  /// The directory for the default socket cannot be trusted, for the reason given.
  case unsafeDirectory(FilePath, String)
  /// This is no address and port.
  case badAddress(String)
  /// A service manager gave this process something it cannot use.
  case unexpectedInheritance(String)
  /// A file operation failed: what was tried, and the kernel's error number.
  case file(String, Errno)
  /// The server closed the connection without a word.
  case noAnswer
  /// The server's answer came without a descriptor.
  case noDescriptor(answer: String)
  /// Descriptors came, but this process's table has no room for any.
  case noRoom
  /// The server said no, with this sentence.
  case refused(String)
  /// The server's answer is none of this framing.
  case strangeAnswer(WireError)
  /// A file of rules is wrong: its name, the place if it is one, and what is wrong.
  case badRules(String)
  /// The directory is no place to hand files over from.
  case unsafeRoot(FilePath)
  /// The server passed something else than a file as it was asked for.
  case unexpectedFile(String)
  /// A standard stream that is needed is not open.
  case closedStream(String)

  /// One or two sentences for a person: what failed, why, and what to do.
  public var description: String {
    switch self {
    case .passing(let error): error.description
    case .occupied(let path):
      "Cannot serve at \(path): another server listens there. Stop it, or choose another --socket."
    case .notSocket(let path):
      "Cannot serve at \(path): something is there that is no socket, and it was left alone."
        + " Choose another --socket."
    case .foreignSocket(let path):
      "Cannot serve at \(path): the socket there belongs to another user."
        + " Choose another --socket."
    case .unsafeDirectory(let path, let reason):
      "Cannot keep the socket in \(path): it \(reason). Remove it, or choose another --socket."
    case .badAddress(let text):
      "“\(text)” is no address and port. Write 127.0.0.1:7000 or [::1]:7000."
    case .unexpectedInheritance(let what):
      "The service manager passed \(what). Give this service one socket unit, of the right type."
    case .file(let attempt, let code): "Cannot \(attempt): \(code)."
    case .noAnswer:
      "The server closed the connection without an answer. Look at what it says in its terminal."
    case .noDescriptor(let answer):
      "No descriptor came with the server's answer “\(answer)”. Is it a server that passes one?"
    case .noRoom:
      "The server's descriptor was lost: this process has no free number. Raise `ulimit -n`."
    case .refused(let sentence): "The server refused: \(sentence)"
    case .strangeAnswer(let error):
      "The server's answer cannot be understood. \(error) Is it a server of this program's version?"
    case .badRules(let mistake): "Cannot use the rules. \(mistake)"
    case .unsafeRoot(let path):
      "Cannot serve files below \(path): what stands there belongs to the kernel, and is no file."
    case .unexpectedFile(let reason):
      "What the server passed is not what was asked for: \(reason). It was closed."
    case .closedStream(let name): "The \(name) is closed, and it is what this program is about."
    }
  }
}

/// Runs `body` and turns a socket's error into ours.
func passing<Result: ~Copyable>(
  _ body: () throws(PassingError) -> Result
) throws(BrokerError) -> Result {
  do throws(PassingError) { return try body() } catch { throw .passing(error) }
}

/// Runs a file operation of swift-system and turns its error into ours.
func file<Result: ~Copyable>(
  _ attempt: @autoclosure () -> String, _ body: () throws -> Result
) throws(BrokerError) -> Result {
  do { return try body() } catch {
    throw .file(attempt(), error as? Errno ?? Errno(rawValue: 0))
  }
}
