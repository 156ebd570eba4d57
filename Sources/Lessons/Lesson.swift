/// A lesson: processes that pass descriptors, and what is said about it at which moment.
public struct Lesson: Sendable, Hashable {
  /// The word that `fdpass-tui learn` takes.
  public var name: String
  /// What the list calls it.
  public var title = ""
  /// How long it takes to read and do.
  public var minutes = 0
  /// What it teaches, in one sentence.
  public var about = ""
  /// Why it cannot be run on every machine.
  public var needs: [Need] = []
  /// The files that are there before anybody starts.
  public var files: [LessonFile] = []
  /// The sockets by which processes are joined from the beginning.
  public var pairs: [SocketPair] = []
  /// The processes that are launched, in this order, and those that they become or make.
  public var actors: [LessonActor] = []
  /// What is said, in order.
  public var pages: [Page] = []

  /// Something that a machine must offer.
  public enum Need: String, Sendable, Hashable, CaseIterable {
    /// An unprivileged process may become root of a user namespace of its own
    /// (user_namespaces(7)), or we are root already.
    case userNamespaces = "user-namespaces"
    /// SO_PASSPIDFD, Linux 6.5.
    case pidDescriptors = "pid-descriptors"
  }

  /// The actors that run from the start: all but those that others make or become.
  public var launched: [LessonActor] {
    let made = Set(actors.flatMap(\.lines).compactMap(\.action.madeActor))
    return actors.filter { !made.contains($0.name) }
  }

  /// What an actor calls the sockets that it has from the start: by the peer's name; their
  /// numbers begin at 3.
  public func sockets(of actor: String) -> [String] {
    pairs.compactMap { pair in
      pair.ends.first == actor ? pair.ends.last : pair.ends.last == actor ? pair.ends.first : nil
    }
  }
}

/// A file in the lesson's folder.
public struct LessonFile: Sendable, Hashable {
  /// What it is.
  public enum Kind: Sendable, Hashable {
    case folder
    case file(text: String)
    case link(target: String)
  }

  /// Its path within the lesson's folder.
  public var path: String
  /// What it is.
  public var kind: Kind
}

/// Two connected Unix sockets, one in each of two processes.
public struct SocketPair: Sendable, Hashable {
  /// The two actors.
  public var ends: [String]
  /// The sockets' type.
  public var type: SocketType
}

/// The types of Unix sockets (unix(7)).
public enum SocketType: String, Sendable, Hashable, CaseIterable {
  case stream, dgram, seqpacket
}

/// A process, and what it does line by line.
public struct LessonActor: Sendable, Hashable {
  /// What sentences call it.
  public var name: String
  /// What it does.
  public var lines: [ActorLine] = []
}

/// One line of an actor.
public struct ActorLine: Sendable, Hashable {
  /// Where it stands in the lesson.
  public var line: Int
  /// What the descriptors it makes are called from then on.
  public var results: [String]
  /// Whether it may fail; else a failure ends the actor.
  public var mayFail: Bool
  /// What it does.
  public var action: Action
  /// How often it does that, for those that make descriptors or send.
  public var times = 1
}

/// What is said at one moment.
public struct Page: Sendable, Hashable {
  /// Where it stands in the lesson.
  public var line: Int
  /// When it speaks.
  public var moment: PageMoment
  /// The pane it speaks of when it begins, which a small screen turns to.
  public var shown: ShownPane?
  /// What it says first; paragraphs are separated by line feeds.
  public var text = PlacedText()
  /// What the learner predicts.
  public var question: Question?
  /// When it is over, where that is later.
  public var end: PageMoment?
  /// The pane it speaks of then.
  public var shownThen: ShownPane?
  /// What it says when that has come.
  public var outcome = PlacedText()
  /// What must be true then.
  public var checks: [Check] = []
  /// Where to read more.
  public var source = ""
}

/// A part of the screen that a page speaks of.
public enum ShownPane: Sendable, Hashable {
  case timeline, message, bytes
  /// An actor's table.
  case descriptors(actor: String)
}

/// A prediction that the learner is asked for.
public struct Question: Sendable, Hashable {
  /// What is asked.
  public var text: PlacedText
  /// The answers to choose from; empty when it is a number.
  public var options: [Option] = []
  /// What gives the right number afterwards; nil when there are options.
  public var answer: Expression?
  /// What the one answers who knows: a number, or the place of an option from 1.
  public var expected = 0
  /// What helps, one after the other.
  public var hints: [PlacedText] = []
  /// What is said of a right answer.
  public var right = PlacedText()
  /// What is said of a wrong one.
  public var wrong = PlacedText()

  /// An answer to choose.
  public struct Option: Sendable, Hashable {
    /// What it says.
    public var text: PlacedText
    /// When it was right.
    public var condition: Expression
  }
}

/// Something that a page claims.
public struct Check: Sendable, Hashable {
  /// Where it stands.
  public var line: Int
  /// Its text.
  public var text: String
  /// What must be `yes`.
  public var condition: Expression
}

/// A moment of a session.
public struct PageMoment: Sendable, Hashable {
  /// What happens at it.
  public enum Kind: Sendable, Hashable {
    /// Everybody stands before their first step.
    case start
    /// The page before has said all it has to say.
    case now
    /// An actor is about to make a call.
    case before(call: String, actor: String)
    /// A call of an actor has returned.
    case after(call: String, actor: String)
    /// A process has ended.
    case end(actor: String)
  }

  /// What happens.
  public var kind: Kind
  /// What expressions call its event.
  public var name: String?
  /// Its words in the lesson.
  public var text: String
}
