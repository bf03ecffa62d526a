import KawelaGuest
import Testing

extension RealGuest {
    @Suite(
        "Guests whose queue registers are mapped memory", .serialized,
        .enabled(if: NIC.chosen == .kawela, "QEMU's own card has its registers in QEMU"))
    struct MappedDoorbells {
        @Test("TCP both ways, and the interface goes down and up 20 times under traffic", .timeLimit(.minutes(5)))
        func physicalFunction() throws {
            let bench = try Bench(doorbells: .mapped)
            defer { bench.close() }
            let guest = try bench.boot(.with { $0.processors = 4 })
            try guest.bringUpLink()
            let (inside, outside) = (guest.station(), bench.outside)
            for (from, to) in [(inside, outside), (outside, inside)] {
                #expect(try from.send(to: to).bytes > 1_000_000, "\(from) to \(to)")
            }
            let server = try bench.peer.start(["iperf3", "-s"], name: "iperf3-mapped")
            defer { server.kill() }
            try guest.start("timeout 100 iperf3 -t 90 --bidir -c \(Namespace.address)")
            let script =
                "for i in $(seq 20); do ip link set eth0 down; ip link set eth0 up; done; killall iperf3; true"
            try guest.run(script, seconds: 100)
            try guest.bringUpLink()
            #expect(try guest.ping() == 3)
            #expect(try inside.exchange(with: outside))
            #expect(try guest.driverComplaints().isEmpty)
        }

        @Test("virtual functions behind the physical one reach all others", .timeLimit(.minutes(5)))
        func oneGuest() throws {
            let bench = try Bench(vfs: 2, doorbells: .mapped)
            defer { bench.close() }
            let guest = try bench.boot(.with { $0.plugged = .all })
            try guest.bringUpLink()
            let virtual = try guest.isolateVFs(2)
            try reach(virtual + [guest.station("PF"), bench.outside])
            // igb takes its interface down and up when VFs go.
            try guest.setVFs(0)
            try guest.waitForCarrier()
            #expect(try guest.ping() == 3)
        }

        @Test("virtual functions in two machines reach each other and the outside", .timeLimit(.minutes(5)))
        func twoMachines() throws {
            let bench = try Bench(vfs: 2, driven: true, doorbells: .mapped)
            defer { bench.close() }
            let guests = try bench.bootVFGuests(2)
            try reach([try guests[0].bringUpVF(0), try guests[1].bringUpVF(1), bench.outside])
        }

        private func reach(_ stations: [Station]) throws {
            for from in stations {
                for to in stations where from.name != to.name {
                    #expect(try from.ping(to, count: 3) >= 2, "\(from) to \(to)")
                    #expect(try from.send(to: to).bytes > 300_000, "\(from) to \(to)")
                }
            }
        }
    }
}
