// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

/// A port with `count` VFs enabled, VF `index` plugged in with MSI-X on as igbvf does it, the PF with its own as igb.
struct VirtualBench {
    let driver = TestDriver(virtualFunctions: 8)
    let vf: TestVirtualFunction
    var index: Int { vf.index }

    init(_ index: Int = 2, of count: Int = 7) {
        driver.enableVirtualFunctions(count)
        vf = driver.makeVirtualFunction(index)
        driver.start()
        driver.enableMSIX()
        driver[raw: IMS.self] = 1 << 8
        driver[raw: CTRL_EXT.self] = 1 << 14
        _ = vf[raw: VFMAILBOX.self]
        vf.start()
        vf.enableMSIX()
        driver[raw: VFLRE.self] = 0xFF
        _ = driver[raw: ICR.self]
        driver[raw: EIMS.self] = 1
        driver.advance()
        driver.host.msix = []
        vf.host.msix = []
    }

    /// Queue causes, as the data path raises them.
    func receive(_ queue: Int) {
        driver.port.interrupts.raiseReceive(queue)
        driver.advance()
    }

    func transmit(_ queue: Int) {
        driver.port.interrupts.raiseTransmit(queue)
        driver.advance()
    }
}

@Suite("Interrupts of a VF") struct VirtualInterruptsTests {
    @Test("each vector belongs to the VF and the number that drivers count on")
    func ownership() {
        for index in 0..<8 {
            for vector in 0..<3 {
                let bit = VirtualInterrupts.shift(index) + vector
                #expect(VirtualInterrupts.mask(index) >> UInt32(bit) & 1 == 1)
                #expect(VirtualInterrupts.owner(of: bit) == (index, vector))
            }
        }
        #expect(VirtualInterrupts.mask(0) == 0x01C0_0000 && VirtualInterrupts.mask(7) == 0xE)
    }

    @Test("its queues raise the vectors of VTIVAR at its own host", arguments: [0, 2, 6])
    func queues(index: Int) {
        let bench = VirtualBench(index)
        bench.vf[raw: IVAR.self] = 0x8280_8081
        for (raise, vector) in [
            (bench.receive, 1), (bench.transmit, 0),
        ] as [((Int) -> Void, Int)] {
            raise(index)
            #expect(bench.vf.host.msix == [vector])
            bench.vf[raw: PVTEIMS.self] = 7
            bench.vf.host.msix = []
        }
        bench.receive(index + 8)
        #expect(bench.vf.host.msix == [0])
        bench.vf[raw: PVTEIMS.self] = 7
        bench.transmit(index + 8)
        #expect(bench.vf.host.msix == [0, 2])
        #expect(bench.driver.host.msix.isEmpty)
    }

    @Test("VTIVAR is replaced by a write, translated for the PF, and reads back as written")
    func vectors() {
        let bench = VirtualBench(2)
        #expect(bench.vf[raw: IVAR.self] == 0x8081 && bench.driver[raw: IVAR.self, 2] == 0x1010_9091)
        bench.vf[raw: IVAR.self] = 0x8200_0080
        #expect(bench.vf[raw: IVAR.self] == 0x8200_0080 && bench.driver[raw: IVAR.self, 2] == 0x9210_1090)
    }

    @Test("there is no vector 3")
    func vectorThree() {
        let bench = VirtualBench(2)
        bench.vf[raw: IVAR.self] = 0x8383_8383
        bench.vf[raw: IVAR_MISC.self] = 0x83
        #expect(bench.vf[raw: IVAR.self] == 0)
        bench.receive(2)
        bench.transmit(10)
        bench.driver[raw: PFMAILBOX.self, 2] = 1
        #expect(bench.vf.host.msix.isEmpty && bench.vf[raw: PVTEICR.self] == 0)
    }

