// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaGuest
import Testing

extension StockQEMU {
    /// What QEMU's own test of its igb relies on: nothing takes time but by the clock that the test moves.
    @Suite(
        "A synchronous card in a machine whose clock stands still", .serialized,
        .enabled(if: NIC.chosen == .kawela, "QEMU's own card is always synchronous, but for the link"))
    struct Synchronous {
        private let peer: [UInt8] = [0x02, 0, 0, 0, 0, 0x99]

        /// Reset and SLU in one write, link, vectors that stay masked. No time passes.
        private func start(_ bench: Workbench) throws -> IGBDriver {
            var driver = IGBDriver(try bench.function(), bench.qtest)
            try driver.write(CTRL.self, try driver.read(CTRL.self) | 1 << 26 | 1 << 6)
            try driver.write(MDIC.self, 0x1200 | 1 << 21 | 0b01 << 26)
            #expect(try driver.read(STATUS.self) & 2 == 2, "the link is there")
            try driver.function.enableMSIX()
            try driver.write(GPIE.self, 1 << 4)
            try driver.write(IVAR.self, 0x8180)
            try driver.write(EIMS.self, .max)
            try driver.startQueues()
            return driver
        }

        @Test("a descriptor is written back, and its pending bit set, when the write of the tail is over")
        func transmit() throws {
            let bench = try Workbench(synchronous: true)
            let driver = try start(bench)
            #expect(try driver.function.pendingBits == 0)
            for number in 0..<200 {
                let slot = number % IGBDriver.slots
                let sent = frame(number, to: peer)
                try bench.qtest.write(IGBDriver.transmitBuffers, sent)
                let control: UInt64 = UInt64(sent.count) | 3 << 20 | 0x2B << 24 | UInt64(sent.count) << 46
                try bench.qtest.write(
                    IGBDriver.transmitRing + UInt64(slot * 16), bytes(IGBDriver.transmitBuffers) + bytes(control))
                try driver.write(TDT.self, UInt32((number + 1) % IGBDriver.slots))
                #expect(try bench.qtest.read32(IGBDriver.transmitRing + UInt64(slot * 16 + 12)) & 1 == 1)
                #expect(try driver.function.pendingBits == 2)
                #expect(try bench.cable.receive() == sent)
            }
        }

        @Test("a frame that has arrived is in its buffer when the write of the tail that gives one is over")
        func receive() throws {
            let bench = try Workbench(synchronous: true)
            let driver = try start(bench)
            let full = (0..<IGBDriver.slots - 1).map { frame($0, to: bench.mac) }
            try bench.cable.send(full)
            try driver.wait(for: "a full ring") { try driver.read(RDH.self) == UInt32(IGBDriver.slots - 1) }
            for number in 100..<200 {
                let slot = (number + IGBDriver.slots - 101) % IGBDriver.slots
                try bench.cable.send([frame(number, to: bench.mac)])
                let descriptor = IGBDriver.receiveRing + UInt64(slot * 16)
                try bench.qtest.write(descriptor, bytes(IGBDriver.receiveBuffers) + bytes(UInt64(0)))
                try driver.write(RDT.self, UInt32((slot + 1) % IGBDriver.slots))
                #expect(try bench.qtest.read32(descriptor + 8) & 1 == 1)
                let received = frame(number, to: bench.mac)
                #expect(try bench.qtest.read(IGBDriver.receiveBuffers, count: received.count) == received)
                #expect(try driver.function.pendingBits & 1 == 1)
            }
        }
    }
}
