// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

extension RealGuest {
    @Suite("The igb driver of a Debian guest", .serialized)
    struct Driver {
        @Test("igb probes and the link comes up", .timeLimit(.minutes(3)))
        func probes() throws {
            let guest = try SharedGuest.untouched()
            try guest.run("modprobe igb")
            #expect(try guest.run("cat /sys/class/net/eth0/address") == "\(SharedGuest.bench().card.mac)\n")
            #expect(try guest.run("readlink /sys/class/net/eth0/device/driver").hasSuffix("/igb\n"))
            try guest.bringUpLink()
            let settings = try guest.run("ethtool eth0")
            #expect(settings.contains("Speed: 1000Mb/s"))
            #expect(settings.contains("Duplex: Full"))
            // igb's names are eth0-TxRx-N when a vector serves a pair of queues, else eth0-rx-N and eth0-tx-N.
            let interrupts = try guest.run("grep -E 'MSI.*eth0-(TxRx|rx|tx)-' /proc/interrupts")
            #expect(interrupts.split(separator: "\n").count >= 2, "MSI-X, with a vector per processor at least")
            #expect(try guest.driverComplaints().isEmpty)
        }

        @Test("the module reloads five times", .timeLimit(.minutes(3)))
        func reloads() throws {
            let guest = try SharedGuest.guest()
            for _ in 1...5 {
                try guest.run("rmmod igb")
                #expect(try !guest.attempt("test -e /sys/class/net/eth0").succeeded)
                try guest.bringUpLink()
                #expect(try guest.ping(count: 1) == 1)
            }
        }
    }
}
