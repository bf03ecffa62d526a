// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

extension RealGuest {
    @Suite("What ethtool changes of the card, in a Debian guest", .serialized)
    struct Settings {
        /// The bytes of word 0x42 of the EEPROM, which nothing else uses.
        private func word(_ guest: Guest) throws -> String {
            let dump = try guest.run("ethtool -e eth0 offset 0x84 length 2")
            return dump.firstMatch(of: /0x0084:\s+(\w\w \w\w)/).map { String($0.1) } ?? dump
        }

        @Test("what ethtool -E writes is there for the next driver, and for the next kawela", .timeLimit(.minutes(3)))
        func eeprom() throws {
            let guest = try SharedGuest.guest()
            #expect(try word(guest) == "ff ff")
            for (offset, byte) in [("0x84", "0x57"), ("0x85", "0x82")] {
                try guest.run("ethtool -E eth0 magic 0x10c98086 offset \(offset) value \(byte)")
            }
            #expect(try word(guest) == "57 82")
            try guest.run("rmmod igb")
            try guest.bringUpLink()
            #expect(try word(guest) == "57 82")
            let successor = try SharedGuest.replaceQEMU(withCard: true)
            try successor.bringUpLink()
            #expect(try word(successor) == "57 82")
            #expect(try successor.ping() == 3)
        }

        @Test(
            "ethtool -s sets the speed, and the link comes back", .timeLimit(.minutes(3)),
            arguments: [
                ("speed 100 duplex full autoneg off", "100Mb/s", "Full"),
                ("speed 10 duplex half autoneg off", "10Mb/s", "Half"),
                ("autoneg on advertise 0x8", "100Mb/s", "Full"), ("autoneg on advertise 0x1", "10Mb/s", "Half"),
                ("autoneg on advertise 0x2f", "1000Mb/s", "Full"),
            ])
        func speed(setting: String, speed: String, duplex: String) throws {
            let guest = try SharedGuest.guest()
            try guest.run("ethtool -s eth0 \(setting)")
            try eventually("the link at \(speed)", within: 20, every: 0.3) {
                let report = try guest.run("ethtool eth0")
                return report.contains("Speed: \(speed)") && report.contains("Duplex: \(duplex)")
                    && report.contains("Link detected: yes")
            }
            #expect(try guest.ping() == 3)
        }

        @Test("pause is negotiated: the partner offers it, and igb uses it both ways", .timeLimit(.minutes(2)))
        func pause() throws {
            let guest = try SharedGuest.guest()
            try guest.run("ethtool -s eth0 autoneg on advertise 0x2f")
            try guest.waitForCarrier()
            let report = try guest.run("ethtool -a eth0")
            #expect(report.contains(/RX:\s+on/) && report.contains(/TX:\s+on/), "\(report)")
        }

        @Test("the cable's other end sees the interface go down and up", .timeLimit(.minutes(2)))
        func farEnd() throws {
            let (guest, peer) = try (SharedGuest.guest(), SharedGuest.bench().peer)
            func hasCarrier() throws -> Bool {
                try peer.execute("ip link show \(Namespace.tap)").contains("LOWER_UP")
            }
            #expect(try hasCarrier())
            try guest.run("ip link set eth0 down")
            try eventually("the peer loses its carrier", within: 20, every: 0.2) { try !hasCarrier() }
            try guest.bringUpLink()
            try eventually("the peer has its carrier again", within: 20, every: 0.2) { try hasCarrier() }
            try peer.execute("ip link set \(Namespace.tap) down")
            try eventually("the guest loses its carrier", within: 20, every: 0.2) {
                try guest.run("ethtool eth0").contains("Link detected: no")
            }
            try peer.execute("ip link set \(Namespace.tap) up")
            try peer.execute("ip addr replace \(Namespace.address6)/64 dev \(Namespace.tap) nodad")
            try guest.waitForCarrier(seconds: 20)
            #expect(try guest.ping() == 3)
        }
    }
}
