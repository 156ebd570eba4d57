import TraceModel

/// Passes over events in whose lines, as ``EventLine`` has them, a text cannot stand, without
/// writing these lines.
///
/// A text can only stand where each of its words does. A word that is no process's name and none
/// of ``fixedWords`` comes from the event itself, so that it is enough to look for it there.
struct WordSieve {
  /// nil where every event must be asked.
  private var lines: LineSieve?

  /// It holds for the timeline as it is: later a process may have another name.
  init(_ pattern: FilterPattern, in timeline: Timeline) {
    let own = pattern.words.filter { word in
      let name = FilterPattern(verbatim: word)
      return !name.isPart(of: Self.fixedWords) && !word.allSatisfy(\.isHexDigitOrSign)
        && !timeline.processes.contains { name.isPart(of: $0.label) }
    }
    lines = own.max { $0.utf8.count < $1.utf8.count }.flatMap { LineSieve(Array($0.utf8)) }
  }

  /// Whether the text may stand in an event's lines.
  mutating func passes(_ sequence: Int, of timeline: Timeline) -> Bool {
    lines?.passes(sequence, of: timeline) ?? true
  }

  /// All words that ``EventLine`` writes of its own accord; a test reads them in its sources.
  static let fixedWords = """
    a about added aead alg already also an and answered are arrive arrived arrives assoclen at \
    away back batch be before began broken buffer by bytes call came carries changed child chose \
    cloexec closed cmsg confirm connected control controllen created credentials ctrunc cut data \
    descriptor descriptors device did does dontroute dontwait earlier else ended ends enlarged \
    eor error errqueue event experiment fail fastopen file fin first flags flight free from get gid \
    give gone gro has have here holds hop hops in inferred inherited inode installed into io ip \
    ipv is it its itself iv kb kcmp kept kernel left len let limit linux listening looked lost \
    lowered lowest made mark mb message min more ms msg name netlink never new next no nofile \
    nopolicy nosignal not note nothing now null number numbers of on only oob oobinline op open \
    opened opt or origdstaddr other out ovfl own packet peek pid pidfd pktinfo place priority \
    privileges process program proof proven proxy put queue reached received receiver receives \
    record recverr refer refers retopts rights rlimit rst runs rxq same saw scm sctp security \
    segment sender sendpage sent session set shows side sigabrt sigalrm sigbus sigfpe sighup \
    sigill sigint sigkill signal sigpipe sigquit sigsegv sigterm sigtrap sigusr since size so \
    socket sol somebody something starts stats status step still stood syn take taken tcp \
    terminal that the their then there through throws timestamp timestamping timestampns tls to \
    took tos tracer trunc ttl txtime type udp uid unix unseen until urgent user values waitall \
    waitforone warning was watches way were what when where which wifi with without would written \
    wrote you zerocopy
    """
}

extension FilterPattern {
  /// What it has in letters of ASCII, in small ones; each must stand in a text that has it.
  var words: [String] {
    pieces.flatMap { $0.split { !($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) } }
      .map { String(decoding: $0.map { $0 | 0x20 }, as: UTF8.self) }
  }
}

extension Character {
  /// Whether it may stand in a hexadecimal number, as unknown flags are written.
  fileprivate var isHexDigitOrSign: Bool { isHexDigit || self == "x" }
}
