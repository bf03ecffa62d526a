// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

extension RealGuest {
    @Suite("Restarts", .serialized)
    struct Restarts {
        @Test("the guest reboots under traffic", .timeLimit(.minutes(3)))
        func reboots() throws {
            let guest = try SharedGuest.guest()
            let server = try startTraffic(from: guest)
            defer { server.kill() }
            try guest.machine.qmp.execute("system_reset")
            try guest.waitUntilReady()
            try guest.bringUpLink()
            #expect(try guest.ping() == 3)
        }

        @Test("QEMU is killed and started again on the same socket", .timeLimit(.minutes(3)))
        func killed() throws {
            let server = try startTraffic(from: try SharedGuest.guest())
            defer { server.kill() }
            let guest = try SharedGuest.replaceQEMU()
            try guest.bringUpLink()
            #expect(try guest.ping() == 3)
            #expect(try SharedGuest.bench().card.server?.process.status == nil, "kawela lives on")
        }

        /// TCP in both directions for a minute, and waits until it flows.
        private func startTraffic(from guest: Guest) throws -> ChildProcess {
            let server = try SharedGuest.bench().peer.start(["iperf3", "-s"], name: "iperf3-traffic")
            let before = try guest.counter("rx_bytes")
            try guest.start("iperf3 -t 60 --bidir -c \(Namespace.address)")
            try eventually("traffic", within: 20, every: 0.2) { try guest.counter("rx_bytes") > before + 1_000_000 }
            return server
        }
    }
}
