// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

extension RealGuest {
    @Suite("igb and igbvf of a newer kernel", .serialized)
    struct NewerKernel {
        @Test("igb probes, passes the offline self-test and carries TCP both ways", .timeLimit(.minutes(5)))
        func physicalFunction() throws {
            let pair = try CablePair.current()
            #expect(try pair.b.run("uname -r") != pair.a.run("uname -r") || isSameEverywhere)
            let results = try pair.b.selfTest("offline")
            #expect(results == Guest.passed)
            for (from, to) in [(pair.stationA, pair.stationB), (pair.stationB, pair.stationA)] {
                #expect(try from.ping(to, count: 3) >= 2)
                #expect(try from.send(to: to).bytes > 500_000)
            }
            #expect(try pair.b.driverComplaints().isEmpty)
        }

        /// On a machine whose own Debian has the newer kernel already.
        private var isSameEverywhere: Bool {
            (try? Artifacts.find()).map { $0.kernel(.standard) == $0.kernel(.newer) } ?? false
        }

        @Test("the module reloads", .timeLimit(.minutes(3)))
        func reload() throws {
            let pair = try CablePair.current()
            for _ in 1...3 {
                try pair.b.run("rmmod igb")
                let again = try CablePair.current()
                #expect(try again.stationB.ping(again.stationA, count: 3) >= 2)
            }
        }

        @Test("igbvf's VFs reach each other, the physical function and the outside", .timeLimit(.minutes(5)))
        func virtualFunctions() throws {
            let pair = try CablePair.current()
            let vfs = try pair.b.isolateVFs(2)
            defer { _ = try? pair.b.setVFs(0) }
            for (from, to) in [
                (vfs[0], vfs[1]), (vfs[0], pair.stationB), (vfs[1], pair.stationA), (pair.stationA, vfs[0]),
            ] {
                #expect(try from.ping(to, count: 3) >= 2, "\(from) to \(to)")
                #expect(try from.send(to: to).bytes > 500_000, "\(from) to \(to)")
            }
            #expect(try vfs[0].exchange(with: pair.stationA))
        }
    }
}
