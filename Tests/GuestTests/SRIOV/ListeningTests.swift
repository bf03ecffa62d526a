// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

extension RealGuest {
    @Suite("Who hears what", .serialized)
    struct Listening {
        @Test("a VF joins a group and hears it, and leaves it", .timeLimit(.minutes(3)))
        func join() throws {
            let (vfs, outside) = try (SharedSRIOVGuest.vfs(3), SharedSRIOVGuest.outside())
            // Interfaces that come up announce themselves with multicasts for some seconds.
            try eventually("silence", within: 15) { try heard(by: vfs[0], from: outside) < 5 }
            try vfs[0].run("ip addr add 239.17.34.51/32 dev nic0 autojoin")
            #expect(try heard(by: vfs[0], from: outside) >= 20)
            #expect(try heard(by: vfs[0], from: vfs[1]) >= 20, "from a VF too")
            try vfs[0].run("ip addr del 239.17.34.51/32 dev nic0")
            #expect(try heard(by: vfs[0], from: outside) < 20)
        }

        /// igbvf has neither this mode nor the promiscuous one.
        @Test("the physical function hears a group it did not join only in all-multicast mode", .timeLimit(.minutes(3)))
        func allMulticast() throws {
            let (pf, vfs, outside) = try (
                SharedSRIOVGuest.pf(), SharedSRIOVGuest.vfs(3), SharedSRIOVGuest.outside()
            )
            try eventually("silence", within: 15) { try heard(by: pf, "eth0", from: outside) < 5 }
            try pf.run("ip link set eth0 allmulticast on")
            defer { _ = try? pf.run("ip link set eth0 allmulticast off") }
            #expect(try heard(by: pf, "eth0", from: outside) >= 20)
            #expect(try heard(by: pf, "eth0", from: vfs[0]) >= 20, "from a VF too")
            #expect(try heard(by: vfs[1], from: outside) < 20, "a VF does not")
        }

        /// Datasheet 7.10.3.3: unicast from the wire that no pool asked for goes to the default pool, with VFs that is
        /// the physical function's; without them it takes the promiscuous mode.
        @Test("frames for nobody go to the physical function, those for a VF to it alone", .timeLimit(.minutes(3)))
        func unicast() throws {
            let (guest, vfs, outside) = try (
                SharedSRIOVGuest.guest(), SharedSRIOVGuest.vfs(3), SharedSRIOVGuest.outside()
            )
            let everybody = [(try SharedSRIOVGuest.pf(), "eth0"), (vfs[0], "nic0"), (vfs[1], "nic0")]
            try outside.run("ip neigh replace 10.82.57.77 lladdr 02:00:00:00:00:77 dev \(Namespace.tap)")
            func heard(_ listeners: [(Station, String)], pinging address: String = "10.82.57.77") throws -> [Bool] {
                let before = try listeners.map { try $0.counter("rx_packets", of: $1) }
                _ = try outside.attempt("busybox ping -c 30 -i 0.03 -W 1 \(address)")
                return try zip(listeners, before).map { try $0.0.counter("rx_packets", of: $0.1) - $1 >= 30 }
            }
            #expect(try heard(everybody) == [true, false, false])
            #expect(try heard(everybody, pinging: vfs[0].address) == [false, true, false])

            try guest.setVFs(0)
            SharedSRIOVGuest.spoil()
            let pf = [everybody[0]]
            try guest.waitForCarrier()
            #expect(try heard(pf) == [false])
            try guest.run("ip link set eth0 promisc on")
            #expect(try heard(pf) == [true])
            try guest.run("ip link set eth0 promisc off")
            #expect(try heard(pf) == [false])
        }

        /// How many frames `listener` received while `sender` sent 20 to a group.
        private func heard(by listener: Station, _ interface: String = "nic0", from sender: Station) throws -> Int {
            let before = try listener.counter("rx_packets", of: interface)
            try sender.run("ip route replace 239.0.0.0/8 dev \(sender.name == "outside" ? Namespace.tap : "nic0")")
            _ = try sender.attempt("busybox ping -c 20 -i 0.05 -W 1 239.17.34.51")
            return try listener.counter("rx_packets", of: interface) - before
        }

        @Test("a namespace bridged to the physical function talks to the outside", .timeLimit(.minutes(3)))
        func bridge() throws {
            let (guest, outside) = try (SharedSRIOVGuest.guest(), SharedSRIOVGuest.outside())
            _ = try SharedSRIOVGuest.vfs(3)
            defer {
                SharedSRIOVGuest.spoil()
                _ = try? guest.run("ip netns del behind; ip link del br0; true")
            }
            try guest.run(
                """
                modprobe bridge; modprobe veth; set -e
                ip netns add behind; ip link add in type veth peer name nic0 netns behind
                ip link add br0 type bridge; ip link set in master br0; ip link set in up
                ip link set eth0 master br0; ip link set br0 up
                ip -n behind addr add 10.82.57.40/24 dev nic0; ip -n behind link set nic0 up
                """)
            let behind = Station("behind the bridge", "10.82.57.40") {
                try guest.attempt("ip netns exec behind sh -c '\($0)'", seconds: $1)
            }
            #expect(try behind.ping(outside, count: 4) >= 3)
            #expect(try outside.ping(behind, count: 3) >= 2)
        }
    }
}