    @Test("a vector of someone else that the PF gives a VF's queue is not raised by it", arguments: [0x80, 0x96])
    func foreignVector(entry: UInt32) {
        let bench = VirtualBench(2)
        let other = bench.driver.makeVirtualFunction(0)
        other.start()
        other.enableMSIX()
        bench.driver[raw: IVAR.self, 2] = entry
        bench.driver.host.msix = []
        bench.receive(2)
        #expect(bench.driver.host.msix.isEmpty && other.host.msix.isEmpty && bench.vf.host.msix.isEmpty)
        #expect(bench.vf[raw: IVAR.self] == 0)
    }

    @Test("a queue of the PF cannot raise a VF's vector")
    func physicalQueue() {
        let bench = VirtualBench(2)
        bench.driver[raw: IVAR.self, 7] = 0x80 | 16
        bench.receive(7)
        #expect(bench.vf.host.msix.isEmpty && bench.vf[raw: PVTEICR.self] == 0)
        bench.driver[raw: IVAR.self, 7] = 0x80 | 1
        bench.receive(7)
        #expect(bench.driver.host.msix == [1])
    }

    @Test("VTEICS, VTEIMS, VTEIMC and VTEICR work on its three bits")
    func registers() {
        let bench = VirtualBench(2)
        bench.vf[raw: PVTEIAC.self] = 0
        bench.vf[raw: PVTEIAM.self] = 0
        bench.vf[raw: PVTEIMC.self] = 0xFFFF_FFFA
        #expect(bench.vf[raw: PVTEIMS.self] == 5)
        bench.vf[raw: PVTEICS.self] = .max
        #expect(bench.vf.host.msix == [0, 2])
        bench.vf[raw: PVTEICR.self] = 1
        #expect(bench.vf[raw: PVTEICR.self] == 6 && bench.vf[raw: PVTEICR.self] == 0)
        bench.vf[raw: PVTEICS.self] = 2
        bench.vf[raw: PVTEIMS.self] = 2
        #expect(bench.vf.host.msix == [0, 2, 1])
    }

    @Test("a message clears its cause by VTEIAC and its mask by VTEIAM")
    func automatic() {
        let bench = VirtualBench(2)
        bench.vf[raw: PVTEIAC.self] = 1
        bench.vf[raw: PVTEIAM.self] = 2
        bench.vf[raw: PVTEICS.self] = 3
        #expect(bench.vf.host.msix == [0, 1])
        #expect(bench.vf[raw: PVTEIMS.self] == 5 && bench.vf[raw: PVTEICR.self] == 2)
    }

    @Test("a cause that comes while masked fires when it is unmasked")
    func unmasked() {
        let bench = VirtualBench(2)
        bench.vf[raw: PVTEIMC.self] = 7
        bench.receive(2)
        #expect(bench.vf.host.msix.isEmpty && bench.vf.host.msix.isEmpty)
        bench.vf[raw: PVTEIMS.self] = 7
        #expect(bench.vf.host.msix == [1])
    }

    @Test("nothing leaves without MSI-X or bus mastering; it does once they are there", arguments: [4, 0x72])
    func held(register: Int) {
        let bench = VirtualBench(2)
        bench.vf.function.writeConfiguration(at: register, width: 2, 0)
        bench.receive(2)
        #expect(bench.vf.host.msix.isEmpty && bench.driver.port.nextDeadline == nil)
        bench.vf.function.writeConfiguration(at: register, width: 2, register == 4 ? 6 : 0x8000)
        #expect(bench.vf.host.msix == [1])
    }

    @Test("VTEITR spaces the messages of its vector only")
    func moderation() {
        let bench = VirtualBench(2)
        bench.vf[raw: EITR.self, 1] = 100 << 2
        bench.receive(2)
        bench.vf[raw: PVTEIMS.self] = 7
        bench.receive(2)
        bench.transmit(2)
        #expect(bench.vf.host.msix == [1, 0])
        #expect(bench.driver.port.nextDeadline == bench.driver.clock.now + 100_000)
        bench.driver.advance(milliseconds: 0.1)
        #expect(bench.vf.host.msix == [1, 0, 1])
        #expect(bench.driver.port.nextDeadline == nil)
    }

