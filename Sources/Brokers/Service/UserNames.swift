#if canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// Users and groups by name, from the system's databases. Not for several threads at once, and not
/// while clients wait: a database may be at the other end of a network.
enum UserNames {
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
