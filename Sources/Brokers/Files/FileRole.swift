public import FDPassing
public import SystemPackage

/// Opens files below a directory for those who may connect, and hands them over. One request:
/// `open path=notes.txt mode=read`.
public final class FileRole: BrokerRole {
  private let tree: FileTree
  private let limits: FileLimits
  private let log: (String) -> Void

  /// Each answer that grants something.
  public var passesDescriptors: Bool { true }

  /// Opens the root.
  ///
  /// - Parameters:
  ///   - root: The directory; found now, once and for all.
  ///   - limits: Which files below it are handed over.
  ///   - log: Takes a line for each file passed.
  /// - Throws: `BrokerError` when the root cannot be opened or is no place for files.
  public init(
    root: FilePath, limits: FileLimits, log: @escaping (String) -> Void
  ) throws(BrokerError) {
    tree = try FileTree(root)
    (self.limits, self.log) = (limits, log)
  }

  /// Opens the file, looks at what was opened, and decides.
  public func answer(
    _ request: Request, descriptors: inout DescriptorBatch, from peer: ConnectedPeer
  ) throws(Refusal) -> Answer? {
    let (path, writable) = try Self.wish(request)
    if writable && !limits.allowsWriting {
      throw Refusal("This server hands files over for reading; it was started without --write.")
    }
    do throws(Refusal) {
      return try open(path, writable: writable, for: peer)
    } catch { throw Refusal("\(printable(path)): \(error.sentence)") }
  }

  private func open(
    _ path: [UInt8], writable: Bool, for peer: ConnectedPeer
  ) throws(Refusal) -> Answer {
    let opened = try tree.open(path, writable: writable)
    let reason = try limits.check(size: opened.size, age: opened.age)
    let mode = writable ? "write" : "read"
    log("\(peer.name): passed \(printable(path)) to \(mode): \(reason)")
    return Answer(
      .ok(
        [
          "mode": mode, "size": "\(opened.size)", "age": "\(max(0, opened.age.components.seconds))",
        ],
        because: "Allowed to \(mode): \(reason)."),
      passing: opened.descriptor)
  }

  private static func wish(_ request: Request) throws(Refusal) -> (path: [UInt8], writable: Bool) {
    guard request.verb == "open" else {
      throw Refusal("This server passes files; it knows the verb open and not \(request.verb).")
    }
    if let key = request.fields.unknownKey(besides: ["path", "mode"]) {
      throw Refusal("A request for a file has no field \(key).")
    }
    guard let path = request.fields.bytes("path") else { throw Refusal("The path is missing.") }
    switch request.fields["mode"] ?? "read" {
    case "read": return (path, false)
    case "write": return (path, true)
    default: throw Refusal("The mode must be read or write.")
    }
  }
}
