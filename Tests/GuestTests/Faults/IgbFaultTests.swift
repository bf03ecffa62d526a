// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

extension RealGuest {
    @Suite(
        "Linux' igb under faults on purpose", .serialized,
        .enabled(if: NIC.chosen == .kawela, "faults are injected by Kawela"))
    struct IgbFaults {
        @Test("sees the carrier go and come back, and goes on", .timeLimit(.minutes(3)))
        func linkDown() throws {
            let guest = try FaultyGuest.guest()
            let file = "/sys/class/net/eth0/carrier_down_count"
            let before = try guest.run("cat \(file)")
            let faults = try FaultyGuest.under(["link-down": "every 200ms for 1s once"], counting: "link-down") { _ in
                try eventually("the carrier goes", within: 15, every: 0.1) { try guest.run("cat \(file)") != before }
                try guest.waitForCarrier()
            }
            #expect(faults == 1)
            try guest.recovers()
        }

        @Test(
            "brings TCP's data over a wire that loses, doubles, swaps, delays and spoils frames",
            .timeLimit(.minutes(3)))
        func frames() throws {
            let (guest, outside) = try (FaultyGuest.guest(), FaultyGuest.outside())
            let before = try guest.statistics()
            // Without segmentation offload at the peer each of its frames has a checksum that can be wrong.
            try outside.run("ethtool -K \(Namespace.tap) tso off gso off")
            defer { _ = try? outside.run("ethtool -K \(Namespace.tap) tso on gso on") }
            let faults = [
                "loss": "1%", "duplicate": "2%", "reorder": "2%", "delay": "2% by 5ms",
                "corrupt": "2%",
            ]
            let corrupted = try FaultyGuest.under(faults, counting: "corrupt") { injected in
                let isSame = try guest.station().exchange(with: outside, kilobytes: 512)
                #expect(isSame)
                for kind in ["loss", "duplicate", "reorder", "delay"] {
                    #expect(try injected.count(kind) > 0, "\(kind)")
                }
            }
            #expect(corrupted > 0)
            let after = try guest.statistics()
            let errors = after.filter { $0.key.contains("csum_err") }.reduce(0) {
                $0 + $1.value - (before[$1.key] ?? 0)
            }
            #expect(errors > 0, "the card found wrong checksums")
            #expect(try guest.ping() == 3)
        }

        @Test("counts frames that the wire damaged, and sees none of them", .timeLimit(.minutes(2)))
        func crcErrors() throws {
            let guest = try FaultyGuest.guest()
            let before = try guest.statistics()["rx_crc_errors"] ?? 0
            let faults = try FaultyGuest.under(["crc-error": "every 2 in times 3"], counting: "crc-error") { _ in
                let answers = try guest.ping(count: 8)
                #expect(answers < 8)
            }
            #expect(faults > 0)
            try eventually("igb counts them", within: 10, every: 0.5) {
                try (guest.statistics()["rx_crc_errors"] ?? 0) == before + faults
            }
            #expect(try guest.ping() == 3)
        }

        /// Linux 6.1.192 does not reset the card by itself: every two seconds igb finds the hang and stops the queue, and the
        /// kernel's watchdog, which would have it reset, counts its five seconds from there.
        @Test(
            "reports that a transmit queue hangs, and goes on when its link is taken down and up",
            .timeLimit(.minutes(3)))
        func transmitHang() throws {
            let guest = try FaultyGuest.guest()
            _ = try guest.kernelLog()
            let faults = try FaultyGuest.under(["tx-hang": "every 100ms for 100s once"], counting: "tx-hang") { _ in
                try guest.start("busybox ping -i 0.2 -c 200 \(Namespace.address)")
                try guest.waitForKernel(toSay: "Detected Tx Unit Hang", seconds: 40)
                try guest.run("ip link set eth0 down; ip link set eth0 up")
                try guest.recovers()
            }
            #expect(faults == 1)
        }

        @Test("goes on when receive queues take frames again", .timeLimit(.minutes(2)))
        func receiveHang() throws {
            let guest = try FaultyGuest.guest()
            let faults = try FaultyGuest.under(["rx-hang": "every 100ms for 4s once"], counting: "rx-hang") {
                injected in
                try injected.wait(for: "rx-hang")
                try guest.recovers()
            }
            #expect(faults == 1)
            #expect(try guest.ping() == 3)
        }

