// swift-tools-version: 6.2
import PackageDescription

/// One set of strict settings for every target.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func program(_ name: String, _ dependencies: [Target.Dependency], path: String? = nil) -> Target {
  .executableTarget(name: name, dependencies: dependencies, path: path, swiftSettings: strict)
}

func tests(of name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(name: name + "Tests", dependencies: [.byName(name: name)] + dependencies, swiftSettings: strict)
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
/// Hummingbird's server, and the HTTP types that it speaks in.
let hummingbird: [Target.Dependency] = [
  .product(name: "HummingbirdCore", package: "hummingbird"),
  .product(name: "HTTPTypes", package: "swift-http-types"),
  .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
]

func nio(_ product: String) -> Target.Dependency { .product(name: product, package: "swift-nio") }

let package = Package(
  name: "lbd",
  products: [
    .executable(name: "lbd", targets: ["lbd"]),
    .executable(name: "lbctl", targets: ["lbctl"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2", traits: []),
  ],
  targets: [
    // What C offers
    .target(name: "CLinux"),
    .systemLibrary(name: "CLibNL", pkgConfig: "libnl-3.0", providers: [.apt(["libnl-3-dev"])]),
    .systemLibrary(name: "CLibPcap", pkgConfig: "libpcap", providers: [.apt(["libpcap-dev"])]),
    .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),

    // The rooms; arrows point down only
    room("LoadBalancing"),
    room("LinuxSystem", ["CLinux"]),
    room("LBConfiguration", ["LoadBalancing", "LinuxSystem", "CLibXML2"]),
    room("Netlink", ["CLibNL"]),
    room("IPVS", ["LoadBalancing", "Netlink"]),
    room("PacketMarks", ["LoadBalancing", "LinuxSystem", "Netlink"]),
    room("Interfaces", ["LoadBalancing", "LinuxSystem", "Netlink", "CLibPcap"]),
    room(
      "CheckPrograms",
      [
        "LinuxSystem", argumentParser, subprocess,
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ]),
    room(
      "HealthChecks",
      [
        "LoadBalancing", "LinuxSystem", "CheckPrograms", nio("NIOCore"), nio("NIOPosix"), nio("NIOTLS"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"), .product(name: "Crypto", package: "swift-crypto"),
      ]),
    room(
      "Director",
      ["LoadBalancing", "LinuxSystem", "Netlink", "IPVS", "PacketMarks", "Interfaces", "HealthChecks"]),
    room("Diagnosis", ["LoadBalancing", "LinuxSystem", "Netlink", "IPVS", "PacketMarks", "Interfaces", "Director"]),
    room("ClientWatch", ["LoadBalancing", "LinuxSystem", "Netlink", "Interfaces"]),
    room("ControlAPI", [nio("NIOCore"), nio("NIOPosix"), nio("NIOHTTP1")]),
    room(
      "LBDaemon",
      [
        "LoadBalancing", "LinuxSystem", "LBConfiguration", "Netlink", "IPVS", "CheckPrograms", "HealthChecks",
        "Director", "Diagnosis", "ClientWatch", "ControlAPI", argumentParser, lifecycle, logging, subprocess,
        nio("NIOCore"), nio("NIOPosix"),
      ] + hummingbird),
    room(
      "LBCommands",
      [
        "LoadBalancing", "LinuxSystem", "LBConfiguration", "ControlAPI", argumentParser, nio("NIOCore"), subprocess,
      ]),
    program("lbd", ["LBDaemon", "CheckPrograms"]),
    program("lbctl", ["LBCommands"]),

    // Tests
    .target(
      name: "TestSupport", dependencies: ["LoadBalancing", "Netlink"], path: "Tests/TestSupport", swiftSettings: strict),
    .target(
      name: "Simulation",
      dependencies: ["LoadBalancing", "IPVS", "PacketMarks", "Interfaces", "Director", "TestSupport"],
      path: "Tests/Simulation", swiftSettings: strict),
    program("Simulator", ["Simulation"], path: "Tests/Simulator"),
    program("LabPeer", ["LinuxSystem", "CLinux"], path: "Tests/LabPeer"),
    .executableTarget(name: "LabMeter", path: "Tests/LabMeter"),
    program("LabMonitor", ["LoadBalancing", "LinuxSystem", "HealthChecks"], path: "Tests/LabMonitor"),
    tests(of: "LoadBalancing"),
    tests(of: "LinuxSystem", ["TestSupport"]),
    tests(of: "LBConfiguration", ["TestSupport"]),
    tests(of: "Netlink", ["TestSupport"]),
    tests(of: "IPVS", ["TestSupport"]),
    tests(of: "PacketMarks", ["TestSupport"]),
    tests(of: "Interfaces", ["TestSupport"]),
    tests(of: "CheckPrograms", ["LinuxSystem"]),
    tests(
      of: "HealthChecks",
      [
        "TestSupport", "CheckPrograms", "LinuxSystem", nio("NIOCore"), nio("NIOEmbedded"), nio("NIOPosix"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]),
    tests(of: "Director", ["TestSupport", "LBConfiguration", "Simulation"]),
    tests(of: "Diagnosis", ["TestSupport"]),
    tests(of: "ClientWatch", ["TestSupport"]),
    tests(
      of: "LBDaemon",
      [
        "TestSupport", "ControlAPI", "CheckPrograms", "LinuxSystem", lifecycle, logging, nio("NIOCore"),
        nio("NIOPosix"),
      ]),
    tests(of: "LBCommands", ["TestSupport", "ControlAPI", "LinuxSystem", nio("NIOCore"), nio("NIOPosix")]),
    .testTarget(name: "ArchitectureTests", swiftSettings: strict),
    .testTarget(
      name: "KernelTests", dependencies: ["ControlAPI", "LinuxSystem", "TestSupport"], swiftSettings: strict),
  ]
)
