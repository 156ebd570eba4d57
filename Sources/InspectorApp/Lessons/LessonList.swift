public import Lessons
import TraceModel

/// The lessons there are, and which of them are done.
public enum LessonList {
  /// For people.
  public static func text(_ lessons: [Lesson], done: Set<String>) -> String {
    let width = lessons.map(\.name.count).max() ?? 0
    let lines = lessons.enumerated().flatMap { index, lesson in
      let number = index + 1 < 10 ? " \(index + 1)" : "\(index + 1)"
      let name = lesson.name + String(repeating: " ", count: width - lesson.name.count)
      let mark = done.contains(lesson.name) ? "done" : "    "
      let start = "\(number)  \(mark)  \(name)  \(lesson.minutes) min  "
      let about = wrapped(lesson.about, width: 80 - start.count)
      let indent = String(repeating: " ", count: start.count)
      return about.enumerated().map { ($0 == 0 ? start : indent) + $1 + "\n" }
    }
    let next = lessons.first { !done.contains($0.name) }
    return lines.joined() + "\n"
      + (next.map { "Next: fdpass-tui learn \($0.name)\n" } ?? "All are done.\n")
  }

  /// An object a line.
  public static func json(_ lessons: [Lesson], done: Set<String>) -> String {
    let lines = lessons.map { lesson in
      var writer = JSONWriter()
      writer.object { writer in
        writer.field("v", 1)
        writer.field("name", lesson.name)
        writer.field("title", lesson.title)
        writer.field("minutes", lesson.minutes)
        writer.field("done", done.contains(lesson.name))
      }
      return String(decoding: writer.bytes, as: UTF8.self) + "\n"
    }
    return lines.joined()
  }
}
