// swift-tools-version: 6.2

import PackageDescription

// The checks set FDPASS_STRICT; a user's newer compiler with one new warning still builds.
let strict = Context.environment["FDPASS_STRICT"] != nil

let swiftSettings: [SwiftSetting] =
  [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
  ] + (strict ? [.treatAllWarnings(as: .error)] : [])

let cSettings: [CSetting] = strict ? [.treatAllWarnings(as: .error)] : []

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: swiftSettings)
}

func tests(
  _ name: String, _ dependencies: [Target.Dependency], without folders: [String] = []
) -> Target {
  .testTarget(
    name: name, dependencies: ["TestKit"] + dependencies, exclude: folders,
    swiftSettings: swiftSettings)
}

func command(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies + [argumentParser], swiftSettings: swiftSettings)
}

let package = Package(
  name: "fdpass-tui",
  products: [
    .library(name: "FDPassing", targets: ["FDPassing"]),
    .executable(name: "fdpass-tui", targets: ["fdpass-tui"]),
    .executable(name: "fdpass-server", targets: ["fdpass-server"]),
    .executable(name: "fdpass-client", targets: ["fdpass-client"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
  ],
  targets: [
    .target(name: "CLinux", cSettings: cSettings),
    .systemLibrary(name: "CNcurses"),
    .systemLibrary(name: "CVTerm"),

    library("ControlMessages"),
    .target(name: "CSockets", cSettings: cSettings),
    library("FDPassing", ["ControlMessages", "CSockets", systemPackage]),
    .target(name: "CBrokers", cSettings: cSettings),
    library("Brokers", ["FDPassing", "CBrokers", systemPackage]),

    library("TraceModel", ["ControlMessages"]),
    library(
      "TraceSources", ["TraceModel", "FDPassing", "CLinux", "ControlMessages", systemPackage]),

    library("TextUI"),
    library("TextUINcurses", ["TextUI", "CNcurses"]),
    library("TerminalEmulation", ["TextUI", "CVTerm", "CLinux"]),

    .target(
      name: "Lessons", resources: [.embedInCode("Texts")], swiftSettings: swiftSettings),
    library("Actors", ["Lessons", "ControlMessages", "CLinux"]),

    library("InspectorApp", ["TextUI", "TraceModel", "ControlMessages", "Lessons"]),

    command(
      "fdpass-tui",
      [
        "InspectorApp", "Lessons", "Actors", "TextUI", "TextUINcurses", "TerminalEmulation",
        "TraceModel",
        "TraceSources", "FDPassing", "CLinux", systemPackage,
      ]),
    command("fdpass-server", ["Brokers", "FDPassing", systemPackage]),
    command("fdpass-client", ["Brokers", "FDPassing", systemPackage]),

    .target(
      name: "TestKit", dependencies: ["TextUI"], path: "Tests/TestKit",
      swiftSettings: swiftSettings),
    .target(name: "CMSGOracle", path: "Tests/CMSGOracle", cSettings: cSettings),
    .executableTarget(name: "tracees", path: "Tests/Tracees", cSettings: cSettings),

    tests("ControlMessagesTests", ["ControlMessages", "CMSGOracle"]),
    tests("FDPassingTests", ["FDPassing", "ControlMessages", systemPackage]),
    tests("BrokersTests", ["Brokers", "FDPassing", systemPackage]),
    tests("TraceModelTests", ["TraceModel", "ControlMessages"]),
    tests("TraceSourcesTests", ["TraceSources", "TraceModel", "ControlMessages", "tracees"]),
    tests("LessonsTests", ["Lessons"]),
    tests("TextUITests", ["TextUI"]),
    tests("TerminalEmulationTests", ["TerminalEmulation", "TextUI"]),
    tests(
      "InspectorAppTests", ["InspectorApp", "Lessons", "TextUI", "TraceModel", "ControlMessages"],
      without: ["Frames"]),
    tests(
      "EndToEndTests", ["TextUI", "fdpass-tui", "fdpass-server", "fdpass-client", "tracees"]),
  ]
)
