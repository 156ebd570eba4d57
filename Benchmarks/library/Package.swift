// swift-tools-version: 6.2

import PackageDescription

// A package of its own: it sees of the library what any other program sees.
let package = Package(
  name: "passing",
  dependencies: [
    .package(name: "fdpass-tui", path: "../.."),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
  ],
  targets: [
    .executableTarget(
      name: "passing",
      dependencies: [
        .product(name: "FDPassing", package: "fdpass-tui"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: [.swiftLanguageMode(.v6), .strictMemorySafety()])
  ]
)
