// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

/// What igb and igbvf do in any guest.
extension Guest {
    /// igb probes, its self-test passes, data comes back the same with offloads on and off, and the module reloads.
    func checkPhysicalFunction(on bench: Bench) throws {
        try bringUpLink()
        #expect(try run("ethtool -i \(Self.interface)").contains("driver: igb\n"))
        #expect(try run("ethtool \(Self.interface)").contains("Speed: 1000Mb/s"))
        #expect(try run("grep -c '\(Self.interface)-' /proc/interrupts").first != "0", "MSI-X vectors of queues")
        let results = try selfTest("offline")
        #expect(results == Self.passed)
        for settings in ["tso on tx on rx on gro on", "tso off tx off rx off gro off", "tx on tso on rx on gro on"] {
            try run("ethtool -K \(Self.interface) \(settings)")
            try waitForCarrier()
            #expect(try station().exchange(with: bench.outside), "\(settings)")
        }
        try run("rmmod igb")
        try bringUpLink()
        #expect(try station().ping(bench.outside, count: 3) >= 2)
        #expect(try bench.outside.exchange(with: station()), "after the module was loaded anew")
    }

    /// igbvf's VFs reach each other, the physical function and the outside.
    func checkVirtualFunctions(on bench: Bench) throws {
        let vfs = try isolateVFs(2)
        for (from, to) in [(vfs[0], vfs[1]), (vfs[0], station()), (vfs[1], bench.outside), (bench.outside, vfs[0])] {
            #expect(try from.ping(to, count: 3) >= 2, "\(from) to \(to)")
            #expect(try from.exchange(with: to), "\(from) and \(to)")
        }
        try setVFs(0)
        #expect(try station().ping(bench.outside, count: 3) >= 2, "after the VFs are gone")
    }
}
