// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest
import Testing

extension RealGuest {
    @Suite(
        "Two machines with a VF each, and nobody with the physical function", .serialized,
        .enabled(if: NIC.chosen == .kawela, "QEMU's own card is in one machine"))
    struct SeparateMachines {
        @Test("they reach each other and the outside, by ping and TCP", .timeLimit(.minutes(5)))
        func traffic() throws {
            let pair = try Pair.shared.current()
            let (a, b, outside) = (pair.a, pair.b, pair.bench.outside)
            for (from, to) in [(a, b), (b, a), (a, outside), (outside, a), (b, outside), (outside, b)] {
                #expect(try from.ping(to, count: 3) >= 2, "\(from) to \(to)")
                #expect(try from.send(to: to).bytes > 500_000, "\(from) to \(to)")
            }
        }

        @Test("one floods, and the other's traffic goes on", .timeLimit(.minutes(3)))
        func flood() throws {
            let pair = try Pair.shared.current()
            let (a, b, outside, port) = (pair.a, pair.b, pair.bench.outside, Station.freePort())
            try outside.start("timeout 15 iperf3 -s -1 -p \(port)")
            try a.start("sleep 0.5; timeout 10 iperf3 -u -b 0 -l 64 -t 9 -p \(port) -c \(outside.address)")
            let before = try a.counter("tx_packets", of: "eth0")
            try eventually("the flood", within: 8) { try a.counter("tx_packets", of: "eth0") > before + 1000 }
            #expect(try b.ping(outside, count: 10) >= 9)
            #expect(try b.send(to: outside).bytes > 200_000)
        }

        @Test("one freezes, and the other's traffic goes on; it thaws and is back", .timeLimit(.minutes(3)))
        func freeze() throws {
            let pair = try Pair.shared.current()
            try pair.bench.outside.start("busybox ping -i 0.01 -s 1400 -c 800 \(pair.a.address)")
            pair.guests[0].machine.process.send(SIGSTOP)
            defer { pair.guests[0].machine.process.send(SIGCONT) }
            #expect(try pair.b.ping(pair.bench.outside, count: 5) >= 4)
            #expect(try pair.b.send(to: pair.bench.outside).bytes > 500_000)
            pair.guests[0].machine.process.send(SIGCONT)
            try eventually("the frozen machine is back", within: 20) { try pair.a.ping(pair.b) == 1 }
        }

        @Test("one lies about its address, and is not heard; the other is", .timeLimit(.minutes(3)))
        func lie() throws {
            let pair = try Pair.shared.current()
            let (a, outside, strange) = (pair.a, pair.bench.outside, "02:00:00:00:00:99")
            try outside.run("ip addr add 10.99.0.9/24 dev \(Namespace.tap)")
            defer { _ = try? outside.run("ip addr del 10.99.0.9/24 dev \(Namespace.tap)") }
            try a.run(
                """
                set -e; modprobe bridge; ip link add br0 type bridge; ip link set br0 address \(strange)
                ip link set eth0 master br0; ip link set br0 up; ip addr add 10.99.0.1/24 dev br0
                """)
            #expect(try a.ping("10.99.0.9", count: 3) == 0)
            #expect(try !outside.run("ip neigh").contains(strange))
            #expect(try pair.b.ping(outside, count: 3) >= 2)
            try a.run("ip link del br0")
            #expect(try a.ping(outside, count: 3) >= 2, "the truth is heard again")
        }

        @Test("one is reset, and one's QEMU is killed; the other's traffic goes on", .timeLimit(.minutes(5)))
        func restart() throws {
            let pair = try Pair.shared.current()
            let outside = pair.bench.outside
            try pair.a.start("busybox ping -i 0.02 -s 1400 -c 10000 \(outside.address)")
            try pair.guests[0].machine.qmp.execute("system_reset")
            #expect(try pair.b.ping(outside, count: 5) >= 4)
            try pair.guests[0].waitUntilReady()
            #expect(try pair.guests[0].bringUpVF(0).ping(pair.b, count: 3) >= 2)

            pair.guests[0].machine.process.kill()
            #expect(try pair.b.ping(outside, count: 5) >= 4)
            let next = try pair.bench.boot(Bench.vfOptions(0))
            #expect(try next.bringUpVF(0).ping(pair.b, count: 3) >= 2)
            #expect(pair.bench.card.server?.process.status == nil, "kawela lives on")
            // What runs takes the processor from the tests that follow.
            Pair.shared.end()
        }
    }
}

/// The two machines, booted once for all tests; VF 0 is in the first, VF 1 in the second.
private struct Pair: GuestSet {
    let bench: Bench
    let guests: [Guest]
    let a, b: Station
    var benches: [Bench] { [bench] }
    static let shared = SharedGuests<Pair>()

    init() throws {
        bench = try Bench(vfs: 2, driven: true)
        guests = try bench.bootVFGuests(2)
        (a, b) = (try guests[0].bringUpVF(0), try guests[1].bringUpVF(1))
    }
}
