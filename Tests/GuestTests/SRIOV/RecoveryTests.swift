// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

extension RealGuest {
    @Suite("VFs after an accident", .serialized)
    struct Recovery {
        @Test("the physical function goes down and up under traffic, and the VFs recover", .timeLimit(.minutes(3)))
        func downAndUp() throws {
            let (guest, vfs) = try (SharedSRIOVGuest.guest(), SharedSRIOVGuest.vfs(3))
            try startTraffic(vfs)
            try guest.run("ip link set eth0 down; sleep 1; ip link set eth0 up")
            try guest.bringUpLink()
            try allReachOutside(vfs)
        }

        @Test("the physical function resets three times under traffic, and the VFs recover", .timeLimit(.minutes(4)))
        func reset() throws {
            let (guest, vfs) = try (SharedSRIOVGuest.guest(), SharedSRIOVGuest.vfs(3))
            try startTraffic(vfs)
            for _ in 1...3 {
                try guest.run("ethtool -r eth0")
                try guest.waitForCarrier()
            }
            try allReachOutside(vfs)
        }

        @Test("the guest reboots with VFs enabled, and enables them again", .timeLimit(.minutes(4)))
        func reboot() throws {
            let guest = try SharedSRIOVGuest.guest()
            try startTraffic(try SharedSRIOVGuest.vfs(3))
            SharedSRIOVGuest.spoil()
            try guest.machine.qmp.execute("system_reset")
            try guest.waitUntilReady()
            try guest.bringUpLink()
            #expect(try guest.functions().isEmpty)
            try allReachOutside(try SharedSRIOVGuest.vfs(3))
        }

        /// The reset takes the VFs with it. Linux (6.1) enables them again as they were, and tells neither igb nor igbvf: igb
        /// has to start its interface anew, and igbvf needs new VFs.
        @Test(
            "after a function-level reset of the physical function it works, and so do new VFs", .timeLimit(.minutes(4))
        )
        func functionReset() throws {
            let guest = try SharedSRIOVGuest.guest()
            try startTraffic(try SharedSRIOVGuest.vfs(3))
            SharedSRIOVGuest.spoil()
            for _ in 1...2 { try guest.run("echo 1 >\(Guest.interfaceDevice)/reset") }
            #expect(try guest.functions().count == 3)
            try guest.run("ip link set eth0 down; ip link set eth0 up")
            try guest.bringUpLink()
            try eventually("the physical function's traffic", within: 20) { try guest.ping() == 3 }
            try allReachOutside(try SharedSRIOVGuest.vfs(3))
        }

        /// QEMU keeps the VFs without their physical function until it comes again.
        @Test("the card is unplugged with VFs enabled, and has them again when plugged again", .timeLimit(.minutes(4)))
        func unplug() throws {
            let (guest, card) = try (SharedSRIOVGuest.guest(), SharedSRIOVGuest.bench().card)
            try startTraffic(try SharedSRIOVGuest.vfs(3))
            defer { SharedSRIOVGuest.spoil() }
            try guest.machine.qmp.execute("device_del", ["id": "nic"])
            try guest.machine.qmp.wait(for: "DEVICE_DELETED", seconds: 60)
            #expect(try guest.run("lspci -n -d 8086:").contains("01:00") == false)
            try guest.machine.qmp.execute("device_add", card.device(.plugin))
            try eventually("the guest finds it", within: 20, every: 0.5) {
                try guest.attempt("test -e /sys/class/net/eth0").succeeded
            }
            try guest.bringUpLink()
            #expect(try guest.ping() == 3)
            SharedSRIOVGuest.spoil()
            try allReachOutside(try SharedSRIOVGuest.vfs(3))
        }

        @Test("QEMU is killed with VFs enabled, and its successor enables them again", .timeLimit(.minutes(4)))
        func killed() throws {
            try startTraffic(try SharedSRIOVGuest.vfs(3))
            _ = try SharedSRIOVGuest.replaceQEMU()
            try allReachOutside(try SharedSRIOVGuest.vfs(3))
            #expect(try SharedSRIOVGuest.bench().card.server?.process.status == nil, "kawela lives on")
        }

        private func startTraffic(_ vfs: [Station]) throws {
            for vf in vfs { try vf.start("busybox ping -i 0.02 -s 1000 -c 1000 \(Namespace.address)") }
            try vfs[0].start("busybox ping -i 0.02 -s 1000 -c 1000 \(vfs[1].address)")
        }

        private func allReachOutside(_ vfs: [Station]) throws {
            let (guest, outside) = try (SharedSRIOVGuest.guest(), SharedSRIOVGuest.outside())
            for vf in vfs { try guest.waitForCarrier(of: vf) }
            for vf in vfs {
                try eventually("\(vf) reaches the outside again", within: 20) { try vf.ping(outside) == 1 }
            }
            #expect(try vfs[0].reached([vfs[1], vfs[2]]).count == 2)
        }
    }
}
