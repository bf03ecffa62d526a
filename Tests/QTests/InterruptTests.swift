// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaGuest
import Testing

extension StockQEMU {
    @Suite("MSI-X messages through stock QEMU", .serialized)
    struct Interrupts {
        /// Where the messages go: plain guest RAM, in which the test can see them.
        private static let mailbox: UInt64 = 0x11_0000

        @Test("a received frame sends the message of its queue's vector")
        func receive() throws {
            let bench = try Workbench()
            var driver = try withInterrupts(bench)
            try bench.cable.send([frame(1, to: bench.mac)])
            try waitForMessage(of: 0, driver)
            #expect(try driver.receive(1) == [frame(1, to: bench.mac)])
            #expect(try message(of: 1, bench) == 0)
        }

        @Test("a transmitted frame sends the message of its queue's vector")
        func transmit() throws {
            let bench = try Workbench()
            var driver = try withInterrupts(bench)
            try driver.transmit([frame(1, to: [2, 0, 0, 0, 0, 9])])
            try waitForMessage(of: 1, driver)
            #expect(try message(of: 0, bench) == 0)
        }

        @Test("each of the 10 vectors has its own message", arguments: [0, 1, 2, 5, 9])
        func byHand(vector: Int) throws {
            let bench = try Workbench()
            let driver = try withInterrupts(bench)
            try driver.write(EICS.self, 1 << UInt32(vector))
            try waitForMessage(of: vector, driver)
            for other in 0..<PCIFunction.vectors where other != vector { #expect(try message(of: other, bench) == 0) }
        }

        @Test("a masked vector keeps its message until it is unmasked")
        func masked() throws {
            let bench = try Workbench()
            let driver = try withInterrupts(bench)
            try driver.function.setMessage(vector: 3, address: address(of: 3), data: 0x4003, masked: true)
            try driver.write(EICS.self, 1 << 3)
            try bench.qtest.pass(milliseconds: 500)
            #expect(try message(of: 3, bench) == 0)
            try driver.function.setMessage(vector: 3, address: address(of: 3), data: 0x4003)
            try waitForMessage(of: 3, driver)
        }

        @Test("a vector that was never unmasked has its pending bit set once its message is due")
        func pendingBits() throws {
            let bench = try Workbench()
            let driver = try bench.driver()
            try driver.function.enableMSIX()
            try driver.write(GPIE.self, 1 << 4 | 1 << 31 | 1)
            try driver.write(EIMS.self, 0x3FF)
            #expect(try driver.function.pendingBits == 0)
            try driver.write(EICS.self, 1 << 3)
            try driver.wait(for: "the pending bit of vector 3") { try driver.function.pendingBits == 1 << 3 }
            try driver.write(EICS.self, 1 << 9)
            try driver.wait(for: "the pending bit of vector 9") { try driver.function.pendingBits == 0x208 }
            try bench.qtest.fill(Self.mailbox, count: PCIFunction.vectors * 4, with: 0)
            try driver.function.setMessage(vector: 3, address: address(of: 3), data: 0x4003)
            try waitForMessage(of: 3, driver)
            #expect(try driver.function.pendingBits == 0x200, "delivered, so pending no more")
            try driver.reset()
            #expect(try driver.function.pendingBits == 0)
        }

        /// Vector 0 for reception, 1 for transmission, 2 for the rest; the message of vector n is 0x4000 + n.
        private func withInterrupts(_ bench: Workbench) throws -> IGBDriver {
            let driver = try bench.driver()
            try bench.qtest.fill(Self.mailbox, count: PCIFunction.vectors * 4, with: 0)
            for vector in 0..<PCIFunction.vectors {
                try driver.function.setMessage(
                    vector: vector, address: address(of: vector), data: 0x4000 + UInt32(vector))
            }
            try driver.function.enableMSIX()
            try driver.write(GPIE.self, 1 << 4 | 1 << 31 | 1)  // Multiple_MSIX, PBA support, NSICR
            try driver.write(IVAR.self, 0x8180)
            try driver.write(IVAR_MISC.self, 0x8200)
            try driver.write(EIAC.self, 0x3FF)
            try driver.write(EIMS.self, 0x3FF)
            return driver
        }

        private func address(of vector: Int) -> UInt64 { Self.mailbox + UInt64(vector) * 4 }
        private func message(of vector: Int, _ bench: Workbench) throws -> UInt32 {
            try bench.qtest.read32(address(of: vector))
        }

        private func waitForMessage(of vector: Int, _ driver: IGBDriver) throws {
            try driver.wait(for: "the message of vector \(vector)") {
                try driver.qtest.read32(address(of: vector)) == 0x4000 + UInt32(vector)
            }
        }
    }
}
