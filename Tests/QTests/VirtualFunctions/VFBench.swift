// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest
import Testing

/// One `kawela` that drives its physical function, and machines with a virtual function each.
///
/// Two of them, the victim and the witness, send frames to each other and over the wire; what the third does must not
/// change that.
final class VFBench {
    let run: Run
    let kawela: ChildProcess
    let wire: CableReader
    let (victim, witness): (VFDriver, VFDriver)
    private(set) var hostile: VFMachine
    private var machines: [VFMachine]
    private var round = 0

    /// Who sends on the wire.
    static let outside: [UInt8] = [0x02, 0, 0, 0, 0, 0x99]
    static let hostileVF = 0
    /// The VLAN that victim and witness may join.
    static let vlan: UInt32 = 77
    /// A fourth VF, for machines to come.
    static let spareVF = 3

    /// - Parameters:
    ///   - isChecked: whether what the hostile VF sends must have its own address. Unchecked, senseless frames get further.
    ///   - isTrusted: whether the hostile VF may choose addresses and VLANs.
    ///   - fill: what the RAM of the victim's and of the other machines holds at first.
    init(isChecked: Bool = true, isTrusted: Bool = false, fill: (victim: UInt8, others: UInt8) = (0, 0)) throws {
        run = try Run()
        let socket = try CableSocket(in: run)
        kawela = try startKawela(socket.uplink, (isChecked, isTrusted), in: run)
        wire = CableReader(try socket.accept())
        let run = run
        machines = try ["hostile", "victim", "witness"].enumerated().map { number, name in
            let machine = try VFMachine(name: name, socket: run.path("vf\(number).sock"), in: run)
            machine.ram.fill(with: name == "victim" ? fill.victim : fill.others)
            return machine
        }
        hostile = machines[0]
        (victim, witness) = try (machines[1].startedDriver(), machines[2].startedDriver())
    }

    deinit { run.close() }

    /// Another machine with VF `number`.
    func makeMachine(_ name: String, vf number: Int) throws -> VFMachine {
        let machine = try VFMachine(name: name, socket: run.path("vf\(number).sock"), in: run)
        machines.append(machine)
        return machine
    }

    /// Kills the hostile machine, without warning, and plugs its VF into a new one.
    func replaceHostile() throws {
        hostile.kill()
        hostile = try makeMachine("hostile", vf: Self.hostileVF)
    }

    /// Sends `count` frames each way between victim and witness and between victim and wire, and looks at every byte.
    func exchange(count: Int = 8) throws {
        round += 1
        let first = round * 1000
        try pass(frames(first, count, from: victim.mac, to: witness.mac), from: victim, to: witness)
        try pass(frames(first + 100, count, from: witness.mac, to: victim.mac), from: witness, to: victim)
        let leaving = frames(first + 200, count, from: victim.mac, to: Self.outside)
        try victim.transmit(leaving)
        try wire.expect(leaving)
        let arriving = frames(first + 300, count, from: Self.outside, to: victim.mac)
        try wire.send(arriving)
        try expect(arriving, at: victim)
    }

    private func pass(_ frames: [[UInt8]], from sender: VFDriver, to receiver: VFDriver) throws {
        try sender.transmit(frames)
        try expect(frames, at: receiver)
    }

    /// Takes `expected` in their order. Between them may be broadcasts of the hostile machine, which can find such in its
    /// ROM.
    private func expect(_ expected: [[UInt8]], at receiver: VFDriver) throws {
        for frame in expected {
            var received = try receiver.receive(1)[0]
            while received != frame, received.starts(with: broadcast) { received = try receiver.receive(1)[0] }
            try #require(received == frame)
        }
    }

    /// Exchanges frames again and again for `seconds`, and once at least. Takes a few milliseconds each time when nobody
    /// is in the way.
    /// - Parameters:
    ///   - limit: how many seconds each may take.
    ///   - bystander: gets some frames each time too, or does not.
    func exchange(for seconds: Double, limit: Double = 1, sendingTo bystander: [UInt8]? = nil) throws {
        let deadline = Deadline(seconds: seconds)
        var longest = Duration.zero
        repeat {
            let start = ContinuousClock.now
            if let bystander { try victim.transmit(frames(round, 4, from: victim.mac, to: bystander)) }
            try exchange()
            longest = max(longest, .now - start)
        } while !deadline.hasPassed
        #expect(longest < .seconds(limit))
    }

    /// Open descriptors of `kawela`.
    func descriptorCount() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(kawela.pid)/fd").count
    }

    /// Does `work`, and adds to its error what the hostile QEMU and `kawela` said.
    func withEvidence(_ work: () throws -> Void) throws {
        do { try work() } catch let error as GuestError {
            let process = hostile.machine.process
            usleep(100_000)
            let end = process.status.map { "ended with \($0)" } ?? "runs"
            throw GuestError("\(error)\n--- QEMU \(end)\n\(process.tail())\n--- kawela\n\(kawela.tail())")
        }
    }

    func requireKawela() throws { try #require(kawela.status == nil, "kawela lives: \(kawela.tail())") }
}

private func startKawela(
    _ uplink: UplinkPeer, _ hostile: (isChecked: Bool, isTrusted: Bool), in run: Run
) throws -> ChildProcess {
    guard case .stream(let path) = uplink else { throw GuestError("the uplink is not a socket") }
    let vfs = VFBench.spareVF + 1
    let configuration = """
        {"version": 1, "directory": "\(run.folder)", "uplink": "stream:\(path)", "pf": "embedded", "log-level": "debug",
         "vfs": [{"spoof-check": \(hostile.isChecked), "trust": \(hostile.isTrusted)},
                 {"trunk": [\(VFBench.vlan)]}, {"trunk": [\(VFBench.vlan)]}]}
        """
    try configuration.write(toFile: run.path("kawela.json"), atomically: true, encoding: .utf8)
    let process = try ChildProcess(
        try Artifacts.serve() + ["--vfs", "\(vfs)", "--config", run.path("kawela.json")], name: "kawela", in: run)
    try eventually("kawela makes its sockets\n\(process.tail())", within: 10, every: 0.005) {
        (0..<vfs).allSatisfy { FileManager.default.fileExists(atPath: run.path("vf\($0).sock")) }
    }
    return process
}

/// Frame `number` of a sequence, of a length and with content that only its number determines.
func frame(_ number: Int, from source: [UInt8], to destination: [UInt8]) -> [UInt8] {
    var frame = frame(number, to: destination)
    frame.replaceSubrange(6..<12, with: source)
    return frame
}

func frames(_ first: Int, _ count: Int, from source: [UInt8], to destination: [UInt8]) -> [[UInt8]] {
    (first..<(first + count)).map { frame($0, from: source, to: destination) }
}

let broadcast = [UInt8](repeating: 0xFF, count: 6)
