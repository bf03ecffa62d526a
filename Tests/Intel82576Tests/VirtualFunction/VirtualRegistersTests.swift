// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("The register space of a VF") struct VirtualRegistersTests {
    let driver = TestDriver(virtualFunctions: 8)
    let vfs: [TestVirtualFunction]

    init() {
        driver.enableVirtualFunctions(8)
        vfs = (0..<8).map(driver.makeVirtualFunction)
    }

    @Test("has the VF's two queues", arguments: [0, 3, 7])
    func queues(index: Int) {
        for (virtual, physical) in [(0x2800, 0xC000), (0x2900, 0xC200), (0x3800, 0xE000), (0x3900, 0xE200)] {
            vfs[index][virtual] = 0x1234_5680
            #expect(driver[physical + 0x40 * index] == 0x1234_5680)
            driver[physical + 0x40 * index + 8] = 0x400
            #expect(vfs[index][virtual + 8] == 0x400)
        }
    }

    @Test("rings the same doorbells as the PF's addresses of the queues")
    func doorbells() {
        vfs[2][raw: TDT.self] = 1
        #expect(driver.port.transmit.doorbells == 1 << 2)
        vfs[2][raw: TDT.self, 1] = 1
        #expect(driver.port.transmit.doorbells == 1 << 2 | 1 << 10)
        driver.port.isReceiveNotified = false
        vfs[2][raw: RDT.self, 1] = 1
        #expect(driver.port.isReceiveNotified)
    }

    @Test("moves no head of an enabled queue")
    func heads() {
        vfs[1][raw: RDH.self] = 5
        #expect(vfs[1][raw: RDH.self] == 5)
        vfs[1][raw: RXDCTL.self] = 1 << 25
        vfs[1][raw: RDH.self] = 6
        #expect(vfs[1][raw: RDH.self] == 5)
    }

    @Test("shows the port's STATUS and timer, and changes neither")
    func status() {
        driver.start()
        #expect(vfs[4][raw: PVTSTATUS.self] == driver[raw: STATUS.self] && vfs[4][raw: PVTSTATUS.self] & 3 == 3)
        driver.clock.now = 5_000_000
        #expect(vfs[4][raw: FRTIMER.self] == driver[raw: FRTIMER.self] && vfs[4][raw: FRTIMER.self] != 0)
        vfs[4][raw: PVTSTATUS.self] = 0
        vfs[4][raw: FRTIMER.self] = 0x55
        #expect(vfs[4][raw: PVTSTATUS.self] == driver[raw: STATUS.self] && driver[raw: STATUS.self] & 1 << 10 != 0)
        #expect(driver.port.registers[word: 0x1048 / 4] == 0 && vfs[4][raw: FRTIMER.self] == driver[raw: FRTIMER.self])
    }

    @Test("has the pool's PSRTYPE, and throttles that are the port's 22-3v to 24-3v")
    func windows() {
        vfs[5][raw: PSRTYPE.self] = 0x30
        #expect(driver[raw: PSRTYPE.self, 5] == 0x30)
        for vector in 0..<3 {
            vfs[5][raw: EITR.self, vector] = UInt32(40 + 4 * vector)
            #expect(driver[raw: EITR.self, 7 + vector] == UInt32(40 + 4 * vector))
        }
    }

    @Test("counts without clearing, and cannot be written")
    func counters() {
        for (virtual, physical) in [
            (0xF10, 0x10), (0xF14, 0x14), (0xF18, 0x18), (0xF34, 0x34), (0xF3C, 0x3C), (0xF40, 0x40), (0xF44, 0x44),
            (0xF48, 0x48), (0xF50, 0x50),
        ] {
            driver.port.registers[word: (0x10300 + physical) / 4] += 7
            vfs[3][virtual] = 0
            #expect(vfs[3][virtual] == 7 && vfs[3][virtual] == 7 && driver[0x10300 + physical] == 7)
            #expect(vfs[2][virtual] == 0)
        }
    }

    @Test(
        "is zero elsewhere",
        arguments: [0xC, 0x100, 0x400, 0xC00, 0xC80, 0xC88, 0x1500, 0x1508, 0x2A00, 0x3FFC])
    func holes(offset: Int) {
        vfs[0][offset] = .max
        #expect(vfs[0][offset] == 0)
    }

    @Test("takes accesses of every width")
    func widths() {
        vfs[0].function.writeBAR(0, at: 0x800, width: 8, 0x8877_6655_4433_2211)
        #expect(vfs[0].function.readBAR(0, at: 0x800, width: 8) == 0x8877_6655_4433_2211)
        vfs[0].function.writeBAR(0, at: 0x801, width: 1, 0xAA)
        vfs[0].function.writeBAR(0, at: 0x806, width: 2, 0xBBCC)
        #expect(vfs[0][raw: VMBMEM.self] == 0x4433_AA11 && vfs[0][raw: VMBMEM.self, 1] == 0xBBCC_6655)
        #expect(vfs[0].function.readBAR(0, at: 0x803, width: 1) == 0x44)
        vfs[0].function.writeBAR(0, at: 0x1701, width: 1, 0x81)
        #expect(vfs[0][raw: IVAR.self] == 0x8100)
        #expect(vfs[0].function.readBAR(0, at: 0x3FF8, width: 8) == 0)
    }

    @Test("every row of the table is found, at the distance from the next VF that keeps VFs apart")
    func map() throws {
        for spec in RegisterTable.virtual {
            for offset in spec.offsets {
                let entry = try #require(VirtualRegisterMap.shared[Int(offset) / 4], "\(spec.name)")
                #expect(entry.name == spec.name)
                for index in 0..<8 {
                    #expect(RegisterMap.shared[entry.offset(of: index) / 4] != nil, "\(spec.name) of VF \(index)")
                }
            }
        }
        for word in [-1, Int.min, VirtualRegisterMap.wordCount, Int.max] {
            #expect(VirtualRegisterMap.shared[word] == nil)
        }
    }

    @Test("has an MSI-X table of three vectors")
    func msix() {
        let function = vfs[6].function
        #expect(function.interruptCounts.msix == 3 && function.readBAR(3, at: 0x2C, width: 4) == 1)
        function.writeBAR(3, at: 0x20, width: 8, 0xFEE0_1000)
        #expect(function.readBAR(3, at: 0x20, width: 8) == 0xFEE0_1000)
        function.writeBAR(3, at: 0x30, width: 4, .max)
        #expect(function.readBAR(3, at: 0x30, width: 4) == 0)
        #expect(function.readBAR(1, at: 0, width: 4) == 0)
    }
}

