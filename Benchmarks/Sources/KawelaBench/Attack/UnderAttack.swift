// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// What one VF's attack costs another: register accesses and frames of a well-behaved one beside each ``Attack``.
enum UnderAttack {
    struct Row {
        var name: String
        /// Of one register read, in milliseconds.
        var latency: Samples
        /// Frames a second.
        var rate: Double
        /// The daemon still serves, and ends when it is told to.
        var hasSurvived: Bool
    }

    static func run(selection: String) throws -> [Row] {
        try Attack.all.filter { selection.isEmpty || $0.name == "none" || $0.name.contains(selection) }.map { attack in
            let row = try measure(attack)
            print(line(row))
            return row
        }
    }

    static func line(_ row: Row) -> String {
        func milliseconds(_ part: Double) -> String { String(format: "%8.2f", row.latency.quantile(part)) }
        let figures = [0.5, 0.99, 0.999, 1].map(milliseconds).joined()
        return row.name.padding(toLength: 52, withPad: " ", startingAt: 0) + figures
            + String(format: "%10.0f", row.rate / 1000) + (row.hasSurvived ? "" : "  died or hung")
    }

    private static func measure(_ attack: Attack) throws -> Row {
        let daemon = try Daemon()
        defer { daemon.stop() }
        let victim = try RawFunction(daemon.socket(1))
        let others = try RawFunction(daemon.socket(2))
        try victim.startReceive()
        try others.startReceive()
        let isOver = Atomic(false)
        return try withExtendedLifetime(others) {
            let thread = Thread { [path = daemon.socket(0)] in
                do { try attack.run(path) { isOver.load(ordering: .relaxed) } } catch {
                    if !isOver.load(ordering: .relaxed) { print("\(attack.name): \(error)") }
                }
            }
            thread.stackSize = 1 << 22
            thread.start()
            defer { isOver.store(true, ordering: .relaxed) }
            usleep(1_500_000)
            let latencies = (try? Victim.latencies(victim.client, seconds: 4)) ?? []
            let rate = latencies.isEmpty ? 0 : (try? Victim.rate(victim, seconds: 3)) ?? 0
            isOver.store(true, ordering: .relaxed)
            return Row(
                name: attack.name, latency: Samples(latencies.map { $0 * 1000 }), rate: rate,
                hasSurvived: daemon.stop() && !latencies.isEmpty)
        }
    }

    /// `kawela serve` with three VFs and the PF driven by itself, without a wire.
    private final class Daemon {
        private let process = Process()
        private let folder: String

        init() throws {
            folder = NSTemporaryDirectory() + "kawela-attack-\(UInt32.random(in: 0 ... .max))"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            process.executableURL = URL(fileURLWithPath: ProcessInfo.processInfo.environment["KAWELA_BINARY"]!)
            process.arguments = ["serve", "--directory", folder, "--vfs", "3", "--pf", "embedded", "--uplink", "null"]
            process.standardError = FileHandle.nullDevice
            try process.run()
            for _ in 0..<500 where !FileManager.default.fileExists(atPath: socket(2)) { usleep(10_000) }
            usleep(200_000)
        }

        func socket(_ index: Int) -> String { "\(folder)/vf\(index).sock" }

        /// Whether it ran until now, and ended by itself within six seconds.
        @discardableResult
        func stop() -> Bool {
            let ran = process.isRunning
            if ran { process.terminate() }
            for _ in 0..<600 where process.isRunning { usleep(10_000) }
            let ended = !process.isRunning
            if !ended { kill(process.processIdentifier, SIGKILL) }
            process.waitUntilExit()
            try? FileManager.default.removeItem(atPath: folder)
            return ran && ended
        }
    }
}
