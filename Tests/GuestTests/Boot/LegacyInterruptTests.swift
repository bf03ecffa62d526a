// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

extension RealGuest {
    @Suite("Machines that have no MSI-X", .serialized)
    struct LegacyInterrupts {
        @Test("INTx serves traffic both ways and the self-test", .timeLimit(.minutes(5)))
        func pin() throws {
            let bench = try Bench()
            defer { bench.close() }
            let guest = try bench.boot(
                .with {
                    $0.name = "intx"
                    $0.kernelOptions = "pci=nomsi"
                })
            try guest.bringUpLink()
            #expect(try guest.run("grep eth0 /proc/interrupts").contains("IO-APIC"))
            #expect(try guest.station().exchange(with: bench.outside))
            #expect(try guest.station().send(to: bench.outside).bytes > 500_000)
            #expect(try bench.outside.send(to: guest.station()).bytes > 500_000)
            var results = try guest.selfTest("offline")
            // 4: none came. 3 and 5: one came unasked. QEMU hands INTx on from its main loop, and when the driver touches a
            // register before the handler does, once more: on a busy host so late that the driver takes it for another.
            #expect([0, 3, 5].contains(results.removeValue(forKey: "Interrupt")))
            #expect(results == Guest.passed.filter { $0.key != "Interrupt" })
            #expect(try guest.ping() == 3)
            #expect(try guest.driverComplaints().isEmpty)
        }

        /// igb takes MSI-X only with a vector for each queue and one more, and no option of its own or of QEMU's denies it
        /// that. The card's EEPROM does.
        @Test("a card whose EEPROM leaves it one MSI-X vector runs by MSI, moderated", .timeLimit(.minutes(6)))
        func oneMessage() throws {
            let bench = try Bench()
            defer { bench.close() }
            let first = try bench.boot(.with { $0.name = "msix" })
            try first.bringUpLink()
            #expect(try first.capabilities() == ["MSI: Enable- Count=1/1", "MSI-X: Enable+ Count=10"])
            // The high byte of word 16; the driver corrects the checksum.
            try first.run("ethtool -E eth0 magic 0x10c98086 offset 0x2d value 0x02")
            try first.machine.qmp.execute("system_reset")
            try first.waitUntilReady()
            try first.bringUpLink()
            #expect(try first.capabilities() == ["MSI: Enable- Count=1/1", "MSI-X: Enable+ Count=10"])
            first.machine.process.kill()

            let guest = try bench.boot(.with { $0.name = "msi" })
            try guest.bringUpLink()
            #expect(try guest.capabilities() == ["MSI: Enable+ Count=1/1", "MSI-X: Enable- Count=1"])
            let lines = try guest.run("grep eth0 /proc/interrupts").split(separator: "\n")
            #expect(lines.count == 1 && lines[0].contains("PCI-MSI") && lines[0].hasSuffix(" eth0"), "\(lines)")
            #expect(try guest.ping() == 3)
            #expect(try guest.station().exchange(with: bench.outside))
            #expect(try guest.station().send(to: bench.outside).bytes > 500_000)
            #expect(try bench.outside.send(to: guest.station()).bytes > 500_000)
            let results = try guest.selfTest("offline")
            #expect(results == Guest.passed)
            try moderation(guest, bench)
            #expect(try guest.driverComplaints().isEmpty)
        }

        /// By EITR 0, which has one microsecond as its unit.
        private func moderation(_ guest: Guest, _ bench: Bench) throws {
            let server = try bench.peer.start(["iperf3", "-s"], name: "iperf3-msi")
            defer { server.kill() }
            try guest.ethtool("-C rx-usecs 5000")
            let slow = try guest.interruptsOfStream(of: "eth0")
            #expect(Double(slow.count) <= slow.seconds * 200 + 10)
            #expect(slow.count >= 50)
            try guest.ethtool("-C rx-usecs 0")
            #expect(try guest.interruptsOfStream(of: "eth0").count > slow.count)
        }
    }
}

extension Guest {
    /// How lspci has the card's two ways of sending interrupts as messages.
    fileprivate func capabilities() throws -> [String] {
        try run("lspci -vv -s 01:00.0").matches(of: /MSI(-X)?: Enable. Count=\S+/).map { String($0.0) }
    }
}
