// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaGuest
import Testing

extension StockQEMU {
    @Suite("Probing behind stock QEMU's root port", .serialized)
    struct Probe {
        @Test("it is an 82576 with the BARs and vectors of one")
        func identity() throws {
            let bench = try Workbench()
            let function = try bench.function()
            #expect(try function.identity == 0x10C9_8086)
            #expect(try function.classAndRevision >> 8 == 0x020000, "an Ethernet controller")
            #expect(function.bars[0]?.size == 0x2_0000, "128 KB of registers")
            #expect(function.bars[0]?.isPorts == false)
            #expect(function.bars[2] == .init(address: UInt64(HostBridge.ports.lowerBound), size: 32, isPorts: true))
            #expect(function.bars[3]?.size == 0x4000, "16 KB with the MSI-X table")
            #expect(try function.vectorCount == PCIFunction.vectors)
        }

        @Test("the registers answer where BAR 0 was put, and no longer where it was")
        func moves() throws {
            let bench = try Workbench()
            let function = try bench.function()
            let driver = IGBDriver(function, bench.qtest)
            let status = try driver.read(STATUS.self)
            let (old, new) = (
                try function.address(inBAR: 0, offset: 0), UInt64(HostBridge.memory.upperBound) & 0xFFF0_0000
            )
            try bench.qtest.write32(function.config + 0x10, UInt32(new))
            #expect(try bench.qtest.read32(new + UInt64(STATUS.offset)) == status)
            #expect(try bench.qtest.read32(old + UInt64(STATUS.offset)) != status)
        }

        @Test("the EEPROM holds the address and a right checksum, and the filter has the address")
        func eeprom() throws {
            let bench = try Workbench()
            let driver = IGBDriver(try bench.function(), bench.qtest)
            try driver.reset()
            #expect(try driver.eepromMAC() == bench.mac)
            let sum = try (0...0x3F).reduce(UInt16(0)) { try $0 &+ driver.eepromWord(UInt32($1)) }
            #expect(sum == 0xBABA)
            let filter = try UInt64(driver.read(RAH.self)) << 32 | UInt64(driver.read(RAL.self))
            #expect(Array(bytes(filter)[..<6]) == bench.mac)
            #expect(filter >> 63 == 1, "RAH.AV")
        }

        @Test("the PHY identifies itself and the link comes up at 1000 Mb/s")
        func link() throws {
            let bench = try Workbench()
            let driver = IGBDriver(try bench.function(), bench.qtest)
            try driver.reset()
            #expect(try driver.phyRegister(2) == 0x02A8)
            #expect(try driver.phyRegister(3) & 0xFFF0 == 0x0390)
            try driver.bringUpLink()
            #expect(try driver.read(STATUS.self) & 0xC3 == 0x83, "full duplex, link up, SPEED 10b")
        }
    }
}
