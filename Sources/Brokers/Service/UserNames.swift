#if canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// Users and groups by name, from the system's databases. Not for several threads at once.
enum UserNames {
  /// The number, with the name where there is one: `1000 (alice)`.
  static func describe(_ user: UInt32) -> String {
    guard let entry = unsafe getpwuid(user), let name = unsafe entry.pointee.pw_name else {
      return "\(user)"
    }
    return "\(user) (\(printable(unsafe Array(String(cString: name).utf8))))"
  }

  /// A user's number, by number or name; nil for nobody.
  static func user(_ text: String) -> UInt32? {
    if let number = UInt32(text) { return number }
    return unsafe getpwnam(text)?.pointee.pw_uid
  }

  /// A group's number, by number or name; nil when there is none.
  static func group(_ text: String) -> UInt32? {
    if let number = UInt32(text) { return number }
    return unsafe getgrnam(text)?.pointee.gr_gid
  }
}
