// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

extension RealGuest {
    @Suite("What ethtool sets and counts", .serialized)
    struct Ethtool {
        @Test("the offline self-test passes whole", .timeLimit(.minutes(3)))
        func selfTest() throws {
            let guest = try SharedGuest.guest()
            let results = try guest.selfTest("offline")
            #expect(results == Guest.passed)
            #expect(try guest.ping() == 3)
        }

        @Test("the card's counters agree with the driver's, and count each kind of packet", .timeLimit(.minutes(2)))
        func counters() throws {
            let (guest, outside) = try (SharedGuest.guest(), SharedGuest.bench().outside)
            try guest.run(
                "ip addr add 239.17.34.51/32 dev eth0 autojoin; sysctl -w net.ipv4.icmp_echo_ignore_broadcasts=0")
            defer { _ = try? guest.run("ip addr del 239.17.34.51/32 dev eth0") }
            try outside.run("ip route replace 239.0.0.0/8 dev \(Namespace.tap)")
            let before = try guest.quietStatistics()
            #expect(try guest.station().ping(outside, count: 20, size: 1000) >= 19)
            #expect(try guest.station().exchange(with: outside))
            for group in ["239.17.34.51", "10.82.57.255"] {
                _ = try outside.attempt("busybox ping -c 20 -i 0.02 -W 1 \(group)")
            }
            var growth: [String: Int] = [:]
            func sum(_ direction: String, _ unit: String) -> Int {
                growth.reduce(0) {
                    $0 + ($1.key.hasPrefix(direction + "_queue_") && $1.key.hasSuffix(unit) ? $1.value : 0)
                }
            }
            try eventually("they agree: \(growth.filter { $0.value != 0 })", within: 10, every: 0.5) {
                growth = try guest.statistics().merging(before) { $0 - $1 }
                return ["rx", "tx"].allSatisfy { direction in
                    let packets = sum(direction, "packets")
                    // The card counts the four bytes of the FCS and its padding of the few short frames, the driver neither.
                    let more = growth["\(direction)_bytes", default: 0] - sum(direction, "bytes") - 4 * packets
                    return growth["\(direction)_packets"] == packets && (0..<500).contains(more)
                }
            }
            #expect(growth["rx_multicast", default: 0] >= 20)
            #expect(growth["rx_broadcast", default: 0] >= 20)
            #expect(growth["tx_tcp_seg_good", default: 0] > 0)
            #expect(growth["rx_bytes", default: 0] > 2_000_000 + 19 * 1046)
            let errors = growth.filter { ($0.key.contains("error") || $0.key.contains("drop")) && $0.value != 0 }
            #expect(errors.isEmpty)
        }

        @Test("rings of 80 and 4096 descriptors carry data, and the register dump shows them", .timeLimit(.minutes(2)))
        func rings() throws {
            let guest = try SharedGuest.guest()
            for (size, length) in [(80, "0x00000500"), (4096, "0x00010000"), (256, "0x00001000")] {
                try guest.ethtool("-G rx \(size) tx \(size)")
                #expect(try guest.dumped("0x02808: RDLEN")?.hasSuffix(length) == true)
                #expect(try guest.station().exchange(with: SharedGuest.bench().outside))
            }
            #expect(try guest.dumped("Link up:")?.hasSuffix("link config") == true)
        }

        /// igb hands the interval to EITR in microseconds (up to 8191: it lets larger ones overflow).
        @Test("interrupts come no more often than the interval set, and oftener without one", .timeLimit(.minutes(2)))
        func coalescing() throws {
            let guest = try SharedGuest.guest()
            let server = try SharedGuest.bench().peer.start(["iperf3", "-s"], name: "iperf3-coalescing")
            defer { server.kill() }
            func interrupts(each microseconds: Int) throws -> (count: Int, seconds: Double) {
                try guest.ethtool("-C rx-usecs \(microseconds)")
                return try guest.interruptsOfStream(of: "eth0-(rx|TxRx)")
            }
            let slow = try interrupts(each: 5000)
            // One vector has the stream; the others have the driver's watchdog, every two seconds.
            #expect(Double(slow.count) <= slow.seconds * 200 + 40)
            #expect(slow.count >= 50)
            let fast = try interrupts(each: 0)
            #expect(fast.count > slow.count)
            try guest.ethtool("-C rx-usecs 3")
        }

        @Test("RSS spreads TCP over 1, 2, 4 and 8 channels, and where the table says", .timeLimit(.minutes(3)))
        func channels() throws {
            let guest = try SharedGuest.guest()
            for count in [1, 2, 8, 4] {
                try guest.ethtool("-L combined \(count)")
                let busy = try queuesReached(in: guest)
                #expect(busy == Array(repeating: true, count: count))
            }
            try guest.ethtool("-X weight 0 0 1 1")
            #expect(try queuesReached(in: guest) == [false, false, true, true])
            try guest.ethtool("-X equal 2")
            #expect(try queuesReached(in: guest) == [true, true, false, false])
            try guest.ethtool("-X default")
            #expect(try queuesReached(in: guest) == [true, true, true, true])
        }

        @Test("UDP is spread by its ports only when that is set", .timeLimit(.minutes(2)))
        func flowHash() throws {
            let (guest, outside) = try (SharedGuest.guest(), SharedGuest.bench().outside)
            func reached() throws -> Int {
                try queuesReached(in: guest) {
                    // Each has a source port of its own.
                    try outside.run("bash -c 'for i in {1..150}; do echo >/dev/udp/\(Guest.address)/9; done'")
                }.count { $0 }
            }
            #expect(try reached() == 1)
            try guest.ethtool("-N rx-flow-hash udp4 sdfn")
            #expect(try reached() == 4)
            try guest.ethtool("-N rx-flow-hash udp4 sd")
            #expect(try reached() == 1)
        }

