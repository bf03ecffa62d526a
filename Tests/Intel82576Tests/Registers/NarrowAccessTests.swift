// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("Accesses that are not 32 bits wide")
struct NarrowAccessTests {
    let driver = TestDriver()

    func read(_ offset: Int, _ width: Int) -> UInt64 { driver.function.readBAR(0, at: offset, width: width) }
    func write(_ offset: Int, _ width: Int, _ value: UInt64) {
        driver.function.writeBAR(0, at: offset, width: width, value)
    }

    @Test("read the bytes they name")
    func reads() {
        driver[.VET] = 0x1234_5678
        #expect((0..<4).map { read(0x38 + $0, 1) } == [0x78, 0x56, 0x34, 0x12])
        #expect(read(0x38, 2) == 0x5678 && read(0x3A, 2) == 0x1234)
    }

    @Test("change the bytes they name")
    func writes() {
        driver[.VET] = 0x1234_5678
        write(0x39, 1, 0xAB)
        #expect(driver[.VET] == 0x1234_AB78)
        write(0x3A, 2, 0xCDEF)
        #expect(driver[.VET] == 0xCDEF_AB78)
        write(0x3B, 1, 0xFFFF_FF00)
        #expect(driver[.VET] == 0x00EF_AB78)
    }

    @Test("keep the other bytes of registers that the interrupt and NVM units hold")
    func units() {
        for name in [RegisterName.IAM, .EIAC, .EIAM, .SW_FW_SYNC] {
            driver[name] = 0x0000_1234
            write(RegisterMap.word(of: name) * 4, 1, 0x56)
            #expect(driver[name] == 0x1256, "\(name)")
        }
    }

    @Test("clear none of the other bytes' bits where ones clear")
    func ones() {
        driver.port.registers[word: RegisterMap.word(of: .WUS)] = 0x00FF_00FF
        write(0x5810, 1, 0x0F)
        #expect(driver[.WUS] == 0x00FF_00F0)
        driver[.IMS] = 0x0101
        write(0x1508, 1, 0x10)
        #expect(driver[.IMS] == 0x0111)
        write(0x150D, 1, 0x01)
        #expect(driver[.IMS] == 0x0011)
        driver[.ICS] = 0x0101
        write(0x1501, 1, 0x01)
        #expect(driver[.ICR] & 0x7FFF_FFFF == 0x0001)
    }

    @Test("of 64 bits are two of 32, the low half first")
    func wide() {
        write(0x5400, 8, 0x8000_0605_0403_0201)
        #expect(driver[.RAL] == 0x0403_0201 && driver[.RAH] == 0x8000_0605)
        #expect(read(0x5400, 8) == 0x8000_0605_0403_0201)
        driver.port.registers.add64(0x1_2345_6789, to: GORCL.self)
        #expect(read(0x4088, 8) == 0x1_2345_6789)
        #expect(read(0x4088, 8) == 0)
    }

    @Test("at odd addresses touch nothing but the bytes from there to the register's end")
    func odd() {
        driver[.VET] = 0x1234_5678
        driver[0x3C] = 0
        #expect(read(0x39, 4) == 0x12_3456)
        write(0x39, 4, 0xAABB_CCDD)
        #expect(driver[.VET] == 0xBBCC_DD78)
        write(0x3B, 2, 0x1122)
        #expect(driver[.VET] == 0x22CC_DD78)
    }
}
