// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest

/// A long run of everything at once: traffic, resets, hot-plug, lost uplinks, killed guests and a hostile client. Each round
/// ends with a moment of rest in which everybody must reach everybody, and what `kawela` holds is counted.
final class Soak {
    private let seconds: Double
    private let folder: URL
    private let network: SoakNetwork
    private let hostile: Hostile
    private let reader: RegisterReader
    private var schedule: Schedule
    private var log = SoakLog()
    private let start: ContinuousClock.Instant

    /// Runs for `seconds`, and writes what was measured to a folder of the cache: the samples, the table and the plot.
    /// - Parameter plot: another file that gets the plot.
    static func run(seconds: Double, seed: UInt64, plot: String?) throws {
        say("seed \(seed)")
        let soak = try Soak(seconds: seconds, seed: seed)
        defer { soak.close() }
        var failure: (any Error)?
        do { try soak.run() } catch { failure = error }
        let report = SoakReport(soak.log, seconds: soak.elapsed, seed: seed)
        say(report.table)
        try soak.write(report.table, "table.md")
        if let failure { throw failure }
        if let plot { try report.plot.write(toFile: plot, atomically: true, encoding: .utf8) }
        guard report.isFlat else { throw BenchError("not flat, see the table; samples are in \(soak.folder.path)") }
    }

    private init(seconds: Double, seed: UInt64) throws {
        self.seconds = seconds
        let stamp = Date().formatted(.iso8601.dateSeparator(.omitted).timeSeparator(.omitted))
        folder = try Self.cache().appending(path: "soak/\(stamp)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        schedule = Schedule(seed: seed)
        let booting = ContinuousClock.now
        network = try SoakNetwork()
        hostile = Hostile(network.server.socket(.hostile))
        reader = RegisterReader(network.server.socket(.reader))
        start = .now
        say("guests are up after \(Int((start - booting) / .seconds(1))) s")
    }

    private static func cache() throws -> URL {
        let environment = ProcessInfo.processInfo.environment
        if let given = environment["XDG_CACHE_HOME"] { return URL(filePath: given).appending(path: "kawela") }
        guard let home = environment["HOME"] else { throw BenchError("HOME is not set") }
        return URL(filePath: home).appending(path: ".cache/kawela")
    }

    private func close() {
        hostile.end()
        reader.end()
        network.run.close()
    }

    // MARK: Rounds

    private var elapsed: Double { (ContinuousClock.now - start) / .seconds(1) }

    private func run() throws {
        // Two rounds at least, and none longer than a minute but for events that take long.
        let length = min(45, seconds / 4)
        while elapsed < seconds || log.samples.count < 2 {
            do { try round(length) } catch {
                try? keepLogs()
                throw BenchError("in minute \(Int(elapsed / 60)): \(error)\nlogs are in \(folder.path)")
            }
        }
    }

    private func round(_ length: Double) throws {
        try network.startTraffic()
        hostile.resume()
        let end = Deadline(seconds: length)
        var events: [SoakEvent] = []
        repeat {
            guard let event = schedule.next() else { break }
            try happen(event)
            events.append(event)
        } while !end.hasPassed
        try hostile.pause()
        try network.endTraffic()
        try network.allReachAll()
        sleep(2)
        try record(events)
    }

    private func happen(_ event: SoakEvent) throws {
        let before = ContinuousClock.now
        do { try network.perform(event) } catch { throw BenchError("\(event.rawValue): \(error)") }
        say("  \(event.rawValue), \(Int((ContinuousClock.now - before) / .seconds(1))) s")
    }

    private func record(_ events: [SoakEvent]) throws {
        let server = network.server
        try server.isAlive()
        let sample = SoakSample(
            seconds: elapsed, process: try ProcessSample(pid: server.process.pid), latency: Samples(try reader.take()),
            frames: try server.frames(), events: events.count, attacks: hostile.count,
            secondAttempts: network.secondAttempts.count)
        log.add(sample, events)
        log.refused = hostile.refused
        say(sample.line)
        try write(log.csv, "samples.csv")
        try write(SoakReport(log, seconds: elapsed, seed: 0).plot, "soak.svg")
    }

    private func write(_ text: String, _ name: String) throws {
        try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
    }

    private func keepLogs() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: network.run.folder) {
            guard ["log", "console", "json"].contains(URL(filePath: name).pathExtension) else { continue }
            try FileManager.default.copyItem(
                at: URL(filePath: network.run.path(name)), to: folder.appending(path: name))
        }
    }
}
