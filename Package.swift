// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]
/// The data path is free of overlapping accesses by construction, and debug builds, which all tests run, check it; the
/// checks would be up to a fifth of a small frame's instructions (docs/decisions/0007 and 0011).
///
/// KAWELA_FUZZ is set by Scripts/fuzz, whose release builds check them too.
let isFuzzing = Context.environment["KAWELA_FUZZ"] != nil
let unchecked: [SwiftSetting] = [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))]
let dataPath = isFuzzing ? strict : strict + unchecked
/// Tests build frames and rings by hand; memory safety is asked of the product, not of them.
let tests: [SwiftSetting] = [.swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny")]

/// What `kawela --version` says of the commit: KAWELA_COMMIT, which `make build` and packages set. Not the commit that SwiftPM
/// knows (`Context.gitInformation`): it keeps manifests, and would go on naming the commit at which it first saw this one.
let commit: [CSetting] =
    Context.environment["KAWELA_COMMIT"].map { commit in
        let isPlain = commit.utf8.allSatisfy { UInt8(ascii: "+")...UInt8(ascii: "z") ~= $0 && $0 != UInt8(ascii: "\\") }
        return isPlain ? [.define("KAWELA_COMMIT", to: "\"\(commit)\"")] : []
    } ?? []

let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")

let package = Package(
    name: "Kawela",
    products: [.executable(name: "kawela", targets: ["kawela"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        .package(url: "https://github.com/swhitty/FlyingFox", exact: "0.27.1"),
    ],
    targets: [
        .target(name: "CKawela"),
        /// Apart, so that another commit has next to nothing built anew.
        .target(name: "CVersion", cSettings: commit),
        .target(name: "PCIe", swiftSettings: strict),
        .target(
            name: "Intel82576", dependencies: ["PCIe", "CKawela"],
            swiftSettings: dataPath + [.enableExperimentalFeature("Lifetimes")]),
        .target(name: "HostSystem", dependencies: ["CKawela", system], swiftSettings: strict),
        /// What goes over the control socket, and the client's side of it.
        .target(name: "ControlProtocol", dependencies: ["HostSystem", system], swiftSettings: strict),
        /// `kawela top`: what a running server counts, live in a terminal.
        .target(
            name: "KawelaTop", dependencies: ["ControlProtocol", "HostSystem", system], swiftSettings: strict),
        /// What is served over HTTP: metrics, and the page that draws the card. A client of the control socket.
        .target(
            name: "KawelaWeb",
            dependencies: ["ControlProtocol", "HostSystem", system, .product(name: "FlyingFox", package: "FlyingFox")],
            resources: [
                "index.html", "page.css", "page.js", "blocks.js", "drawing.js", "shapes.js", "panel.js", "rates.js",
            ].map { .embedInCode("Page/" + $0) },
            swiftSettings: strict),
        .target(
            name: "VFIOUser", dependencies: ["PCIe", "HostSystem", "CKawela", logging, system],
            swiftSettings: strict),
        .target(
            name: "Backends", dependencies: ["Intel82576", "HostSystem", "CKawela", system], swiftSettings: dataPath),
        .target(name: "EmbeddedDriver", dependencies: ["Intel82576", "PCIe"], swiftSettings: strict),
        .target(
            name: "KawelaDaemon",
            dependencies: [
                "ControlProtocol", "VFIOUser", "Backends", "EmbeddedDriver", "Intel82576", "PCIe", "HostSystem",
                "CKawela",
                logging, system,
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "kawela",
            dependencies: [
                "KawelaDaemon", "KawelaTop", "KawelaWeb", "ControlProtocol", "CVersion",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        .target(
            name: "KawelaTestSupport", dependencies: ["PCIe", "Intel82576", "CKawela"], path: "Tests/KawelaTestSupport",
            swiftSettings: tests),
        .target(
            name: "HostTestSupport", dependencies: ["CKawela"], path: "Tests/HostTestSupport", swiftSettings: tests),
        /// Texts that tests compare with files.
        .target(name: "GoldenFiles", path: "Tests/GoldenFiles", swiftSettings: tests),
        .testTarget(
            name: "HostSystemTests", dependencies: ["HostSystem", "HostTestSupport", "CKawela", system],
            swiftSettings: tests),
        .testTarget(name: "PCIeTests", dependencies: ["PCIe"], swiftSettings: tests),
        .testTarget(
            name: "Intel82576Tests", dependencies: ["Intel82576", "PCIe", "KawelaTestSupport", "GoldenFiles"],
            exclude: ["Configuration/Golden"], swiftSettings: tests),
        .testTarget(
            name: "ControlProtocolTests", dependencies: ["ControlProtocol", "HostSystem", "HostTestSupport"],
            swiftSettings: tests),
        .testTarget(
            name: "KawelaTopTests",
            dependencies: ["KawelaTop", "ControlProtocol", "HostSystem", "HostTestSupport", "GoldenFiles", "kawela"],
            exclude: ["Views/Golden", "Terminal/Golden"],
            swiftSettings: tests),
        .testTarget(
            name: "KawelaWebTests", dependencies: ["KawelaWeb", "ControlProtocol", "HostSystem", "HostTestSupport"],
            exclude: ["Fixtures"], swiftSettings: tests),
        .testTarget(
            name: "VFIOUserTests", dependencies: ["VFIOUser", "PCIe", "HostSystem", "HostTestSupport", "CKawela"],
            swiftSettings: tests),
        .testTarget(
            name: "BackendsTests",
            dependencies: ["Backends", "Intel82576", "HostSystem", "HostTestSupport", "CKawela"],
            swiftSettings: tests),
        .testTarget(
            name: "EmbeddedDriverTests", dependencies: ["EmbeddedDriver", "PCIe", "Intel82576", "KawelaTestSupport"],
            swiftSettings: tests),
        .testTarget(
            name: "KawelaDaemonTests",
            dependencies: [
                "KawelaDaemon", "ControlProtocol", "EmbeddedDriver", "HostSystem", "KawelaTestSupport",
                "HostTestSupport",
                "sandbox-probe",
            ],
            swiftSettings: tests),
        .testTarget(
            name: "KawelaTests",
            dependencies: ["kawela", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            swiftSettings: tests),
        /// Confines itself as `kawela serve` does and tries what should not be possible then, for KawelaDaemonTests.
        .executableTarget(
            name: "sandbox-probe", dependencies: ["KawelaDaemon", "HostSystem", "CKawela", "CRawCalls", logging],
            path: "Tests/SandboxProbe", swiftSettings: tests),
        .target(name: "CRawCalls", path: "Tests/CRawCalls"),
        .testTarget(name: "QTests", dependencies: ["KawelaGuest", "Intel82576"], swiftSettings: tests),
        .testTarget(name: "GuestTests", dependencies: ["KawelaGuest"], swiftSettings: tests),
        /// Kawela among what others make; a folder for each of the integrations of Scripts/test.
        .testTarget(name: "IntegrationTests", dependencies: ["KawelaGuest", "kawela-demo"], swiftSettings: tests),
        /// Starts `kawela`, QEMU and guests for QTests, GuestTests and the demo.
        .target(name: "KawelaGuest", dependencies: ["CKawela"], path: "Guest/KawelaGuest", swiftSettings: tests),
        .executableTarget(name: "kawela-demo", dependencies: ["KawelaGuest"], path: "Guest/Demo", swiftSettings: tests),

        .target(name: "CBench", path: "Benchmarks/Sources/CBench"),
        /// See Scripts/bench.
        .executableTarget(
            name: "kawela-bench",
            dependencies: [
                "CBench", "KawelaGuest", "ControlProtocol", "Backends", "VFIOUser", "Intel82576", "PCIe", "CKawela",
                "HostTestSupport", logging,
            ],
            path: "Benchmarks/Sources/KawelaBench", swiftSettings: tests),
    ]
)

/// Set by Scripts/test. Not with SwiftPM's --sanitize: Swift 6.3 makes invalid code of the thread sanitizer's checks of
/// addressors (`FixedBuffer`), and the device has no threads anyway.
if Context.environment["KAWELA_SANITIZER"] == "thread" {
    for target in package.targets where !["Intel82576", "CBench", "kawela-bench"].contains(target.name) {
        if target.name.hasPrefix("C") {
            target.cSettings = [.unsafeFlags(["-fsanitize=thread"])]
        } else {
            target.swiftSettings = (target.swiftSettings ?? []) + [.unsafeFlags(["-sanitize=thread"])]
        }
        target.linkerSettings = [.unsafeFlags(["-sanitize=thread"])]
    }
}

/// Links with libFuzzer alone, whose `main` calls it; see Scripts/fuzz.
if isFuzzing {
    package.targets.append(
        .executableTarget(
            name: "kawela-fuzz",
            dependencies: [
                "KawelaDaemon", "ControlProtocol", "VFIOUser", "Backends", "EmbeddedDriver", "Intel82576", "PCIe",
                "HostSystem", "CKawela", "KawelaTestSupport", "HostTestSupport", logging, system,
            ],
            path: "Fuzz/Sources/KawelaFuzz", swiftSettings: tests))
}

/// One group of tests with what it depends on, which builds in a part of the time: `make quick` and Scripts/test set it.
let groups = [
    "device": [
        "Intel82576Tests", "PCIeTests", "KawelaTestSupport", "GoldenFiles", "Intel82576", "PCIe", "CKawela",
    ],
    "integration": ["IntegrationTests", "KawelaGuest", "kawela-demo", "CKawela"],
]
if let group = Context.environment["KAWELA_TESTS"].flatMap({ groups[$0] }) {
    package.products = []
    package.dependencies = []
    package.targets.removeAll { !group.contains($0.name) }
}
