// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

extension Integration {
    /// igb and igbvf of several kernels and of an arm64 machine, by the same sentences.
    @Suite("igb and igbvf of other kernels and machines", .serialized)
    struct KernelTests {
        @Test(
            "the physical function and its VFs work in one guest", .timeLimit(.minutes(15)),
            arguments: DebianSystem.allCases)
        func together(system: DebianSystem) throws {
            let bench = try Bench(vfs: 2)
            defer { bench.close() }
            let prepared = try system.prepared(in: bench.run)
            let guest = try bench.boot(
                .with {
                    $0.system = prepared
                    $0.plugged = .all
                    $0.memory = 768
                })
            #expect(try prepared.versions == [guest.run("uname -r").filter { $0 != "\n" }])
            try guest.checkPhysicalFunction(on: bench)
            // The GIC has its messages go through tables that the guest's kernel makes for each function.
            if system == .arm64 { #expect(try guest.run("grep eth0- /proc/interrupts").contains("ITS")) }
            try guest.checkVirtualFunctions(on: bench)
            #expect(try guest.driverComplaints().isEmpty)
        }

        @Test("VFs of one card carry TCP between guests of all kernels and machines", .timeLimit(.minutes(15)))
        func apart() throws {
            let systems = DebianSystem.allCases
            let bench = try Bench(vfs: systems.count, driven: true)
            defer { bench.close() }
            let guests = try systems.enumerated().map { number, system in
                var options = Bench.vfOptions(number)
                options.system = try system.prepared(in: bench.run)
                return try bench.start(options)
            }
            for guest in guests { try guest.waitUntilReady() }
            let stations = try guests.enumerated().map { try $1.bringUpVF($0) }
            for station in stations {
                let others = stations.filter { $0.name != station.name } + [bench.outside]
                #expect(try station.reached(others).count == others.count, "from \(station)")
            }
            for (number, station) in stations.enumerated() {
                let next = stations[(number + 1) % stations.count]
                #expect(try station.exchange(with: next), "\(systems[number]) and the next")
            }
        }
    }
}
