// SPDX-License-Identifier: Apache-2.0

import Intel82576
import Foundation
import KawelaGuest
import Testing

extension StockQEMU {
    @Suite("Two NICs of one kawela in two stock QEMUs", .serialized)
    struct TwoPorts {
        @Test("carry frames to each other and at the same time, unchanged and in order")
        func exchange() throws {
            let bench = try PortsBench()
            let (first, second) = try (bench.plug(0), bench.plug(1))
            try whileRepeating(rounds: 64, { try first.exchange($0, with: second.mac) }) {
                try second.exchange($0, with: first.mac)
            }
            #expect(try first.driver.read(GPTC.self) == 1024 && second.driver.read(GPRC.self) == 1024)
            let threads = try bench.threadNames()
            #expect(threads.contains("kawela/port0") && threads.contains("kawela/other"), "\(threads)")
        }

        @Test("are not in each other's way: one goes on while the other's QEMU is killed, and comes back")
        func replace() throws {
            let bench = try PortsBench(joined: false)
            let lane = try bench.plug(1)
            for round in 0..<3 {
                let other = try bench.plug(0)
                try other.loop(round)
                other.machine.process.kill()
                try lane.loop(round)
            }
            #expect(bench.kawela.status == nil)
        }

        @Test("stop together on a signal and leave no socket behind")
        func stop() throws {
            let bench = try PortsBench()
            let lane = try bench.plug(0)
            _ = try bench.plug(1)
            bench.kawela.send(SIGTERM)
            #expect(try bench.kawela.wait(seconds: 10) == 0)
            #expect(try FileManager.default.contentsOfDirectory(atPath: bench.folder) == [])
            lane.machine.process.kill()
        }
    }
}

/// One `kawela` with two ports, which a cable joins or which get back what they send.
private final class PortsBench {
    let run: Run
    let kawela: ChildProcess
    let folder: String

    init(joined: Bool = true) throws {
        run = try Run()
        let folder = run.path("sockets")
        self.folder = folder
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        let uplinks = joined ? ["stream:\(folder)/wire,server", "stream:\(folder)/wire"] : ["loopback", "loopback"]
        let entries = uplinks.enumerated().map { index, uplink in
            let name = index == 1 ? #""name": "other", "# : ""
            return #"{\#(name)"socket": "\#(folder)/\#(index).sock", "uplink": "\#(uplink)", "#
                + #""mac": "52:54:00:00:00:0\#(index)"}"#
        }
        let configuration = #"{"version": 1, "ports": [\#(entries.joined(separator: ", "))]}"#
        try configuration.write(toFile: run.path("kawela.json"), atomically: true, encoding: .utf8)
        let process = try ChildProcess(
            try Artifacts.serve() + ["--config", run.path("kawela.json")], name: "kawela", in: run)
        try eventually("kawela makes its sockets\n\(process.tail())", within: 10, every: 0.005) {
            (0..<2).allSatisfy { FileManager.default.fileExists(atPath: "\(folder)/\($0).sock") }
        }
        kawela = process
    }

    deinit { run.close() }

    /// A new machine on port `index`, whose driver runs.
    func plug(_ index: Int) throws -> Lane {
        try Lane(index, name: run.uniqueMachineName(), socket: "\(folder)/\(index).sock", in: run)
    }

    func threadNames() throws -> [String] {
        let folder = "/proc/\(kawela.pid)/task"
        return try FileManager.default.contentsOfDirectory(atPath: folder).map {
            try String(contentsOfFile: "\(folder)/\($0)/comm", encoding: .utf8).trimmingCharacters(in: .newlines)
        }
    }
}

extension Run {
    fileprivate func uniqueMachineName() -> String { "qemu-\(UUID().uuidString.prefix(8))" }
}

/// A machine and the driver of its NIC. One thread at a time uses it.
private final class Lane: @unchecked Sendable {
    let machine: Machine
    let mac: [UInt8]
    private(set) var driver: IGBDriver

    init(_ index: Int, name: String, socket: String, in run: Run) throws {
        let control = try SocketListener(path: run.path("\(name).qtest"))
        let device: [String: Any] = [
            "driver": "vfio-user-pci", "id": "nic", "bus": "port1", "socket": ["type": "unix", "path": socket],
        ]
        machine = try Machine(
            name: name, card: nil, memory: 64,
            arguments: [
                "-accel", "qtest", "-qtest", "unix:\(control.path)", "-qtest-log", "/dev/null", "-device",
                String(decoding: try JSONSerialization.data(withJSONObject: device), as: UTF8.self),
            ], in: run)
        let qtest = QTestClient(try control.accept(seconds: 10))
        mac = [0x52, 0x54, 0, 0, 0, UInt8(index)]
        driver = IGBDriver(try PCIFunction(behind: HostBridge(qtest)), qtest)
        try driver.reset()
        try driver.bringUpLink()
        try driver.startQueues()
    }

    /// Sends 16 frames to `peer`, which sends as many.
    func exchange(_ round: Int, with peer: [UInt8]) throws {
        try driver.transmit((0..<16).map { frame(round * 16 + $0, to: peer) })
        try #require(try driver.receive(16) == (0..<16).map { frame(round * 16 + $0, to: mac) })
    }

    /// Sends 16 frames to itself.
    func loop(_ round: Int) throws { try exchange(round, with: mac) }
}

/// Does `rounds` of `first` in a thread of their own, and at the same time as many of `second`.
private func whileRepeating(
    rounds: Int, _ first: @escaping @Sendable (Int) throws -> Void, _ second: (Int) throws -> Void
) throws {
    let counter = Counter()
    try whileRepeating({ if let round = counter.next(below: rounds) { try first(round) } else { usleep(1000) } }) {
        for round in 0..<rounds { try second(round) }
    }
}

/// Counts up to a limit. Only one thread may use it.
private final class Counter: @unchecked Sendable {
    private var count = 0

    func next(below limit: Int) -> Int? {
        guard count < limit else { return nil }
        defer { count += 1 }
        return count
    }
}
