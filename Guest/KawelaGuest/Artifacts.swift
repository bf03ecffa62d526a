// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Which Linux a guest has.
public enum GuestKernel: String, Sendable, CaseIterable {
    /// That of the machine's own Debian, mostly.
    case standard
    /// Debian 13's: 6.12 or newer.
    case newer
}

/// What Scripts/environment prepared, and the programs SwiftPM built.
public struct Artifacts: Sendable {
    public let qemu: String
    /// iPXE in the form of a Linux kernel.
    public let ipxe: String
    /// The folder with archives that some guests get after the initrd, see ``Extra``.
    public let extras: String
    private let kernels: [GuestKernel: (folder: String, initrd: String)]

    public func system(_ choice: GuestKernel) -> GuestSystem {
        GuestSystem(qemu: qemu, kernel: kernels[choice]?.folder ?? "", initrd: kernels[choice]?.initrd ?? "")
    }

    public func kernel(_ choice: GuestKernel) -> String { system(choice).vmlinux }
    /// The kernel in the compressed form that boot loaders take.
    public func compressedKernel(_ choice: GuestKernel) -> String { (kernels[choice]?.folder ?? "") + "/vmlinuz" }
    public func initrd(_ choice: GuestKernel) -> String { system(choice).initrd }

    /// The folder that has Package.swift.
    public static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path(percentEncoded: false).trimmingSuffix("/")

    /// - Throws: when Scripts/environment has not run in this clone, or its cache is gone.
    public static func find() throws -> Artifacts {
        let file = repository + "/.build/environment"
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw GuestError("no QEMU and guest image yet: run Scripts/environment (make test and make demo do)")
        }
        var values: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1).map(String.init)
            if parts.count == 2 { values[parts[0]] = parts[1] }
        }
        return Artifacts(
            qemu: try present("qemu", in: values), ipxe: try present("ipxe", in: values),
            extras: try present("extras", in: values),
            kernels: [
                .standard: (try present("kernel", in: values), try present("initrd", in: values)),
                .newer: (try present("newer-kernel", in: values), try present("newer-initrd", in: values)),
            ])
    }

    /// The plugin that gives QEMU the device type `kawela-sriov`: KAWELA_PLUGIN, else what `make plugin` made.
    public static func plugin() throws -> String {
        let path = ProcessInfo.processInfo.environment["KAWELA_PLUGIN"] ?? repository + "/.build/kawela-sriov.so"
        guard FileManager.default.fileExists(atPath: path) else { throw GuestError("no \(path): run make plugin") }
        return path
    }

    /// `kawela serve` with ``addedOptions``.
    public static func serve() throws -> [String] { [try kawela(), "serve"] + addedOptions }

    /// More options of `kawela serve`, as `--busy-poll 300`, between spaces: KAWELA_SERVE_OPTIONS.
    public static var addedOptions: [String] {
        let text = ProcessInfo.processInfo.environment["KAWELA_SERVE_OPTIONS"] ?? ""
        return text.split(separator: " ").map(String.init)
    }

    /// The `kawela` program: KAWELA_BINARY, else the one beside the running demo or test bundle.
    public static func kawela() throws -> String {
        if let given = ProcessInfo.processInfo.environment["KAWELA_BINARY"] { return given }
        return try program("kawela")
    }

    /// The program `name` that SwiftPM built beside the running demo or test bundle.
    public static func program(_ name: String) throws -> String {
        let bundle = CommandLine.arguments.first { $0.contains(".xctest") }
        let own = bundle ?? (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        var folder = URL(filePath: own)
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let candidate = folder.appending(path: name).path
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: candidate, isDirectory: &isFolder), !isFolder.boolValue {
                return candidate
            }
        }
        throw GuestError("no program \(name) beside \(own): run swift build")
    }
}

private func present(_ key: String, in values: [String: String]) throws -> String {
    guard let path = values[key], FileManager.default.fileExists(atPath: path) else {
        throw GuestError("\(key) is missing at \(values[key] ?? "(not named)"): run Scripts/environment again")
    }
    return path
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
