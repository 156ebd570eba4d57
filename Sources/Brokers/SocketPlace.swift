public import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// Where the server and the client meet when nobody says otherwise.
public enum SocketPlace {
  /// The path that a user chose, or the standard place.
  ///
  /// - Parameters:
  ///   - path: What the user chose.
  ///   - role: The role that meets there; nil for that of standard output.
  /// - Returns: The path of a socket, which need not exist.
  /// - Throws: What `standard` throws.
  public static func chosen(
    _ path: String?, role: String? = nil
  ) throws(BrokerError) -> FilePath {
    if let path { FilePath(path) } else { try standard(role: role) }
  }

  /// `fdpass.sock`, or `fdpass-ROLE.sock`, in `$XDG_RUNTIME_DIR`, or else in a directory of the user's own under `/tmp`.
  ///
  /// The runtime directory must be an absolute path, as its specification says; if it is not, it
  /// counts as not set. The other one is made when it is missing.
  ///
  /// - Throws: `unsafeDirectory` when that other one is not a directory which only this user can
  ///   enter: anybody may have put it in `/tmp` first.
  public static func standard(role: String? = nil) throws(BrokerError) -> FilePath {
    let name = role.map { "fdpass-\($0).sock" } ?? "fdpass.sock"
    if let runtime = environment("XDG_RUNTIME_DIR"), runtime.isAbsolute {
      return runtime.appending(name)
    }
    let directory = FilePath("/tmp/fdpass-\(geteuid())")
    try makePrivate(directory)
    return directory.appending(name)
  }

  private static func environment(_ name: String) -> FilePath? {
    guard let value = unsafe getenv(name), unsafe value.pointee != 0 else { return nil }
    return unsafe FilePath(platformString: value)
  }

  /// Makes the directory, or makes sure that the one that is there is private.
  static func makePrivate(_ directory: FilePath) throws(BrokerError) {
    if unsafe directory.withPlatformString({ unsafe mkdir($0, 0o700) }) == 0 { return }
    let code = Errno(rawValue: errno)
    if code != .fileExists { throw .file("make the directory \(directory)", code) }

    // Not following a symbolic link: what it leads to now may be something else a moment later.
    let status = try file("look at the directory \(directory)") {
      try directory.stat(followTargetSymlink: false)
    }
    if status.type != .directory {
      throw .unsafeDirectory(directory, "is no directory")
    }
    if status.userID.rawValue != geteuid() {
      throw .unsafeDirectory(directory, "belongs to another user")
    }
    if status.permissions.rawValue & 0o077 != 0 {
      throw .unsafeDirectory(directory, "is open to other users (its mode must be 0700)")
    }
  }
}
