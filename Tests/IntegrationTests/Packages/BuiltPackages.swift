// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest

/// What `make deb` made in this clone, once for all tests.
struct BuiltPackages {
    static let folder = Artifacts.repository + "/.build/packages"

    /// The tests' own folder and processes.
    let run: Run
    /// The version that debian/changelog has, without Debian's revision.
    let version: String

    /// - Throws: the same each time, when they cannot be built.
    static func shared() throws -> BuiltPackages { try built.get() }

    private static let built = Result { try BuiltPackages() }

    private init() throws {
        run = try Run()
        try run.execute([Artifacts.repository + "/Scripts/packages", "integrations"], seconds: 1200)
        try run.make("deb")
        let entry = try String(contentsOfFile: Artifacts.repository + "/debian/changelog", encoding: .utf8)
        let match = entry.firstMatch(of: #/^kawela \(([0-9.]+)-[0-9]+\)/#)
        guard let match else { throw GuestError("debian/changelog has no version in its first line") }
        version = String(match.1)
    }

    /// The paths of the packages that were built last, or of those in `folder`.
    static func files(in folder: String = folder, ending suffix: String = ".deb") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(suffix) }.sorted()
            .map { "\(folder)/\($0)" }
    }

    /// The program that was packed.
    static var program: String {
        ProcessInfo.processInfo.environment["KAWELA"] ?? Artifacts.repository + "/.build-static/release/kawela"
    }
}

extension Run {
    /// Runs `make` as a user would: without what the tests' own `make` and SwiftPM leave in the environment.
    @discardableResult
    func make(_ arguments: String..., in folder: String = Artifacts.repository) throws -> String {
        let without = ["KAWELA_TESTS", "MAKEFLAGS", "MAKELEVEL", "MFLAGS"].flatMap { ["-u", $0] }
        return try execute(["env"] + without + ["make", "-C", folder] + arguments, seconds: 2400)
    }

    /// Makes the folder `copy` with the sources as they are here, and nothing that was built.
    func copySources(to copy: String) throws {
        let files = "git ls-files -z --cached --others --exclude-standard"
        try shell("mkdir '\(copy)'; cd '\(Artifacts.repository)'; \(files) | xargs -0 cp --parents -t '\(copy)'")
    }

    /// Runs a shell command to its end.
    @discardableResult
    func shell(_ command: String, seconds: Double = 300) throws -> String {
        try execute(["bash", "-euo", "pipefail", "-c", command], seconds: seconds)
    }
}

/// The commands that docs/install.md tells its readers.
struct InstallationGuide {
    private let text: String

    init() throws {
        text = try String(contentsOfFile: Artifacts.repository + "/docs/install.md", encoding: .utf8)
    }

    /// Lines of code below the heading `title`, up to the next heading.
    func commands(_ title: String) throws -> [String] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let start = lines.firstIndex(of: "## \(title)") else {
            throw GuestError("docs/install.md has no heading '\(title)'")
        }
        let section = lines[(start + 1)...].prefix { !$0.hasPrefix("## ") }
        return section.filter { $0.hasPrefix("    ") }.map { String($0.dropFirst(4)) }
    }
}
