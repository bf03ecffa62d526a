// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest

/// The `kawela serve` of a soak: a card whose PF a guest has, and one with VFs for a guest, a hostile client and a reader of
/// registers, whose PF it drives itself. The uplinks of both are TAPs on one bridge.
final class SoakServer {
    enum VF: Int {
        case guest, hostile, reader
    }

    /// Of the card whose PF a guest has.
    static let vfs = 2
    static let taps = [Namespace.tap, "tap1"]

    let process: ChildProcess
    let pfCard, vfCard: NetworkCard
    private let configuration: String
    private let folders: [String]
    private var isLimited = false
    private var readTo: UInt64 = 0

    init(in run: Run, _ peer: Namespace) throws {
        folders = [run.path("pf-card"), run.path("vf-card")]
        configuration = run.path("kawela.json")
        for folder in folders {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        }
        pfCard = NetworkCard(servedIn: folders[0], mac: "52:54:00:82:57:06", vfs: Self.vfs)
        vfCard = NetworkCard(servedIn: folders[1], mac: "52:54:00:82:57:07", vfs: 3)
        try Self.text(folders, isLimited: false).write(toFile: configuration, atomically: true, encoding: .utf8)
        process = try ChildProcess(
            peer.entering([try Artifacts.kawela(), "serve", "--config", configuration]), name: "kawela", in: run)
        let last = folders[1] + "/vf2.sock"
        try eventually("kawela makes its sockets\n\(process.tail())", within: 60) {
            try isAlive()
            return FileManager.default.fileExists(atPath: last)
        }
    }

    func socket(_ vf: VF) -> String { "\(folders[1])/vf\(vf.rawValue).sock" }

    func isAlive() throws {
        if let status = process.status { throw BenchError("kawela ended with \(status)\n\(process.tail())") }
    }

    private static func text(_ folders: [String], isLimited: Bool) -> String {
        """
        {
            "version": 1,
            "ports": [
                {"name": "pf", "directory": "\(folders[0])", "vfs": \(vfs), "uplink": "tap:\(taps[0])",
                 "mac": "52:54:00:82:57:06"},
                {"name": "vf", "directory": "\(folders[1])", "uplink": "tap:\(taps[1])", "pf": "embedded", "vfs": [
                    {"mac": "52:54:00:82:57:10"}, {"mac": "52:54:00:82:57:11", "rate": \(isLimited ? 100 : 1000)},
                    {"mac": "52:54:00:82:57:12"}
                ]}
            ]
        }

        """
    }

    /// Has it read its configuration again, with another limit for the hostile VF.
    func reload() throws {
        isLimited.toggle()
        try Self.text(folders, isLimited: isLimited).write(toFile: configuration, atomically: true, encoding: .utf8)
        _ = try newLines()
        process.send(SIGHUP)
        var said: [Substring] = []
        try eventually("kawela reads its configuration\n\(process.tail())", within: 60) {
            said += try newLines()
            return said.contains { $0.contains("configuration read again, changed: vf1") }
        }
    }

    /// Frames that went through the uplinks until now.
    func frames() throws -> Int {
        _ = try newLines()
        process.send(SIGUSR1)
        var counters: [Substring] = []
        try eventually("kawela reports its counters\n\(process.tail())", within: 60) {
            counters += try newLines().filter { $0.contains("uplink counters:") }
            return counters.count >= Self.taps.count
        }
        return counters.joined(separator: " ").matches(of: /(?:sent|received)_frames=(\d+)/).compactMap { Int($0.1) }
            .reduce(0, +)
    }

    /// What it has logged since the last call, whole lines.
    private func newLines() throws -> [Substring] {
        try isAlive()
        guard let file = FileHandle(forReadingAtPath: process.log) else { throw BenchError("no \(process.log)") }
        defer { try? file.close() }
        try file.seek(toOffset: readTo)
        let data = try file.readToEnd() ?? Data()
        guard let end = data.lastIndex(of: 0x0A) else { return [] }
        let lines = data[...end]
        readTo += UInt64(lines.count)
        return String(decoding: lines, as: UTF8.self).split(separator: "\n")
    }
}
