// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest
import Synchronization
import Testing

extension StockQEMU {
    @Suite("What is in one machine's memory stays there", .serialized)
    struct Isolation {
        private static let secret: UInt8 = 0xA7
        private static let other: UInt8 = 0x5B
        /// Longer runs of one byte are in no frame.
        private static let run = 5

        @Test("whatever one machine does and receives, it finds nothing of another's memory and changes nothing there")
        func memory() throws {
            let bench = try VFBench(isChecked: false, fill: (victim: Self.secret, others: Self.other))
            try misbehave(on: bench)
            for machine in [bench.hostile.ram, bench.witness.ram] {
                #expect(machine.firstRun(of: Self.secret, count: Self.run) == nil)
            }
            for frame in bench.wire.frames {
                try #require(frame.withUnsafeBytes { $0.firstRun(of: Self.secret, count: Self.run) } == nil)
            }
            expectUntouched(bench.victim, Self.secret)
            expectUntouched(bench.witness, Self.other)
            try bench.requireKawela()
            try expectSearchFinds(bench)
        }

        /// What the victim does send is found: the search works.
        private func expectSearchFinds(_ bench: VFBench) throws {
            let open = broadcast + bench.victim.mac + [0x88, 0xB5] + [UInt8](repeating: Self.secret, count: 60)
            try bench.victim.transmit([open])
            _ = try bench.witness.receiveAll(quiet: 0.02)
            #expect(bench.witness.ram.firstRun(of: Self.secret, count: Self.run) != nil)
        }

        /// Each act a few times, with frames of the victim's to the VF after each.
        private func misbehave(on bench: VFBench) throws {
            let driver = try bench.hostile.startedDriver()
            var random = RandomWords(seed: 0x576)
            for (number, act) in HostileAct.all.enumerated() {
                for _ in 0..<3 {
                    try act.perform(driver, &random)
                    try bench.victim.transmit(frames(number, 8, from: bench.victim.mac, to: driver.mac))
                    try bench.victim.transmit(frames(number, 8, from: bench.victim.mac, to: broadcast))
                }
                try driver.start()
                try bench.victim.transmit(frames(number, 8, from: bench.victim.mac, to: driver.mac))
                #expect(try driver.receiveAll(quiet: 0.02).count >= 8, "after \(act.testDescription)")
                _ = try bench.witness.receiveAll(quiet: 0.02)
            }
        }

        private func expectUntouched(_ driver: VFDriver, _ byte: UInt8) {
            let end = UInt64(driver.ram.size)
            #expect(driver.ram.isAll(byte, in: 0..<VFDriver.used.lowerBound))
            #expect(driver.ram.isAll(byte, in: VFDriver.used.upperBound..<end))
        }

        @Test("a frame too short for Ethernet is filled up with zeros, not with what lies behind it")
        func padding() throws {
            let bench = try VFBench(fill: (victim: Self.secret, others: Self.other))
            let header = broadcast + bench.victim.mac + [0x88, 0xB5]
            for length in 14..<60 {
                let sent = header + [UInt8](repeating: 0x11, count: length - header.count)
                let expected = sent + [UInt8](repeating: 0, count: 60 - length)
                try bench.victim.transmit([sent])
                try #require(try bench.witness.receive(1) == [expected])
                try bench.wire.expect([expected])
            }
        }
    }

    @Suite("A virtual function that changes hands", .serialized)
    struct ChangeOfHands {
        @Test("reads as one that was never used")
        func registers() throws {
            let bench = try VFBench(isTrusted: true)
            let fresh = try dump(bench.makeMachine("fresh", vf: VFBench.spareVF).driver())
            let driver = try bench.hostile.startedDriver()
            var random = RandomWords(seed: 82)
            try useUp(driver)
            try bench.victim.transmit(frames(1, 60, from: bench.victim.mac, to: driver.mac))
            for _ in 0..<3 { try HostileAct.registers.perform(driver, &random) }
            try HostileAct.nonsense.perform(driver, &random)
            try driver.function.enableMSIX()
            try bench.replaceHostile()
            #expect(try dump(bench.hostile.driver()) == fresh)
        }

        @Test("has its own address again, and hears nothing of what its last owner listened to")
        func filters() throws {
            let bench = try VFBench(isTrusted: true)
            let driver = try bench.hostile.startedDriver()
            let (own, old) = (driver.mac, [0x02, 0, 0, 0, 0, 0x42] as [UInt8])
            #expect(try driver.setAddress(old))
            try useUp(driver)
            let wanted = Self.wanted + [old]
            try bench.victim.transmit(wanted.map { frame(1, from: bench.victim.mac, to: $0) } + [tagged(by: bench)])
            #expect(try driver.receive(wanted.count + 1).count == wanted.count + 1)
            try bench.replaceHostile()
            let next = try bench.hostile.startedDriver()
            #expect(next.mac == own)
            try bench.victim.transmit(wanted.map { frame(1, from: bench.victim.mac, to: $0) } + [tagged(by: bench)])
            #expect(try next.receiveAll() == [])
        }

        @Test("does not get the frames that waited for its last owner")
        func waiting() throws {
            let bench = try VFBench()
            let driver = try bench.hostile.driver()
            try driver.reset()
            try driver.startQueues(buffers: 2)
            try bench.victim.transmit(frames(1, 60, from: bench.victim.mac, to: driver.mac))
            try bench.wire.send(frames(1, 60, from: VFBench.outside, to: driver.mac))
            try bench.replaceHostile()
            let next = try bench.hostile.startedDriver()
            #expect(next.mac == driver.mac)
            #expect(try next.receiveAll() == [])
            try bench.exchange()
        }

        /// What ``useUp(_:)`` listens to: two further addresses, a group.
        private static let wanted: [[UInt8]] = [
            [0x02, 0, 0, 0, 0, 0x43], [0x02, 0, 0, 0, 0, 0x44], [0x01, 0, 0x5E, 0, 0, 0x05],
        ]

        private func useUp(_ driver: VFDriver) throws {
            for address in Self.wanted[..<2] { #expect(try driver.addAddress(address)) }
            // The group's hash: bits 47:36 of the address, its last byte the highest (RCTL.MO 0).
            let hash = UInt32(Self.wanted[2][5]) << 4 | UInt32(Self.wanted[2][4]) >> 4
            #expect(try driver.isGranted([0x03 | 1 << 16, hash]))
            #expect(try driver.isGranted([0x04 | 1 << 16, VFBench.vlan]))
        }

        /// A broadcast in the VLAN, which its sender has joined.
        private func tagged(by bench: VFBench) throws -> [UInt8] {
            #expect(try bench.victim.isGranted([0x04 | 1 << 16, VFBench.vlan]))
            var sent = frame(1, from: bench.victim.mac, to: broadcast)
            sent.insert(contentsOf: [0x81, 0, 0, UInt8(VFBench.vlan)], at: 12)
            return sent
        }

        /// Configuration space, registers and MSI-X table. The free running timer is left out, and so is what the
        /// test itself did: where the BARs are.
        private func dump(_ driver: VFDriver) throws -> [String: [UInt8]] {
            let function = driver.function
            var registers = try driver.qtest.read(function.address(inBAR: 0, offset: 0), count: VFDriver.spaceSize)
            registers.replaceSubrange(0x1048..<0x104C, with: [0, 0, 0, 0])
            return [
                "configuration": try driver.qtest.read(function.config, count: 4096), "registers": registers,
                "table": try driver.qtest.read(function.address(inBAR: 3, offset: 0), count: VFDriver.spaceSize),
            ]
        }
    }
}