        @Test("gets what a lost interrupt was for by its watchdog, two seconds later at most", .timeLimit(.minutes(3)))
        func lostInterrupts() throws {
            let guest = try FaultyGuest.guest()
            let faults = try FaultyGuest.under(["lost-interrupt": "every 3 pf"], counting: "lost-interrupt") { _ in
                let answers = try guest.ping(count: 10)
                #expect(answers >= 9, "each waits three seconds")
            }
            #expect(faults > 0)
            try guest.recovers()
        }

        @Test("does not mind interrupts without a cause", .timeLimit(.minutes(2)))
        func spuriousInterrupts() throws {
            let guest = try FaultyGuest.guest()
            _ = try guest.kernelLog()
            let faults = try FaultyGuest.under(["spurious-interrupt": "every 5ms"], counting: "spurious-interrupt") {
                _ in
                let answers = try guest.ping(count: 4)
                #expect(answers == 4)
            }
            #expect(faults > 100)
            #expect(try !guest.kernelLog().contains("nobody cared"))
        }

        @Test("goes on after DMA that failed", .timeLimit(.minutes(3)))
        func dmaErrors() throws {
            let guest = try FaultyGuest.guest()
            let faults = try FaultyGuest.under(["dma-error": "every 200ms for 1s once pf"], counting: "dma-error") {
                injected in
                try guest.start("busybox ping -i 0.1 -c 30 \(Namespace.address)")
                try injected.wait(for: "dma-error")
                try guest.recovers(within: 40)
            }
            #expect(faults == 1)
        }

        @Test("comes back after its PHY did not answer, once it negotiates anew", .timeLimit(.minutes(3)))
        func phyErrors() throws {
            let guest = try FaultyGuest.guest()
            for kind in ["phy-error", "phy-timeout"] {
                let faults = try FaultyGuest.under([kind: "100% times 20"], counting: kind) { injected in
                    _ = try guest.attempt("ethtool -r eth0")
                    try injected.wait(for: kind)
                }
                #expect(faults > 0)
                try guest.run("ethtool -r eth0; true")
                try guest.waitForCarrier(seconds: 30)
                try guest.recovers()
            }
        }

        /// A word that never comes is waited for 100,000 readings of EERD: half a minute and more.
        @Test(
            "refuses a card whose EEPROM is read wrongly or not at all, and takes it once it is right",
            .timeLimit(.minutes(5)), arguments: [("nvm-data", "every 16"), ("nvm-timeout", "every 16 once")])
        func wrongWords(kind: String, rule: String) throws {
            let guest = try FaultyGuest.guest()
            _ = try guest.kernelLog()
            let faults = try FaultyGuest.under([kind: rule], counting: kind) { _ in
                _ = try guest.attempt("rmmod igb; modprobe igb", seconds: 120)
                try guest.waitForKernel(toSay: "NVM Checksum Is Not Valid")
            }
            #expect(faults > 0)
            #expect(try !guest.attempt("test -e /sys/class/net/eth0").succeeded)
            try guest.run("rmmod igb")
            try guest.bringUpLink()
            #expect(try guest.ping() == 3)
        }

        @Test("waits for an EEPROM that answers late", .timeLimit(.minutes(3)))
        func lateWords() throws {
            let guest = try FaultyGuest.guest()
            let faults = try FaultyGuest.under(["nvm-timeout": "every 4 by 2ms"], counting: "nvm-timeout") { _ in
                try guest.run("rmmod igb")
                try guest.bringUpLink(seconds: 30)
            }
            #expect(faults > 0)
            #expect(try guest.ping() == 3)
        }

        /// igb knows a card that reads as ones for gone for good. Its bus has to look for it again.
        @Test("gives up a card that is pulled out, and takes it again when the bus is scanned", .timeLimit(.minutes(3)))
        func removal() throws {
            let guest = try FaultyGuest.guest()
            _ = try guest.kernelLog()
            let faults = try FaultyGuest.under(["removal": "every 200ms for 4s once pf"], counting: "removal") { _ in
                try guest.waitForKernel(toSay: "PCIe link lost")
                // Waits for the end of the removal, whichever of the two calls sees it.
                try guest.run("echo 1 >\(Guest.interfaceDevice)/remove", seconds: 60)
                try eventually("the bus finds it", within: 20, every: 1) {
                    try guest.run("echo 1 >/sys/bus/pci/rescan", seconds: 60)
                    return try guest.attempt("test -e /sys/class/net/eth0").succeeded
                }
            }
            #expect(faults == 1)
            try guest.bringUpLink()
            try guest.recovers()
        }
    }
}
