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
            #expect(try guest.run("grep -c eth0-TxRx /proc/interrupts") == "2\n", "one MSI-X vector per processor")
            let complaints = try guest.run("dmesg").split(separator: "\n").filter { line in
                line.contains("igb") && ["rror", "fail", "timeout", "hang"].contains { line.contains($0) }
            }
            #expect(complaints.isEmpty)
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
