// SPDX-License-Identifier: Apache-2.0

import CBench
import CKawela
import Foundation
import Intel82576
import KawelaGuest

/// An 82576, Kawela's or QEMU's own, in a stock QEMU without a processor, and the driver program on it.
final class Card {
    let contestant: Contestant
    let driver: Driver
    let registers: CardRegisters
    /// Who emulates the card.
    let process: ChildProcess
    /// The other end of a stream.
    let sender: StreamSender?
    /// Where a TAP is.
    let namespace: Namespace?
    /// Of a card that can be watched.
    let controlSocket: String?
    private let machine: Machine
    private static let megabytes = 128

    enum Wire { case null, stream, tap }

    /// - Parameter isControlled: Kawela gives it a control socket.
    init(_ contestant: Contestant, _ wire: Wire, isControlled: Bool = false, in run: Run) throws {
        self.contestant = contestant
        let name = "\(contestant.rawValue)-\(wire)-\(cb_now())"
        namespace = wire == .tap ? try Namespace(in: run) : nil
        let listener = wire == .stream ? try StreamListener(path: run.path("\(name).wire")) : nil
        let uplink: UplinkPeer =
            switch wire {
            case .null: .null
            case .tap: .tap(Namespace.tap)
            case .stream: .stream(path: run.path("\(name).wire"))
            }
        let card = try NetworkCard(
            contestant.nic, uplink: uplink, control: isControlled, in: run, namespace: namespace)
        controlSocket = isControlled ? card.server?.controlSocket : nil
        let commands = run.path("\(name).qtest")
        let listening = kw_unix_bind(commands, CInt(SOCK_STREAM.rawValue))
        guard listening >= 0 else { throw BenchError("cannot listen at \(commands)") }
        defer { close(listening) }
        machine = try Machine(
            name: name, card: card, memory: Self.megabytes,
            arguments: ["-accel", "qtest", "-qtest", "unix:\(commands)", "-qtest-log", "/dev/null"], in: run,
            namespace: namespace)
        process = card.server?.process ?? machine.process
        registers = try CardRegisters(QTest(accept(listening, nil, nil)))
        sender = try listener?.accept()
        listener?.close()
        driver = Driver(registers, try Self.memory(of: machine.process))
        try bringUpLink()
        try driver.enable()
    }

    /// One for each contestant, on processors other than the caller's.
    static func all(_ wire: Wire, in run: Run) throws -> [Card] {
        try onOtherProcessors { try Contestant.allCases.map { try Card($0, wire, in: run) } }
    }

    /// Leaves the caller's processor to the caller alone: what `start` starts has the others.
    static func onOtherProcessors<Result>(_ start: () throws -> Result) rethrows -> Result {
        cb_use_last_processor(false)
        defer { cb_use_last_processor(true) }
        return try start()
    }

    /// The memfd that QEMU shares with its devices.
    private static func memory(of process: ChildProcess) throws -> Memory {
        let folder = "/proc/\(process.pid)/fd"
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(name)")
            guard target?.hasPrefix("/memfd:memory-backend-memfd") == true else { continue }
            return try Memory(descriptor: open("\(folder)/\(name)", O_RDWR | O_CLOEXEC), size: megabytes << 20)
        }
        throw BenchError("QEMU has no memfd")
    }

    /// CTRL.SLU, a restart of auto-negotiation through MDIC, STATUS.LU. QEMU's clock stands still unless it is moved.
    private func bringUpLink() throws {
        try driver.change(CTRL.self) { $0.setsLinkUp = true }
        try driver.write(MDIC(.write, register: 0, data: 0x1340))
        let deadline = cb_now() + 20_000_000_000
        while try !driver.read(STATUS.self).isLinkUp {
            guard cb_now() < deadline else { throw BenchError("\(contestant): the link does not come up") }
            try registers.qtest.command("clock_step 10000000")
            usleep(2000)
        }
    }

    // MARK: Timing

    private static let patience: UInt64 = 20_000_000_000

    /// The longer a processor has been idle, the longer it takes to wake: every batch finds the cards asleep for about as long.
    private static func pause() {
        let end = cb_now() + 300_000
        while cb_now() < end {}
    }

    /// Writes a register, and waits until bit 0 of every word in `done` is set and QEMU has answered.
    func time(_ doorbell: (offset: Int, value: UInt32), until done: [UnsafeMutableRawPointer]) throws -> Passage {
        let line = registers.line(doorbell)
        Self.pause()
        let start = cb_now()
        try registers.qtest.send(line)
        for word in done { try wait(for: word) }
        let end = cb_now()
        _ = try registers.qtest.receive()
        return Passage(start: start, done: end)
    }

    private func wait(for word: UnsafeMutableRawPointer) throws {
        guard cb_wait_for_bits(word, 1, Self.patience) else { throw BenchError("\(contestant): a batch does not end") }
    }

    /// Sends frames into the socket, and waits until bit 0 of `done` is set.
    func time(sending bytes: [UInt8], until done: UnsafeMutableRawPointer) throws -> Passage {
        Self.pause()
        let start = cb_now()
        try sender?.send(bytes)
        try wait(for: done)
        return Passage(start: start, done: cb_now())
    }

    /// Nanoseconds of a command of qtest's.
    func time(_ line: [UInt8]) throws -> UInt64 {
        Self.pause()
        let start = cb_now()
        try registers.qtest.send(line)
        _ = try registers.qtest.receive()
        return cb_now() - start
    }

    /// Writes a register and returns when the device has acted on it.
    func write(_ doorbell: (offset: Int, value: UInt32)) throws {
        try registers.write(doorbell.offset, doorbell.value)
        _ = try driver.read(STATUS.self)
    }

    /// Lets frames wait in the socket while the process that emulates the card is stopped. Time runs from letting it go
    /// on until bit 0 of `done` is set.
    func time(receiving bytes: [UInt8], until done: UnsafeMutableRawPointer) throws -> Passage {
        kill(process.pid, SIGSTOP)
        defer { kill(process.pid, SIGCONT) }
        try waitUntilStopped()
        try sender?.send(bytes)
        let start = cb_now()
        kill(process.pid, SIGCONT)
        try wait(for: done)
        return Passage(start: start, done: cb_now())
    }

    private func waitUntilStopped() throws {
        let deadline = cb_now() + Self.patience
        while cb_now() < deadline {
            let status = try String(contentsOfFile: "/proc/\(process.pid)/stat", encoding: .utf8)
            if let end = status.lastIndex(of: ")"), status[end...].dropFirst(2).hasPrefix("T") { return }
        }
        throw BenchError("\(contestant): does not stop")
    }
}
