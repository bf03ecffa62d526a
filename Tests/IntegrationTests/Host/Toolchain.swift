// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest

/// Swift as it is installed here, which another Debian can be lent: Debian has no package of it.
struct Toolchain {
    /// The folder that has `bin`.
    let folder: String

    /// - Throws: when it is not in a folder of its own.
    init(in run: Run) throws {
        let information = try run.execute(["swift", "-print-target-info"])
        guard let match = information.firstMatch(of: #/"runtimeResourcePath": "(.+)/lib/swift"/#) else {
            throw GuestError("swift -print-target-info does not say where Swift is:\n\(information)")
        }
        folder = String(match.1)
        guard folder != "/usr" else {
            throw GuestError("Swift is in /usr, among all else that is there: it cannot be lent to a clean Debian")
        }
    }
}

/// Where git takes repositories from instead of where it is told to (`url.BASE.insteadOf`).
struct GitRedirections {
    private let rules: [(base: String, insteadOf: String)]

    init(in run: Run) throws {
        let settings = try run.attempt(["git", "config", "--get-regexp", #"^url\..*\.insteadof$"#]).output
        rules = settings.matches(of: #/url\.(.+)\.insteadof (.+)/#).map { (String($0.1), String($0.2)) }
    }

    /// Folders of this machine among them.
    var folders: [String] {
        let paths = Set(rules.map { $0.base.hasPrefix("file://") ? String($0.base.dropFirst(7)) : $0.base })
        return paths.filter { $0.hasPrefix("/") && FileManager.default.fileExists(atPath: $0) }.sorted()
    }

    /// The same rules in the file of settings that git has in /etc.
    var settings: String { rules.map { "[url \"\($0.base)\"]\n\tinsteadOf = \($0.insteadOf)\n" }.joined() }
}
