// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

extension RealGuest {
    @Suite("IEEE 1588 with igb and linuxptp", .serialized)
    struct PrecisionTime {
        static let clock = "/dev/ptp0"

        /// Seconds, as phc_ctl prints them.
        func seconds(_ guest: Guest) throws -> Double {
            let output = try guest.run("phc_ctl \(Self.clock) get")
            let match = try #require(output.firstMatch(of: /clock time is (\d+\.\d+)/), "\(output)")
            return try #require(Double(match.1))
        }

        func uptime(_ guest: Guest) throws -> Double {
            try #require(Double(try guest.run("cut -d ' ' -f 1 /proc/uptime").filter { !$0.isWhitespace }))
        }

        @Test("phc_ctl sets the card's clock, steps it and tunes it", .timeLimit(.minutes(2)))
        func clock() throws {
            let guest = try SharedGuest.guest()
            try guest.run("phc_ctl \(Self.clock) freq 0 set 1000")
            #expect((1000..<1020).contains(try seconds(guest)))
            try guest.run("phc_ctl \(Self.clock) adj 500")
            #expect((1500..<1540).contains(try seconds(guest)))
            try guest.run("phc_ctl \(Self.clock) adj -- -1000")
            #expect((500..<560).contains(try seconds(guest)))
            // Half as fast again: the frequency the driver asks for is the one that runs.
            try guest.run("phc_ctl \(Self.clock) freq 500000000")
            let (start, began) = (try seconds(guest), try uptime(guest))
            try guest.run("sleep 4")
            let (end, ended) = (try seconds(guest), try uptime(guest))
            #expect((1.3..<1.7).contains((end - start) / (ended - began)))
            try guest.run("phc_ctl \(Self.clock) freq 0")
        }

        @Test(
            "ptp4l follows a master outside, and every message has its time stamp", .timeLimit(.minutes(3)),
            arguments: [("Ethernet", "-2"), ("UDP over IPv4", "-4")])
        func follows(transport: String, option: String) throws {
            let (guest, bench) = (try SharedGuest.guest(), try SharedGuest.bench())
            // Its own clock stays as it is: it only tells the time.
            let master = try bench.peer.start(
                [
                    "ptp4l", "-i", Namespace.tap, option, "-S", "-m", "-q", "--free_running=1", "--masterOnly=1",
                    "--logSyncInterval=-2", "--logAnnounceInterval=-1", "--logMinDelayReqInterval=-2",
                    "--uds_address=\(bench.run.path("ptp4l" + option))",
                ], name: "ptp4l\(option)")
            defer { master.kill() }
            try guest.run("phc_ctl \(Self.clock) freq 0 set 1000")
            // Under TCG the driver's work items may take longer than the usual millisecond.
            let report = try guest.attempt(
                """
                timeout 40 ptp4l -i eth0 \(option) -s -m -q --tx_timestamp_timeout=2000 --summary_interval=-2 \
                --uds_address=/tmp/ptp4l | tee /tmp/ptp4l.log | grep -m 30 ' s2 ' >/dev/null
                cat /tmp/ptp4l.log
                """, seconds: 60
            ).output
            let explanation = Comment(rawValue: "\(report)\n--- master\n\(master.tail())")
            #expect(report.contains("UNCALIBRATED to SLAVE"), explanation)
            #expect(!report.contains("timed out while polling for tx timestamp"), explanation)
            let offsets = report.matches(of: /master offset +(-?\d+) s2/).compactMap { Int($0.1) }.map(abs).sorted()
            #expect(offsets.count >= 20, explanation)
            // The card has one stamp at a time, so a guest that stalls loses those of the messages that pile up. One
            // that is never given the lock back has none but the first.
            #expect(report.matches(of: /without timestamp/).count <= 8, explanation)
            // Both sides stamp when their process gets to it, which on a busy machine is not at once.
            #expect(offsets.isEmpty || offsets[offsets.count / 2] < 20_000_000, explanation)
            // Out of 1970, into the master's time.
            #expect(try seconds(guest) > 1_700_000_000, explanation)
        }
    }
}
