// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

extension RealGuest {
    @Suite("A guest in the guest", .serialized)
    struct GuestInGuest {
        @Test("has a VF by VFIO, reaches all others, and leaves it usable when it is killed", .timeLimit(.minutes(12)))
        func nested() throws {
            let bench = try Bench(vfs: 2)
            defer { bench.close() }
            let (function, mac) = ("0000:01:00.1", "52:54:00:82:57:20")
            let guest = try bench.boot(.nesting { $0.plugged = .all })
            try guest.bringUpLink()
            let vfs = try guest.isolateVFs(2)
            try guest.setVF(0, "mac \(mac)")
            try guest.giveToVFIO([function])

            let inner = try NestedGuest(in: guest, with: function)
            let station = inner.station(Guest.vfAddress(0))
            try station.run("modprobe igbvf; ip link set eth0 up; ip addr add \(Guest.vfAddress(0))/24 dev eth0")
            #expect(try station.run("cat /sys/class/net/eth0/address") == "\(mac)\n")
            #expect(try station.run("readlink /sys/class/net/eth0/device/driver").hasSuffix("/igbvf\n"))
            try eventually("carrier inside", within: 30, every: 1) {
                try station.run("cat /sys/class/net/eth0/carrier") == "1\n"
            }
            try bench.outside.run("ip neigh flush all")
            #expect(try station.ping(bench.outside, count: 5) >= 4)
            #expect(try bench.outside.ping(station, count: 5) >= 4)
            #expect(try station.ping(vfs[1], count: 3) >= 2, "VF 1, in the outer guest")
            #expect(try station.ping(Guest.address, count: 3) >= 2, "the physical function")
            #expect(try station.send(to: bench.outside).bytes > 50_000)

            try bench.outside.start("busybox ping -i 0.01 -s 1400 -c 1000 \(Guest.vfAddress(0))")
            try inner.kill()
            #expect(try vfs[1].ping(bench.outside, count: 3) >= 2)
            try guest.takeFromVFIO(function)
            try eventually("an interface", within: 20, every: 0.2) { try guest.vfInterfaces().count == 1 }
            try bench.outside.run("ip neigh flush all")
            let again = try guest.isolate(vf: 0)
            try eventually("the VF reaches the outside again", within: 30, every: 0.5) {
                try again.ping(bench.outside, count: 3) >= 2
            }
            #expect(try !guest.run("dmesg").contains("DMAR: [DMA"), "no faults")
        }
    }
}
