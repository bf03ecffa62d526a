// SPDX-License-Identifier: Apache-2.0

import Intel82576
import Foundation
import KawelaGuest
import Synchronization
import Testing

extension StockQEMU {
    @Suite("While one machine misbehaves, the others' frames go on", .serialized)
    struct HostileMachine {
        @Test("it does as it likes with its VF", arguments: HostileAct.all)
        func act(_ act: HostileAct) throws {
            let bench = try VFBench(isChecked: false)
            let driver = try bench.hostile.startedDriver()
            let random = Mutex(RandomWords(seed: 0x82576))
            try bench.withEvidence {
                try whileRepeating {
                    try random.withLock { try act.perform(driver, &$0) }
                } _: {
                    try bench.exchange(for: 0.5, sendingTo: driver.mac)
                }
                try expectRecovery(bench)
            }
        }

        @Test("it floods the others with broadcasts, of which they get whole ones only")
        func broadcastFlood() throws {
            let bench = try VFBench()
            let driver = try bench.hostile.startedDriver()
            let sent = frames(1, VFDriver.slots - 1, from: driver.mac, to: broadcast)
            for _ in 0..<40 { try driver.transmit(sent) }
            for other in [bench.victim, bench.witness] {
                let received = try other.receiveAll()
                #expect(received.count >= VFDriver.slots / 2)
                #expect(Set(received).isSubset(of: sent))
            }
            try expectRecovery(bench)
        }

        @Test("it never gives receive buffers back", arguments: [broadcast, nil])
        func neverRefills(destination: [UInt8]?) throws {
            let bench = try VFBench()
            let driver = try bench.hostile.driver()
            try driver.reset()
            try driver.startQueues(buffers: 4)
            let inside = frames(1, 60, from: bench.victim.mac, to: destination ?? driver.mac)
            let outside = frames(100, 60, from: VFBench.outside, to: destination ?? driver.mac)
            for _ in 0..<5 {
                try bench.victim.transmit(inside)
                try bench.wire.send(outside)
                _ = try bench.witness.receiveAll(quiet: 0.02)
                _ = try bench.victim.receiveAll(quiet: 0.02)
                try bench.exchange()
            }
            #expect(try driver.read(RDH.self) == 4)
            try expectRecovery(bench)
        }

        @Test("its QEMU freezes, with frames under way to it and from it")
        func freezes() throws {
            let bench = try VFBench()
            let driver = try bench.hostile.startedDriver()
            try driver.post(frames(1, 32, from: driver.mac, to: VFBench.outside))
            bench.hostile.freeze()
            try bench.victim.transmit(frames(1, 60, from: bench.victim.mac, to: driver.mac))
            try bench.victim.transmit(frames(1, 60, from: bench.victim.mac, to: driver.mac))
            try bench.exchange(for: 0.5)
            bench.hostile.thaw()
            #expect(try driver.receiveAll().count > 0)
            try expectRecovery(bench)
        }

        @Test("its QEMU freezes when it should hand out a ring in ROM, which only QEMU can")
        func freezesInROM() throws {
            let bench = try VFBench()
            let driver = try bench.hostile.startedDriver()
            try driver.setUp(block: VFDriver.offset(RDBAL.self), 0xFFFF_0000)
            try driver.write(RXDCTL.self, 1 << 25)
            try driver.write(RDT.self, 32)
            bench.hostile.freeze()
            try bench.victim.transmit(frames(1, 32, from: bench.victim.mac, to: driver.mac))
            try bench.exchange(for: 1.5, limit: 2)
            #expect(bench.kawela.output.contains("a DMA message was not answered in time"))
            try bench.replaceHostile()
            try expectRecovery(bench)
        }

        @Test("it is killed while it floods, and comes again, three times")
        func killed() throws {
            let bench = try VFBench()
            let descriptors = try bench.descriptorCount()
            for _ in 0..<3 {
                let (machine, driver) = (bench.hostile, try bench.hostile.startedDriver())
                let process = machine.machine.process
                #expect(throws: GuestError.self) {
                    try whileRepeating {
                        try driver.transmit(frames(1, 60, from: driver.mac, to: VFBench.outside))
                    } _: {
                        try bench.exchange(for: 0.1)
                        process.kill()
                        try bench.exchange(for: 0.1)
                    }
                }
                try bench.replaceHostile()
            }
            try expectRecovery(bench)
            #expect(try bench.descriptorCount() == descriptors)
        }

        @Test("it sends PAUSE, BPDU and LLDP frames: they do not leave, and the log says so")
        func linkControl() throws {
            let bench = try VFBench()
            let driver = try bench.hostile.startedDriver()
            let before = bench.wire.frames.count
            for last in [0x01, 0x00, 0x0E] as [UInt8] {
                try driver.transmit([frame(1, from: driver.mac, to: [0x01, 0x80, 0xC2, 0, 0, last])])
            }
            #expect(try bench.witness.receiveAll() == [])
            #expect(bench.wire.frames.count == before)
            #expect(bench.kawela.output.contains("or as link control"), "\(bench.kawela.tail())")
            try expectRecovery(bench)
        }

        @Test("it lies about its address or VLAN: nobody gets the frame, and the log says so")
        func lies() throws {
            let bench = try VFBench()
            let driver = try bench.hostile.startedDriver()
            let before = bench.wire.frames.count
            for destination in [bench.witness.mac, broadcast, VFBench.outside] {
                for source in [bench.victim.mac, VFBench.outside, broadcast] {
                    try driver.transmit(frames(1, 4, from: source, to: destination))
                }
            }
            #expect(try bench.witness.isGranted([0x04 | 1 << 16, VFBench.vlan]))
            #expect(try !driver.isGranted([0x04 | 1 << 16, VFBench.vlan]), "it is in no VLAN")
            var tagged = frame(1, from: driver.mac, to: broadcast)
            tagged.insert(contentsOf: [0x81, 0, 0, UInt8(VFBench.vlan)], at: 12)
            try driver.transmit([tagged])
            #expect(try bench.witness.receiveAll() == [])
            #expect(try bench.victim.receiveAll() == [])
            #expect(bench.wire.frames.count == before)
            #expect(try driver.read(PFVFGPTC.self) == 0)
            #expect(
                bench.kawela.output.contains("vf0: frames dropped that it sent in another's name"),
                "\(bench.kawela.tail())")
            try expectRecovery(bench)
        }

        /// The others are as they were, `kawela` lives, and the VF works once its driver starts anew.
        private func expectRecovery(_ bench: VFBench) throws {
            try bench.exchange()
            try bench.requireKawela()
            #expect(bench.kawela.output.utf8.count < 100_000, "the log is not flooded")
            let driver = try bench.hostile.startedDriver()
            let sent = frames(7, 8, from: driver.mac, to: bench.victim.mac)
            try driver.transmit(sent)
            try #require(try bench.victim.receive(8) == sent)
            let answer = frames(17, 8, from: bench.victim.mac, to: driver.mac)
            try bench.victim.transmit(answer)
            try #require(try driver.receive(8) == answer)
        }
    }
}
