import Glibc
import Lessons

/// Lessons by name or by file, and which of them the user has been through.
enum LessonFiles {
  /// The lesson of the package with this name, or the one in a file: a word with a slash or a dot.
  ///
  /// - Throws: ``Failure`` where there is none, and where its text cannot be read.
  static func lesson(_ name: String) throws -> Lesson {
    if let text = LessonShelf.text(of: name) { return try read(name, text, from: name) }
    guard name.contains("/") || name.contains(".") else {
      throw Failure(
        "There is no lesson “\(name)”; `fdpass-tui learn` lists them. A file of your own needs a "
          + "slash or a dot in its name, as in ./\(name).lesson.")
    }
    guard let text = UserFiles.contents(of: name) else {
      throw Failure("Cannot read the lesson \(name): \(lastErrorText()). Check the path.")
    }
    let stem = name.split(separator: "/").last?.split(separator: ".").first.map(String.init)
    return try read(stem ?? name, text, from: name)
  }

  /// The same name for a process that goes elsewhere.
  static func lasting(_ name: String) -> String {
    guard LessonShelf.text(of: name) == nil, !name.hasPrefix("/"),
      let folder = unsafe getcwd(nil, 0)
    else { return name }
    defer { unsafe free(folder) }
    return unsafe String(cString: folder) + "/" + name
  }

  private static func read(_ name: String, _ text: String, from place: String) throws -> Lesson {
    do throws(LessonProblem) {
      return try Lesson(name: name, text: text)
    } catch {
      throw Failure("Cannot read the lesson \(place): \(error)")
    }
  }

  /// Every lesson of the package, in order.
  static func all() throws -> [Lesson] { try LessonShelf.names.map(lesson) }

  // MARK: Progress

  private static var progressPath: String? {
    UserFiles.path("XDG_STATE_HOME", "/.local/state", "/lessons")
  }

  /// The names of the lessons that were brought to their end.
  static var done: Set<String> {
    let text = progressPath.flatMap(UserFiles.contents) ?? ""
    return Set(text.split(separator: "\n").map(String.init))
  }

  /// Keeps that a lesson was brought to its end. Returns a sentence when that is not possible.
  static func finish(_ name: String) -> String? {
    guard let path = progressPath, LessonShelf.names.contains(name) else { return nil }
    let names = done.union([name])
    let lines = LessonShelf.names.filter(names.contains).map { $0 + "\n" }.joined()
    return UserFiles.write(lines, to: path).map { "Cannot keep your progress in \(path): \($0)." }
  }
}
