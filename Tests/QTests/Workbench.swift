// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest
import Testing

/// A machine without a processor, an 82576 in its port, and the cable's other end in the test's hand.
final class Workbench {
    let run: Run
    let card: NetworkCard
    private let socket: CableSocket
    private let plugin: Bool
    private(set) var machine: Machine
    private(set) var qtest: QTestClient
    private(set) var cable: Cable

    /// - Parameters:
    ///   - plugin: whether QEMU knows the device type of the plugin.
    ///   - synchronous: whether the card does what a write asks for before the write is over.
    init(
        _ nic: NIC = .chosen, plugged: Plugged = .pf(), plugin: Bool = false, synchronous: Bool = false
    ) throws {
        self.plugin = plugin
        run = try Run()
        socket = try CableSocket(in: run)
        card = try NetworkCard(nic, uplink: socket.uplink, synchronous: synchronous, in: run)
        (machine, qtest) = try startMachine(card, plugged: plugged, plugin: plugin, in: run)
        cable = try socket.accept()
    }

    /// Kills QEMU without warning and starts another one on the same card. QEMU's own card brings a new cable with it.
    func replaceQEMU() throws {
        machine.process.kill()
        (machine, qtest) = try startMachine(card, plugged: .pf(), plugin: plugin, in: run)
        if card.nic == .qemuIGB { cable = try socket.accept() }
    }

    deinit { run.close() }

    /// The function behind the root port, its BARs placed.
    func function() throws -> PCIFunction { try PCIFunction(behind: HostBridge(qtest)) }

    /// A driver whose rings run and whose link is up.
    func driver() throws -> IGBDriver {
        var driver = IGBDriver(try function(), qtest)
        try driver.reset()
        try driver.bringUpLink()
        try driver.startQueues()
        return driver
    }

    /// The card's address as the tests give it.
    var mac: [UInt8] { card.mac.split(separator: ":").map { UInt8($0, radix: 16)! } }
}

private func startMachine(
    _ card: NetworkCard, plugged: Plugged, plugin: Bool, in run: Run
) throws -> (Machine, QTestClient) {
    let control = try SocketListener(path: run.path("qtest"))
    let machine = try Machine(
        card: card, plugged: plugged, plugin: plugin,
        arguments: [
            "-accel", "qtest", "-qtest", "unix:\(control.path)", "-qtest-log", "/dev/null",
            // Hot-plug by the root port's own registers, since there is no ACPI to ask.
            "-global", "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off",
        ], in: run)
    return (machine, QTestClient(try control.accept(seconds: 10)))
}

/// All tests with QEMU run one after the other.
@Suite(.serialized, .enabled(if: Availability.mayRun, Comment(rawValue: Availability.obstacle ?? "")))
struct StockQEMU {}

/// Frame `number` of a sequence: to `destination`, of a length and with content that only its number determines.
func frame(_ number: Int, to destination: [UInt8]) -> [UInt8] {
    var state = UInt64(number) &* 0x9E37_79B9_7F4A_7C15 | 1
    let length = 60 + number * 37 % 1455
    var frame = destination + [0x02, 0, 0, 0, 0, 1, 0x88, 0xB5]
    frame.reserveCapacity(length)
    while frame.count < length {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        frame.append(UInt8(truncatingIfNeeded: state))
    }
    return frame
}
