// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

extension RealGuest {
    @Suite("What the physical function sets for a VF", .serialized)
    struct Policy {
        private let strange = "02:00:00:00:00:99"

        @Test("mac: the VF takes it, may not change it, and may once it is trusted", .timeLimit(.minutes(4)))
        func macAddress() throws {
            let guest = try SharedSRIOVGuest.guest()
            try guest.setVFs(2)
            defer { SharedSRIOVGuest.spoil() }
            try guest.setVF(0, "mac 52:54:00:82:57:20")
            try guest.run("rmmod igbvf; modprobe igbvf")
            try eventually("two interfaces", within: 10) { try guest.vfInterfaces().count == 2 }
            let vf = try guest.isolate(vf: 0)
            #expect(try vf.run("cat /sys/class/net/nic0/address") == "52:54:00:82:57:20\n")
            #expect(try vf.ping(SharedSRIOVGuest.outside(), count: 2) >= 1)
            _ = try guest.kernelLog()
            #expect(try !vf.attempt("ip link set nic0 address \(strange)").succeeded)
            try guest.waitForKernel(toSay: "VF 0 attempted to override administratively set MAC address")
            try guest.setVF(0, "trust on")
            try vf.run("ip link set nic0 address \(strange)")
            #expect(try vf.ping(SharedSRIOVGuest.outside(), count: 3) >= 2)
            #expect(try SharedSRIOVGuest.outside().run("ip neigh show \(vf.address)").contains(strange))
        }

        @Test("vlan: the VF is in it without knowing, and reaches those in it and no others", .timeLimit(.minutes(3)))
        func portVLAN() throws {
            let (guest, outside) = try (SharedSRIOVGuest.guest(), SharedSRIOVGuest.outside())
            let vfs = try SharedSRIOVGuest.vfs(3)
            defer {
                SharedSRIOVGuest.spoil()
                _ = try? guest.run("ip link del eth0.100; true")
            }
            try guest.run("modprobe 8021q; ip link add link eth0 name eth0.100 type vlan id 100")
            try guest.run("ip link set eth0.100 up; ip addr add 10.100.0.9/24 dev eth0.100")
            for vf in vfs[0...1] { try vf.run("ip addr add 10.100.0.\(vf.address.suffix(2))/24 dev nic0") }
            try guest.setVF(0, "vlan 100")
            #expect(try vfs[0].reached([vfs[1], vfs[2], outside]).isEmpty)
            #expect(try vfs[0].ping("10.100.0.9", count: 3) >= 2, "the physical function, with the tag")
            try guest.setVF(1, "vlan 100")
            #expect(try vfs[0].ping("10.100.0.21", count: 3) >= 2, "a VF with the same")
            #expect(try vfs[2].reached([outside]).count == 1, "the third is not touched")
            for number in 0...1 { try guest.setVF(number, "vlan 0") }
            #expect(try vfs[0].ping(vfs[2], count: 3) >= 2, "and back")
            #expect(try vfs[0].ping("10.100.0.9", count: 2) == 0, "no longer in it")
        }

        @Test("spoofchk: a lying VF is not heard, and the kernel says so, until it is off", .timeLimit(.minutes(3)))
        func spoofing() throws {
            let (guest, outside) = try (SharedSRIOVGuest.guest(), SharedSRIOVGuest.outside())
            let vfs = try SharedSRIOVGuest.vfs(3)
            defer { SharedSRIOVGuest.spoil() }
            _ = try guest.kernelLog()
            try lie(vfs[0])
            _ = try vfs[0].ping("10.99.0.9", count: 2)
            try guest.waitForKernel(toSay: "Spoof event(s) detected on VF 0")
            try outside.run("ip addr add 10.99.0.9/24 dev \(Namespace.tap)")
            defer { _ = try? outside.run("ip addr del 10.99.0.9/24 dev \(Namespace.tap)") }
            _ = try vfs[0].ping("10.99.0.9", count: 2)
            #expect(try !outside.run("ip neigh").contains(strange))
            try guest.setVF(0, "spoofchk off")
            _ = try vfs[0].ping("10.99.0.9", count: 2)
            #expect(try outside.run("ip neigh").contains(strange))
            #expect(try vfs[1].reached([outside, vfs[2]]).count == 2, "the others are not touched")
        }

        /// Puts a bridge on the VF that sends from an address of its own.
        private func lie(_ vf: Station) throws {
            try SharedSRIOVGuest.guest().run("modprobe bridge")
            try vf.run(
                """
                set -e; ip link add br0 type bridge; ip link set br0 address \(strange); ip link set nic0 master br0
                ip link set br0 up; ip addr add 10.99.0.1/24 dev br0
                """)
        }

        @Test("max_tx_rate: the VF's sending is held to it, another's is not", .timeLimit(.minutes(3)))
        func rate() throws {
            let (guest, outside) = try (SharedSRIOVGuest.guest(), SharedSRIOVGuest.outside())
            let vfs = try SharedSRIOVGuest.vfs(3)
            defer { SharedSRIOVGuest.spoil() }
            try guest.setVF(0, "max_tx_rate 20")
            let (limited, free) = try (vfs[0].send(to: outside, seconds: 3), vfs[1].send(to: outside, seconds: 2))
            #expect(limited.bitsPerSecond < 24e6 && limited.bitsPerSecond > 8e6, "\(limited)")
            #expect(free.bitsPerSecond > 30e6, "\(free)")
            try guest.setVF(0, "max_tx_rate 0")
            let again = try vfs[0].send(to: outside, seconds: 2)
            #expect(again.bitsPerSecond > 30e6, "\(again)")
        }
    }
}
