import CLinux
public import Lessons

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Does what a lesson's actor does, line by line, with the system calls themselves: lessons also
/// show what a careful library would refuse to do.
public struct Performer {
  let actor: LessonActor
  let become: (String) -> Void
  /// The descriptors that names stand for.
  var descriptors: [String: [Int32]] = [:]
  /// Where descriptors are mapped.
  var mappings = Mappings()

  /// What a line came to.
  enum Outcome {
    /// What it made.
    case done([Int32])
    /// The error number.
    case failed(Int32)

    /// The result of a call that returns a descriptor or -1.
    static func made(_ result: Int32) -> Outcome { result < 0 ? .failed(errno) : .done([result]) }
    /// The result of a call that returns -1 or something of no interest.
    static func checked(_ result: Int) -> Outcome { result < 0 ? .failed(errno) : .done([]) }
    static func checked(_ result: Int32) -> Outcome { checked(Int(result)) }
    /// The result of a call that returns a negative error number.
    static func coded(_ result: Int32) -> Outcome { result < 0 ? .failed(-result) : .done([]) }
  }

  /// An actor that has done nothing yet.
  ///
  /// - Parameters:
  ///   - actor: Who it is.
  ///   - lesson: The lesson; its sockets stand at 3 and above.
  ///   - become: Replaces this program by another actor; returns where that failed.
  public init(_ actor: LessonActor, of lesson: Lesson, become: @escaping (String) -> Void) {
    self.actor = actor
    self.become = become
    for (index, name) in lesson.sockets(of: actor.name).enumerated() {
      descriptors[name] = [3 + Int32(index)]
    }
  }

  /// Does everything. Returns the status to exit with.
  public mutating func perform() -> Int32 {
    for line in actor.lines {
      if case .exit(let status) = line.action { return Int32(status) }
      var made: [Int32] = []
      for _ in 0..<line.times {
        switch perform(line.action) {
        case .done(let more): made += more
        case .failed(let code):
          guard line.mayFail else {
            Self.print("\(actor.name), line \(line.line) of the lesson: \(Self.meaning(code))\n")
            return 1
          }
        }
      }
      if line.results.count == 1 {
        descriptors[line.results[0]] = made
      } else {
        for (name, fd) in zip(line.results, made) { descriptors[name] = [fd] }
      }
    }
    return 0
  }

  /// All descriptors that a reference means; what did not arrive is none.
  func all(_ reference: Reference) -> [Int32] {
    let all = Int32(reference.name).map { [$0] } ?? descriptors[reference.name] ?? []
    guard let index = reference.index else { return all }
    return all.indices.contains(index) ? [all[index]] : []
  }

  /// The first of them; -1, which every call refuses, where there is none.
  func one(_ reference: Reference) -> Int32 { all(reference).first ?? -1 }

  private func perform(_ action: Action) -> Outcome {
    switch action {
    case .send(let sending): return send(sending)
    case .receive(let receiving): return receive(receiving)
    case .become(let actor):
      become(actor)
      return .failed(errno)
    case .exit: return .done([])
    default: return open(action) ?? change(action)
    }
  }

  private static func meaning(_ code: Int32) -> String {
    guard let text = unsafe strerror(code) else { return "error \(code)" }
    return unsafe String(cString: text)
  }

  private static func print(_ text: String) {
    _ = unsafe text.withCString { unsafe write(STDERR_FILENO, $0, strlen($0)) }
  }
}
