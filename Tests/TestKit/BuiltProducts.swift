import Foundation

/// The programs that were built together with the tests.
public enum BuiltProducts {
  /// The path of a built executable: it stands in the folder of the test bundle.
  public static func path(of name: String) -> String {
    directory.appending(path: name).path
  }

  private static let directory: URL = {
    // SwiftPM starts the bundle's own executable; a helper that loads the bundle names it in its
    // arguments.
    let candidates = [CommandLine.arguments.first ?? ""] + CommandLine.arguments
    let bundle = candidates.first { $0.contains(".xctest") } ?? CommandLine.arguments[0]
    let end = bundle.range(of: ".xctest").map(\.lowerBound) ?? bundle.endIndex
    return URL(filePath: String(bundle[..<end])).deletingLastPathComponent()
  }()
}
