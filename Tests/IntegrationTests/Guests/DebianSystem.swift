// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

/// Systems of Debian's that guests are made of, prepared when the first test asks for them.
enum DebianSystem: String, CaseIterable, CustomTestStringConvertible {
    /// The kernel of the machine's own Debian, 6.1 in Debian 12.
    case standard
    /// Debian 13's, 6.12.
    case newer
    /// The newest of Debian 13's backports, 7.3 in November 2026.
    case newest
    /// The newest on arm64, on the board QEMU calls `virt`.
    case arm64

    var testDescription: String { rawValue }

    func prepared(in run: Run) throws -> GuestSystem {
        switch self {
        case .standard: return try Artifacts.find().system(.standard)
        case .newer: return try Artifacts.find().system(.newer)
        case .newest:
            let kernel = try run.path(of: "guest-kernel", "trixie-backports")
            return GuestSystem(
                qemu: try Artifacts.find().qemu, kernel: kernel,
                initrd: try run.path(of: "guest-image", kernel) + "/initrd")
        case .arm64:
            let kernel = try run.path(of: "guest-kernel", "trixie-backports", "arm64")
            return GuestSystem(
                board: .virt, qemu: try run.path(of: "qemu", "aarch64"), kernel: kernel,
                initrd: try run.path(of: "guest-image", kernel, "arm64") + "/initrd")
        }
    }
}

extension Run {
    /// Runs a program of Scripts/ that prepares something, and returns the path it printed at last.
    func path(of script: String, _ arguments: String...) throws -> String {
        let output = try execute([Artifacts.repository + "/Scripts/" + script] + arguments, seconds: 1200)
        guard let path = output.split(separator: "\n").last, path.hasPrefix("/") else {
            throw GuestError("Scripts/\(script) printed no path:\n\(output)")
        }
        return String(path)
    }
}
