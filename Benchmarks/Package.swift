// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that neither `swift build` nor `make test` builds it. See Makefile: bench, bench-check.
let settings: [SwiftSetting] = [.swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny")]

let package = Package(
    name: "Benchmarks",
    dependencies: [.package(name: "Kawela", path: "..")],
    targets: [
        .target(name: "CBench"),
        .executableTarget(
            name: "kawela-bench",
            dependencies: [
                "CBench",
                .product(name: "KawelaDevice", package: "Kawela"),
                .product(name: "KawelaGuest", package: "Kawela"),
            ],
            path: "Sources/KawelaBench", swiftSettings: settings),
    ]
)