        @Test("igb refuses filters and a hash key for this card, and changes nothing", .timeLimit(.minutes(2)))
        func refusals() throws {
            let guest = try SharedGuest.guest()
            #expect(try guest.run("ethtool -k eth0").contains("ntuple-filters: off [fixed]"))
            // ETQF, FTQF and SYNQF, whose reset values have no filter on.
            let registers: [UInt32] = Array(stride(from: 0x5CB0, to: 0x5CD0, by: 4)) + [0x59E0, 0x55FC]
            let before = try registers.map(guest.register)
            for arguments in [
                "-N eth0 flow-type ether proto 0x88b5 action 1",
                "-N eth0 flow-type tcp4 dst-port 80 action 1",
                "-N eth0 flow-type ether dst 02:00:00:00:00:09 action 1",
                "-X eth0 hkey \(Array(repeating: "5a", count: 40).joined(separator: ":"))",
            ] {
                // ethtool itself may end with success all the same.
                let result = try guest.attempt("ethtool \(arguments)")
                #expect(result.output.contains("not supported"), "\(arguments): \(result)")
            }
            #expect(try registers.map(guest.register) == before)
            #expect(try guest.ping() == 3)
        }

        @Test("igb reports the card's time stamps, its filters and its clock", .timeLimit(.minutes(1)))
        func timeStamping() throws {
            let report = try SharedGuest.guest().run("ethtool -T eth0")
            let expected = [
                "Time stamping parameters for eth0:", "Capabilities:", "hardware-transmit", "software-transmit",
                "hardware-receive", "software-receive", "software-system-clock", "hardware-raw-clock",
                "PTP Hardware Clock: 0", "Hardware Transmit Timestamp Modes:", "off", "on",
                // It cannot stamp all packets: no "all" here.
                "Hardware Receive Filter Modes:", "none", "ptpv1-l4-sync", "ptpv1-l4-delay-req", "ptpv2-event",
            ]
            #expect(report.split(separator: "\n").map { $0.trimmingPrefix { $0 == "\t" } }.map(String.init) == expected)
        }

        /// Which receive queues have a share of 150 TCP connections, which are refused: each answer is a packet with
        /// other ports. A queue of eight gets none of them once in 10^8 times.
        private func queuesReached(in guest: Guest) throws -> [Bool] {
            try queuesReached(in: guest) {
                let connect = "busybox nc -w 5 \(Namespace.address) 9 </dev/null 2>/dev/null"
                try guest.run("for i in $(seq 150); do \(connect); done; true", seconds: 60)
            }
        }

        /// Which receive queues get more than a few packets by `action`: queue 0 has what RSS does not spread.
        private func queuesReached(in guest: Guest, by action: () throws -> Void) throws -> [Bool] {
            let growth = try guest.growth(during: action)
            return (0..<8).compactMap { growth["rx_queue_\($0)_packets"] }.map { $0 >= 5 }
        }

        @Test("pause parameters reach CTRL and the link partner's answer", .timeLimit(.minutes(2)))
        func pause() throws {
            let guest = try SharedGuest.guest()
            func state() throws -> [String] {
                ["Receive flow control:", "Transmit flow control:"].map { name in
                    (try? guest.dumped(name))?.split(separator: " ").last.map(String.init) ?? "?"
                }
            }
            for (setting, expected) in [
                ("autoneg off rx off tx off", ["disabled", "disabled"]), ("rx on", ["enabled", "disabled"]),
                ("rx off tx on", ["disabled", "enabled"]), ("autoneg on", ["enabled", "enabled"]),
            ] {
                try guest.ethtool("-A \(setting)")
                try eventually("\(expected) after \(setting)", within: 10, every: 0.3) { try state() == expected }
            }
            #expect(try guest.ping() == 3)
        }

        @Test("identifying the port blinks its LED", .timeLimit(.minutes(1)))
        func identify() throws {
            let guest = try SharedGuest.guest()
            let still = try guest.register(0xE00)
            try guest.start("ethtool -p eth0 3")
            // LEDCTL bit 7: LED0_BLINK.
            var blinking: UInt32 = 0
            try eventually("LEDCTL other than \(still)", within: 10, every: 0.2) {
                blinking = try guest.register(0xE00)
                return blinking != still
            }
            try eventually("LEDCTL as before", within: 15, every: 0.2) { try guest.register(0xE00) == still }
        }

        @Test("the interface goes down and up 100 times under traffic", .timeLimit(.minutes(4)))
        func bounce() throws {
            let guest = try SharedGuest.guest()
            let server = try SharedGuest.bench().peer.start(["iperf3", "-s"], name: "iperf3-bounce")
            defer { server.kill() }
            try guest.start("timeout 200 iperf3 -t 180 --bidir -c \(Namespace.address)")
            let script =
                "for i in $(seq 100); do ip link set eth0 down; ip link set eth0 up; done; killall iperf3; true"
            try guest.run(script, seconds: 150)
            try guest.bringUpLink()
            #expect(try guest.ping() == 3)
            #expect(try guest.station().exchange(with: SharedGuest.bench().outside))
            #expect(try guest.driverComplaints().isEmpty)
        }
    }
}
