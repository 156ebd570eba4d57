/// Reads the lines of an actor.
struct ActorReader {
  /// What a line may refer to, from the lines before it.
  private var names: Set<String>

  init(sockets: [String]) { names = Set(sockets) }

  mutating func read(_ line: SourceLine) throws(LessonProblem) -> ActorLine {
    var words = try WordReader(line)
    let mayFail = words.take("try")
    let results = takeResults(&words)
    let action = try self.action(&words)
    var read = ActorLine(line: line.number, results: results, mayFail: mayFail, action: action)
    if words.take("times") { read.times = try words.number("how often") }
    try words.expectEnd()
    names.formUnion(results)
    return read
  }

  /// The names before `=`, where there is one.
  private func takeResults(_ words: inout WordReader) -> [String] {
    var ahead = words
    var results: [String] = []
    while let word = ahead.peek, word.kind == .name {
      results.append(word.text)
      _ = ahead.next()
    }
    guard !results.isEmpty, ahead.take("=") else { return [] }
    words = ahead
    return results
  }

  private func action(_ words: inout WordReader) throws(LessonProblem) -> Action {
    let start = words
    let verb = try words.path("what the actor does")
    if let action = try opening(verb, &words) { return action }
    if let action = try message(verb, &words) { return action }
    if let action = try change(verb, &words) { return action }
    throw start.problem("“\(verb)” is nothing that an actor does; there are \(Self.verbs)")
  }

  private static let verbs = """
    open, open-below, open-beneath, reopen, memory, socketpair, listen, accept, connect, pidfd, \
    dup, send, receive, recv, read, write, seek, truncate, map, look, close, nonblock, cloexec, limit, \
    option, seal, jail, drop-root, wait, become, exit
    """

  private func opening(_ verb: String, _ words: inout WordReader) throws(LessonProblem) -> Action? {
    switch verb {
    case "open":
      let path = try words.path("a file's name")
      return .open(path: path, try flags(&words))
    case "open-below":
      let folder = try reference(&words)
      let path = try words.quoted("a path")
      return .openBelow(folder, path: path, try flags(&words))
    case "open-beneath":
      return .openBeneath(try reference(&words), path: try words.quoted("a path"))
    case "reopen": return .reopen(try reference(&words), try flags(&words))
    case "memory": return .memory
    case "socketpair": return .socketPair(try words.oneOf("a socket's type", SocketType.self))
    case "listen": return .listen(path: try words.path("a socket's name"))
    case "accept": return .accept(try reference(&words))
    case "connect": return .connect(path: try words.path("a socket's name"))
    case "pidfd": return .ownPidDescriptor
    case "dup": return .duplicate(try reference(&words))
    default: return nil
    }
  }

  private func message(_ verb: String, _ words: inout WordReader) throws(LessonProblem) -> Action? {
    switch verb {
    case "send": return .send(try sending(&words))
    case "receive": return .receive(try receiving(&words))
    case "recv":
      return .plainReceive(try reference(&words), count: try words.number("how many bytes"))
    case "read":
      return .read(try reference(&words), count: try words.number("how many bytes"))
    case "write": return .write(try reference(&words), try words.quoted("what is written"))
    default: return nil
    }
  }

  private func change(_ verb: String, _ words: inout WordReader) throws(LessonProblem) -> Action? {
    switch verb {
    case "seek": return .seek(try reference(&words), offset: try words.number("an offset"))
    case "truncate": return .truncate(try reference(&words), size: try words.number("a size"))
    case "map": return .map(try reference(&words))
    case "look": return .look(try reference(&words))
    case "close": return .close(try references(&words))
    case "nonblock": return .nonBlocking(try reference(&words))
    case "cloexec": return .closeOnExec(try reference(&words), try onOrOff(&words))
    case "limit": return .limit(try words.number("how many descriptors"))
    case "option":
      let socket = try reference(&words)
      let option = try words.oneOf("a socket's option", SocketOption.self)
      return .option(socket, option, try onOrOff(&words))
    case "seal":
      let memory = try reference(&words)
      var seals: [Seal] = []
      repeat { seals.append(try words.oneOf("a seal", Seal.self)) } while words.peek != nil
      return .seal(memory, seals)
    case "drop-root": return .dropRoot
    case "jail": return .jail(path: try words.path("a folder"))
    case "wait": return .waitForHangUp(try reference(&words))
    case "become": return .become(actor: try words.path("an actor"))
    case "exit": return .exit(try words.number("a status"))
    default: return nil
    }
  }

  private func sending(_ words: inout WordReader) throws(LessonProblem) -> Sending {
    let socket = try reference(&words)
    var sending = Sending(socket: socket, text: try words.quoted("the data"))
    while let word = words.peek, word.text != "times" {
      switch word.text {
      case "with":
        _ = words.next()
        sending.descriptors = try references(&words)
      case "copies":
        _ = words.next()
        sending.copies = try words.number("how many of each")
      case "separately":
        _ = words.next()
        sending.isSeparate = true
      case "length":
        _ = words.next()
        sending.length = try words.number("what stands in cmsg_len")
      case "credentials":
        _ = words.next()
        sending.credentialsOf = words.take("of") ? try words.number("a process") : 0
      default:
        throw words.problem(
          "“with”, “copies”, “separately”, “length” or “credentials” belongs here")
      }
    }
    return sending
  }

  private func receiving(_ words: inout WordReader) throws(LessonProblem) -> Receiving {
    var receiving = Receiving(socket: try reference(&words))
    while let word = words.peek, word.text != "times" {
      if words.take("data") {
        receiving.data = try words.number("how many bytes")
      } else if words.take("control") {
        receiving.control = words.take("none") ? nil : try words.number("how many bytes, or none,")
      } else {
        receiving.flags.append(try words.oneOf("“data”, “control” or a flag", ReceiveFlag.self))
      }
    }
    return receiving
  }

  // MARK: Words

  private static let ends: Set<String> = ["times", "copies", "separately", "length", "credentials"]

  private func references(_ words: inout WordReader) throws(LessonProblem) -> [Reference] {
    var references = [try reference(&words)]
    while let word = words.peek, !Self.ends.contains(word.text) {
      references.append(try reference(&words))
    }
    return references
  }

  private func reference(_ words: inout WordReader) throws(LessonProblem) -> Reference {
    guard let word = words.peek, word.kind == .name || word.kind == .number else {
      throw words.problem("a descriptor belongs here, by its name or number")
    }
    if word.kind == .name, !names.contains(word.text) {
      let known = names.sorted().joined(separator: ", ")
      throw words.problem(
        "no line before this one makes “\(word.text)”"
          + (known.isEmpty ? "" : "; there are \(known)"))
    }
    _ = words.next()
    guard words.take("[") else { return Reference(name: word.text) }
    let index = try words.number("which one, from 0,")
    try words.expect("]")
    return Reference(name: word.text, index: index)
  }

  private func flags(_ words: inout WordReader) throws(LessonProblem) -> [OpenFlag] {
    var flags: [OpenFlag] = []
    while let word = words.peek, word.text != "times" {
      flags.append(try words.oneOf("a way to open", OpenFlag.self))
    }
    return flags
  }

  private func onOrOff(_ words: inout WordReader) throws(LessonProblem) -> Bool {
    if words.take("on") { return true }
    guard words.take("off") else { throw words.problem("“on” or “off” belongs here") }
    return false
  }
}
