// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaGuest
import Testing

extension StockQEMU {
    /// What ended or hung emulated cards of this family, played against this one (docs/defects.md). Afterwards it has to
    /// carry frames as if nothing had been.
    @Suite(
        "Accesses that ended other emulated cards", .serialized,
        .enabled(if: NIC.chosen == .kawela, "QEMU's own card may end with them"))
    struct KnownDefects {
        private let peer: [UInt8] = [0x02, 0, 0, 0, 0, 0x99]

        /// A frame out and one in, after a reset as a driver does it.
        private func expectFrames(_ bench: Workbench) throws {
            var driver = IGBDriver(try bench.function(), bench.qtest)
            try driver.reset()
            try driver.bringUpLink()
            try driver.startQueues()
            try driver.transmit([frame(1, to: peer)])
            // What came of the accesses may have left before it.
            while try bench.cable.receive() != frame(1, to: peer) {}
            try bench.cable.send([frame(2, to: bench.mac)])
            #expect(try driver.receive(1) == [frame(2, to: bench.mac)])
        }

        /// The accesses of the report: to bytes of TCTL, TDLEN and TDT, with a ring of 1 MB at address 0, BIOS and option
        /// ROMs in it. QEMU's igb took each of them for one of 32 bits, so these come too.
        @Test("CVE-2024-3567: a ring over all of low memory, ROMs included", arguments: [false, true])
        func lowMemoryRing(isWide: Bool) throws {
            let bench = try Workbench()
            let driver = IGBDriver(try bench.function(), bench.qtest)
            try driver.bringUpLink()
            let (control, tail) = (try address(TCTL.self, driver), try address(TDT.self, driver))
            if isWide {
                try driver.write(TCTL.self, 2)
                try driver.write(TDLEN.self, .max)
                try driver.write(TDT.self, 0x5B)
                try bench.qtest.pass(milliseconds: 50)
                // The zeros up to there are a packet without an end, which waits here: past it by hand.
                try driver.write(TXDCTL.self, 0)
                try driver.write(TDH.self, 0x5B)
                try driver.write(TXDCTL.self, 1 << 25)
                try driver.write(TDT.self, 0)
                try driver.wait(for: "descriptors to be taken", within: 30) { try driver.read(TDH.self) != 0x5B }
                try bench.qtest.pass(milliseconds: 500)
            } else {
                try bench.qtest.write8(control + 3, 2)
                try driver.write(TDLEN.self, .max)
                try bench.qtest.write8(tail + 2, 0x5B)
                try bench.qtest.write8(tail + 3, 0)
                try bench.qtest.pass(milliseconds: 200)
            }
            try expectFrames(bench)
        }

        private func address<R: Register>(_ register: R.Type, _ driver: IGBDriver) throws -> UInt64 {
            try driver.function.address(inBAR: 0, offset: UInt64(R.offset))
        }

        /// CVE-2020-15859, CVE-2021-3416, CVE-2023-3019: a packet's data, a receive buffer and then the rings lie in the
        /// card's own registers.
        @Test("DMA to the card's own registers reaches none of them")
        func ownRegisters() throws {
            let bench = try Workbench()
            var driver = try bench.driver()
            let registers = [
                try address(CTRL.self, driver), try address(RCTL.self, driver), try address(TDT.self, driver),
            ]
            let before = try (driver.read(RCTL.self), driver.read(TCTL.self), driver.read(RDBAL.self))
            for (slot, register) in registers.enumerated() {
                let descriptor = UInt64(slot * 16)
                let control: UInt64 = 64 | 3 << 20 | 1 << 24 | 1 << 27 | 1 << 29 | 64 << 46
                try bench.qtest.write(IGBDriver.transmitRing + descriptor, bytes(register) + bytes(control))
                try bench.qtest.write(IGBDriver.receiveRing + descriptor, bytes(register) + bytes(UInt64(0)))
            }
            try driver.write(TDT.self, 3)
            try bench.cable.send((0..<4).map { frame($0, to: bench.mac) })
            try driver.wait(for: "the fourth receive descriptor, the first whose buffer is memory") {
                try bench.qtest.read32(IGBDriver.receiveRing + 3 * 16 + 8) & 1 == 1
            }
            let after = try (driver.read(RCTL.self), driver.read(TCTL.self), driver.read(RDBAL.self))
            #expect(before == after)
            for ring in [TDBAL.offset, RDBAL.offset] {
                let base = try driver.function.address(inBAR: 0, offset: UInt64(ring))
                try bench.qtest.write32(base, UInt32(registers[2]) & ~0x7F)
            }
            try driver.write(TDT.self, 9)
            try bench.cable.send((0..<4).map { frame($0, to: bench.mac) })
            try bench.qtest.pass(milliseconds: 200)
            try expectFrames(bench)
        }

        @Test("CVE-2020-28916: receive descriptors without an address")
        func nullBuffers() throws {
            let bench = try Workbench()
            let driver = try bench.driver()
            try bench.qtest.fill(IGBDriver.receiveRing, count: IGBDriver.slots * 16, with: 0)
            try bench.cable.send((0..<40).map { frame($0, to: bench.mac) })
            try driver.wait(for: "40 frames at address 0") { try driver.read(RDH.self) == 40 }
            try expectFrames(bench)
        }
    }
}
