// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

extension RealGuest {
    @Suite("Flow control with igb", .serialized)
    struct FlowControl {
        static let group: [UInt8] = [1, 0x80, 0xC2, 0, 0, 1]
        static let station: [UInt8] = [0x52, 0x54, 0, 0x82, 0x57, 0x99]

        static func pause(_ quanta: UInt16) -> [UInt8] {
            let bytes = group + station + [0x88, 0x08, 0, 1, UInt8(quanta >> 8), UInt8(quanta & 0xFF)]
            return bytes + [UInt8](repeating: 0, count: 60 - bytes.count)
        }

        /// The quanta of a PAUSE frame; `nil` for another frame.
        static func quanta(_ frame: [UInt8]) -> Int? {
            frame.starts(with: group) && frame[12..<16].elementsEqual([0x88, 0x08, 0, 1])
                ? Int(frame[16]) << 8 | Int(frame[17]) : nil
        }

        func statistic(_ name: String, _ guest: Guest) throws -> Int {
            let output = try guest.run("ethtool -S eth0")
            let line = try #require(output.split(separator: "\n").first { $0.contains(" \(name):") }, "\(output)")
            return try #require(Int(line.filter(\.isNumber)))
        }

        @Test("PAUSE frames stop the guest, and a guest that takes no frames sends them", .timeLimit(.minutes(4)))
        func bothWays() throws {
            let (bench, socket) = try Bench.withCable()
            defer { bench.close() }
            let guest = try bench.boot()
            let cable = try socket.accept()
            try guest.bringUpLink()
            // It is to be silent unless it is asked something.
            try guest.run("echo 1 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6")
            #expect(try guest.run("ethtool -a eth0").contains(/RX:\s+on\s+TX:\s+on/))
            try stopsUntilBuffersAreFree(guest, cable)
            try isStopped(guest, cable)
        }

        /// A frozen guest gives back no descriptors: frames fill its ring, then the card's buffer.
        func stopsUntilBuffersAreFree(_ guest: Guest, _ cable: Cable) throws {
            let mac = try #require(guest.run("cat /sys/class/net/eth0/address").split(separator: "\n").first)
            let destination = mac.split(separator: ":").compactMap { UInt8($0, radix: 16) }
            let before = try statistic("rx_packets", guest)
            _ = try guest.machine.qmp.execute("stop")
            let count = 350
            let frame = destination + Self.station + [0x88, 0xB5] + [UInt8](repeating: 7, count: 1486)
            try cable.send([[UInt8]](repeating: frame, count: count))
            #expect(try nextPause(cable) == 0xFFFF)
            _ = try guest.machine.qmp.execute("cont")
            #expect(try nextPause(cable) == 0)
            try eventually("all frames arrive", within: 30, every: 0.3) {
                try statistic("rx_packets", guest) - before == count
            }
            #expect(try statistic("tx_flow_control_xoff", guest) >= 1)
            #expect(try statistic("tx_flow_control_xon", guest) >= 1)
            #expect(try statistic("rx_missed_errors", guest) == 0)
        }

        func nextPause(_ cable: Cable) throws -> Int {
            while true {
                if let quanta = Self.quanta(try cable.receive(seconds: 20)) { return quanta }
            }
        }

        /// At 10 Mb/s the longest pause is 3.4 s, which leaves a slow machine time to look.
        func isStopped(_ guest: Guest, _ cable: Cable) throws {
            try guest.run("ethtool -s eth0 advertise 0x002")
            try eventually("10 Mb/s", within: 20, every: 0.3) {
                try guest.attempt("cat /sys/class/net/eth0/speed").output == "10\n"
            }
            try guest.waitForCarrier()
            let before = try statistic("rx_flow_control_xoff", guest)
            try cable.drain()
            try cable.send([Self.pause(0xFFFF)])
            try guest.start("ping -c 1000 -i 0.1 \(Namespace.address)")
            for _ in 0..<6 {
                try cable.send([Self.pause(0xFFFF)])
                #expect(try cable.isSilent(seconds: 0.5))
            }
            try cable.send([Self.pause(0)])
            let frame = try cable.receive(seconds: 20)
            #expect(frame[12..<14].elementsEqual([8, 6]), "the guest asks for the peer's address")
            #expect(try statistic("rx_flow_control_xoff", guest) - before == 7)
            #expect(try statistic("rx_flow_control_xon", guest) >= 1)
        }
    }
}