@Suite("The PF's mirrors of VF registers") struct VirtualMirrorTests {
    let driver = TestDriver(virtualFunctions: 8)

    @Test("do what the VF's own registers do")
    func mirrors() {
        driver.enableVirtualFunctions(2)
        let vf = driver.makeVirtualFunction(1)
        driver[raw: PVTEIMS.self, 1] = 5
        driver[raw: PVTEIAC.self, 1] = 6
        driver[raw: PVTEIAM.self, 1] = 3
        driver[raw: PVTEICS.self, 1] = 7
        #expect(
            vf[raw: PVTEIMS.self] == 5 && vf[raw: PVTEIAC.self] == 6 && vf[raw: PVTEIAM.self] == 3
                && vf[raw: PVTEICR.self] == 7)
        driver[raw: PVTEIMC.self, 1] = 1
        vf[raw: PVTEICS.self] = 2
        #expect(
            vf[raw: PVTEIMS.self] == 4 && driver[raw: PVTEIMC.self, 1] == 4 && driver[raw: PVTEICR.self, 1] == 2
                && vf[raw: PVTEICR.self] == 0)
        #expect(driver[raw: PVTSTATUS.self, 1] == driver[raw: STATUS.self])
        vf[raw: RDBAL.self] = 0x80
        driver[raw: PVTCTRL.self, 1] = 1 << 26
        #expect(vf[raw: RDBAL.self] == 0 && driver[raw: VFLRE.self] == 2)
    }

    @Test("are zero for VFs that do not exist")
    func absent() {
        driver.enableVirtualFunctions(2)
        driver[raw: PVTEIMS.self, 2] = 7
        driver[raw: PVTEICS.self, 2] = 7
        driver[raw: PVTCTRL.self, 2] = 1 << 26
        #expect(
            driver[raw: PVTEIMS.self, 2] == 0 && driver[raw: PVTEICR.self, 2] == 0
                && driver[raw: PVTSTATUS.self, 2] == 0)
        #expect(driver[raw: VFLRE.self] == 0 && driver[raw: VFRE.self] == 0xFC)
    }
}
