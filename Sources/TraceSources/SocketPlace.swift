#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The processes at both ends of the Unix socket with a certain name.
public enum SocketPlace {
  /// Whoever has a socket bound to `name` open, and whoever is connected to one.
  ///
  /// - Parameter name: A path, or `@name` for an abstract address.
  /// - Returns: Their numbers, at least one.
  /// - Throws: ``SocketPlaceError`` with a sentence for the user.
  public static func processes(at name: String) throws(SocketPlaceError) -> [Int32] {
    let file = try socketFile(name)
    let census = SocketCensus()
    if let limitation = census.limitation { throw SocketPlaceError(name, limitation) }
    let bound = census.sockets.values.filter { socket in
      (file.map { .file($0, path: name) } ?? SocketName.Place.abstract(name)).names(socket)
    }
    guard !bound.isEmpty else {
      throw SocketPlaceError(
        name,
        file == nil
          ? "nobody here has an abstract socket of this name"
            + ". Names are private to a network namespace; check both."
          : "nobody listens there: the file was left behind by a program that has ended, or that "
            + "program is in another network namespace. Start it, or give another path.")
    }
    let inodes = bound.map(\.inode)
    let ends = inodes + inodes.flatMap { census.joined[$0] ?? [] }
    let processes = census.processes(holding: ends).filter { $0 != getpid() }
    guard !processes.isEmpty else {
      throw SocketPlaceError(
        name, "its processes belong to another user. Run fdpass-tui as that user or as root (sudo)."
      )
    }
    return processes
  }

  /// The socket's file; nil for an abstract name, which has none.
  private static func socketFile(_ name: String) throws(SocketPlaceError) -> SocketFile? {
    var status = stat()
    guard unsafe stat(name, &status) == 0 else {
      let code = errno
      if name.hasPrefix("@") { return nil }
      let cure =
        code == ENOENT
        ? "Check the path, or choose from the list that `fdpass-tui attach` shows."
        : "Check the path and its folders' permissions, or run fdpass-tui as root (sudo)."
      throw SocketPlaceError(name, "\(ErrorNames.meaning(code)). \(cure)")
    }
    guard status.st_mode & S_IFMT == S_IFSOCK else {
      let kind =
        switch status.st_mode & S_IFMT {
        case S_IFDIR: "a directory"
        case S_IFREG: "a regular file"
        default: "another kind of file"
        }
      throw SocketPlaceError(name, "it is \(kind), not a socket. Give the path of a Unix socket.")
    }
    return SocketFile(status)
  }
}

/// Why nobody could be found at a socket.
public struct SocketPlaceError: Error, Equatable, CustomStringConvertible {
  /// A sentence, and what to do.
  public let description: String

  init(_ name: String, _ reason: String) {
    description = "Cannot attach to the socket \(name): \(reason)"
  }
}
