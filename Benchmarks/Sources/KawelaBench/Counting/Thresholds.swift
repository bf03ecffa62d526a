// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest

/// What each benchmark of the device may cost, in a file in git.
struct Thresholds: Codable {
    struct Limit: Codable, Equatable {
        /// Instructions per frame (packet, with segmentation).
        var instructions: Double
        /// Calls of swift_retain and swift_release per frame.
        var references: Double
        /// In all frames together.
        var allocations: Int
    }

    /// By how much instructions may differ before it counts.
    var tolerance = 0.05
    var limits: [String: Limit] = [:]
    /// By how much system calls and sleeps of the daemon may differ, for one of each operation: less than one more in each.
    var daemonTolerance: Double? = 0.4
    /// What the daemon may cost, by operation.
    var daemon: [String: DaemonCounting.Cost]?

    private static let file = URL(filePath: Artifacts.repository + "/Benchmarks/thresholds.json")

    static func load() throws -> Thresholds {
        guard let data = try? Data(contentsOf: file) else { return Thresholds() }
        return try JSONDecoder().decode(Thresholds.self, from: data)
    }

    func save() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try (encoder.encode(self) + Data("\n".utf8)).write(to: Self.file)
    }

    enum Verdict {
        case fine
        case better
        case worse(String)
    }

    func judge(_ name: String, _ found: DaemonCounting.Cost) -> Verdict {
        guard let limit = daemon?[name] else { return .worse("has no threshold") }
        let tolerance = daemonTolerance ?? 0
        if found.calls > limit.calls + tolerance { return .worse("\(found.calls) system calls") }
        if found.sleeps > limit.sleeps + tolerance { return .worse("sleeps \(found.sleeps) times") }
        return found.calls < limit.calls - tolerance ? .better : .fine
    }

    func judge(_ name: String, _ found: Limit) -> Verdict {
        guard let limit = limits[name] else { return .worse("has no threshold") }
        if found.allocations > limit.allocations { return .worse("allocates \(found.allocations) times") }
        if found.references > limit.references + 0.1 { return .worse("\(found.references) references counted") }
        if found.instructions > limit.instructions * (1 + tolerance) { return .worse("too many instructions") }
        let isBetter =
            found.instructions < limit.instructions * (1 - tolerance) || found.references < limit.references - 0.1
            || found.allocations < limit.allocations
        return isBetter ? .better : .fine
    }
}
