// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

extension StockQEMU {
    @Suite("Virtual functions in machines of their own", .serialized)
    struct VirtualFunctionReachability {
        @Test("two machines reach each other and the wire")
        func reach() throws {
            let bench = try VFBench()
            for _ in 0..<20 { try bench.exchange(count: 32) }
            try bench.requireKawela()
        }

        @Test("unicast between machines reaches neither the wire nor a third machine")
        func unicast() throws {
            let bench = try VFBench()
            let third = try bench.hostile.startedDriver()
            let sent = frames(1, 32, from: bench.victim.mac, to: bench.witness.mac)
            try bench.victim.transmit(sent)
            #expect(try bench.witness.receive(32) == sent)
            #expect(try third.receiveAll() == [])
            #expect(bench.wire.frames == [])
        }

        @Test("a broadcast reaches all other machines and the wire, and does not come back")
        func broadcasts() throws {
            let bench = try VFBench()
            let third = try bench.hostile.startedDriver()
            let sent = frames(1, 32, from: bench.victim.mac, to: broadcast)
            try bench.victim.transmit(sent)
            #expect(try bench.witness.receive(32) == sent)
            #expect(try third.receive(32) == sent)
            try bench.wire.expect(sent)
            #expect(try bench.victim.receiveAll() == [])
            #expect(bench.wire.frames == sent)
        }

        @Test("each machine gets an address of its own, and can have no other")
        func addresses() throws {
            let bench = try VFBench()
            let third = try bench.hostile.startedDriver()
            #expect(Set([bench.victim.mac, bench.witness.mac, third.mac]).count == 3)
            #expect(try !third.setAddress(bench.victim.mac))
            #expect(try !third.addAddress(bench.victim.mac))
            #expect(try !third.setAddress(VFBench.outside), "the gateway's")
            #expect(try !third.addAddress(VFBench.outside))
            #expect(try !third.isGranted([0x06 | 3 << 16]), "all frames are for trusted VFs")
            let sent = frames(1, 8, from: bench.victim.mac, to: third.mac)
            try bench.victim.transmit(sent)
            #expect(try third.receive(8) == sent)
            try bench.exchange()
            #expect(try third.receiveAll() == [])
        }
    }
}
