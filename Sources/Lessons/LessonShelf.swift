/// The lessons of the package, in the order in which they build on one another.
public enum LessonShelf {
  private static let texts: [(name: String, bytes: [UInt8])] = [
    ("first-pass", PackageResources.first_pass_lesson),
    ("bytes", PackageResources.bytes_lesson),
    ("one-file", PackageResources.one_file_lesson),
    ("in-flight", PackageResources.in_flight_lesson),
    ("many", PackageResources.many_lesson),
    ("truncation", PackageResources.truncation_lesson),
    ("slack", PackageResources.slack_lesson),
    ("barrier", PackageResources.barrier_lesson),
    ("silent-loss", PackageResources.silent_loss_lesson),
    ("credentials", PackageResources.credentials_lesson),
    ("leaks", PackageResources.leaks_lesson),
    ("kinds", PackageResources.kinds_lesson),
    ("limits", PackageResources.limits_lesson),
    ("broker", PackageResources.broker_lesson),
  ]

  /// Their names.
  public static var names: [String] { texts.map(\.name) }

  /// The lesson after this one; nil after the last one, and where there is none of that name.
  public static func name(after name: String) -> String? {
    let names = names
    return names.firstIndex(of: name).flatMap { names.dropFirst($0 + 1).first }
  }

  /// The text of a lesson; nil where there is none of that name.
  public static func text(of name: String) -> String? {
    texts.first { $0.name == name }.map { String(decoding: $0.bytes, as: UTF8.self) }
  }
}
