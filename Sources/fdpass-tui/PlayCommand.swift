import Actors
import ArgumentParser
import Glibc
import Lessons

/// `fdpass-tui play`: one of a lesson's processes; the inspector starts it.
struct PlayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "play", abstract: "Do what an actor of a lesson does.", shouldDisplay: false)

  @Argument(help: "The lesson: its name, or its file.")
  var lesson: String

  @Argument(help: "The actor.")
  var actor: String

  @Argument(help: "The folder with the lesson's files.")
  var folder: String

  /// The words of such a command.
  static func arguments(_ lesson: String, _ actor: String, _ folder: String) -> [String] {
    ["fdpass-tui", "play", lesson, actor, folder]
  }

  func run() throws {
    let read = try LessonFiles.lesson(lesson)
    guard let part = read.actors.first(where: { $0.name == actor }) else {
      throw Failure("There is no actor \(actor) in the lesson \(lesson).")
    }
    guard unsafe chdir(folder) == 0 else {
      throw Failure("Cannot go to the lesson's folder \(folder): \(lastErrorText()).")
    }
    var performer = Performer(part, of: read) { other in
      execute(Self.arguments(lesson, other, folder))
    }
    Glibc.exit(performer.perform())
  }
}

/// Becomes ourselves anew with these arguments; returns where that failed (execv(3)).
private func execute(_ arguments: [String]) {
  var pointers = unsafe arguments.map { unsafe strdup($0) }
  unsafe pointers.append(nil)
  _ = unsafe execv("/proc/self/exe", pointers)
  unsafe pointers.forEach { unsafe free($0) }
}