    @Test("they go out whatever mode the PF is in", arguments: [UInt32(0), 1])
    func physicalMode(control: UInt32) {
        let bench = VirtualBench(2)
        bench.driver[raw: GPIE.self] = 0
        bench.driver.function.writeConfiguration(at: 0x72, width: 2, control << 15)
        bench.driver.host.msix = []
        bench.receive(2)
        #expect(bench.vf.host.msix == [1])
        #expect(bench.driver.host.msix.isEmpty && !bench.driver.host.isINTxAsserted)
        #expect(bench.driver[raw: ICR.self] & 0x80 == 0)
    }
}

@Suite("The PF and the interrupts of VFs") struct InterruptOwnershipTests {
    private static let registers = [0x1520, 0x1524, 0x1528, 0x152C, 0x1530, 0x1580]

    @Test("the PF neither sees nor changes the bits of VFs", arguments: [1, 3, 7, 8])
    func bits(count: Int) {
        let bench = VirtualBench(0, of: count)
        let owned = (0..<count).reduce(UInt32(0)) { $0 | VirtualInterrupts.mask($1) }
        bench.vf[raw: PVTEIAC.self] = 0
        bench.vf[raw: PVTEIAM.self] = 5
        bench.vf[raw: PVTEIMC.self] = 2
        bench.vf[raw: PVTEICS.self] = 2
        for register in Self.registers { bench.driver[register] = .max }
        #expect(
            bench.vf[raw: PVTEIMS.self] == 5 && bench.vf[raw: PVTEIAM.self] == 5 && bench.vf[raw: PVTEIAC.self] == 0)
        for register in Self.registers { #expect(bench.driver[register] & owned == 0) }
        #expect(bench.vf[raw: PVTEICR.self] == 2 && bench.vf.host.msix.isEmpty)
    }

    @Test("it keeps its own bits")
    func own() {
        let bench = VirtualBench(0, of: 7)
        bench.driver[raw: EIMC.self] = .max
        bench.driver[raw: EIMS.self] = .max
        #expect(bench.driver[raw: EIMS.self] == 0xF)
        bench.driver[raw: EIAC.self] = 0
        bench.driver[raw: EICS.self] = .max
        #expect(bench.driver[raw: EICR.self] == 0xF)
        #expect(bench.driver.host.msix == [0, 1, 2, 3])
    }

    @Test("bits change hands with VF Enable")
    func changing() {
        let driver = TestDriver(virtualFunctions: 8)
        driver.start()
        driver.enableMSIX()
        driver[raw: EIMC.self] = .max
        driver[raw: EICS.self] = .max
        driver[raw: EIMS.self] = 1 << 24
        driver.enableVirtualFunctions(1)
        #expect(
            driver[raw: EIMS.self] == 0 && driver[raw: EICR.self] == 0x003F_FFFF
                && driver[raw: EIAC.self] == 0x003F_FFFF)
        let vf = driver.makeVirtualFunction(0)
        #expect(vf[raw: PVTEIMS.self] == 0 && vf[raw: PVTEICR.self] == 0 && vf[raw: PVTEIAC.self] == 0)
        driver.enableVirtualFunctions(0)
        driver[raw: EIMS.self] = .max
        #expect(driver[raw: EIMS.self] == 0x01FF_FFFF)
    }

    @Test("switching to one vector a bit leaves it nothing in bits of VFs")
    func modeSwitch() {
        let bench = VirtualBench(7, of: 8)
        bench.driver[raw: GPIE.self] = 0
        bench.driver[raw: EICS.self] = 0xE
        bench.driver[raw: EIMS.self] = 0xE
        bench.driver[raw: GPIE.self] = 1 << 4
        #expect(bench.driver[raw: EIMS.self] == 1 && bench.driver[raw: EICR.self] == 0)
        #expect(bench.vf[raw: PVTEICR.self] == 0)
    }
}
