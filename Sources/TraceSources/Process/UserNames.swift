/// The names of users and groups as /etc/passwd and /etc/group have them. getpwuid(3) would ask
/// servers too, and does not work in a static program.
struct UserNames {
  private let users: [UInt32: String]

  init() { users = Self.names("/etc/passwd") }

  /// The user's name, or "user 1234".
  subscript(user: UInt32) -> String { users[user] ?? "user \(user)" }

  /// The group's name, or "group 1234".
  static func group(_ number: UInt32) -> String {
    names("/etc/group")[number].map { "group \($0)" } ?? "group \(number)"
  }

  private static func names(_ path: String) -> [UInt32: String] {
    let text = String(decoding: ProcessFiles.contents(path) ?? [], as: UTF8.self)
    var names: [UInt32: String] = [:]
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: ":", omittingEmptySubsequences: false)
      // The first name of a number counts (passwd(5)).
      guard fields.count > 2, let number = UInt32(fields[2]), names[number] == nil else { continue }
      names[number] = String(fields[0])
    }
    return names
  }
}
