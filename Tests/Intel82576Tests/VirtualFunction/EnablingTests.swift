// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("Virtual functions come and go") struct EnablingTests {
    let driver = TestDriver(virtualFunctions: 8)

    @Test("with VF Enable, as many as NumVFs says, and STATUS tells")
    func enabling() {
        let status = driver[raw: STATUS.self] & 0x7_C000
        #expect(status == 0 && driver.port.functions.enabledCount == 0)
        driver.enableVirtualFunctions(5)
        #expect(driver.port.functions.enabledCount == 5)
        #expect(driver[raw: STATUS.self] & 0x7_C000 == 1 << 18 | 5 << 14)
        driver.enableVirtualFunctions(0)
        #expect(driver.port.functions.enabledCount == 0)
        #expect(driver[raw: STATUS.self] & 0x7_C000 == 0)
    }

    @Test("not when NumVFs exceeds what can be plugged in")
    func tooMany() {
        let driver = TestDriver(virtualFunctions: 2)
        driver.enableVirtualFunctions(3)
        #expect(driver.port.functions.enabledCount == 0)
        driver.enableVirtualFunctions(2)
        #expect(driver.port.functions.enabledCount == 2)
    }

    @Test("the functions are the same objects each time they are asked for")
    func identity() {
        #expect(driver.port.virtualFunctions.count == 8)
        for (first, second) in zip(driver.port.virtualFunctions, driver.port.virtualFunctions) {
            #expect(first === second)
        }
        #expect(TestDriver().port.virtualFunctions.isEmpty)
    }

    @Test("one that does not exist reads as zero, ignores writes, and has a working configuration space")
    func absent() {
        let vf = driver.makeVirtualFunction(3)
        driver.enableVirtualFunctions(3)
        vf.start()
        #expect(vf.function.readConfiguration(at: 0, width: 4) == 0x10CA_8086)
        #expect(vf.function.readConfiguration(at: 4, width: 2) == 0x0006)
        vf[raw: RDBAL.self] = 0x1000
        vf[raw: VMBMEM.self] = 1
        vf[raw: VFMAILBOX.self] = 1
        vf[0] = 1 << 26
        vf.function.writeBAR(3, at: 0, width: 4, 0xFEE0_0000)
        #expect(
            vf[raw: PVTSTATUS.self] == 0 && vf[raw: VFMAILBOX.self] == 0
                && vf.function.readBAR(3, at: 12, width: 4) == 0)
        #expect(
            driver[raw: RDBAL.self, 3] == 0 && driver[raw: VMBMEM.self, 48] == 0 && driver[raw: MBVFICR.self] == 0
                && driver[raw: VFLRE.self] == 0)
    }

    @Test(
        "they take their queues from the PF in reset state and give them back so",
        arguments: [0, 2, 8, 10])
    func handOver(queue: Int) {
        _ = driver.makeReceiveRing(queue)
        _ = driver.makeTransmitRing(queue)
        driver.enableVirtualFunctions(3)
        for block in [0xC000, 0xE000] {
            #expect(driver[block + 0x40 * queue] == 0 && driver[block + 0x40 * queue + 8] == 0)
            #expect(driver[block + 0x40 * queue + 0x28] & 1 << 25 == 0)
        }
        let vf = driver.makeVirtualFunction(queue & 7)
        vf[queue < 8 ? 0x2800 : 0x2900] = 0x4000
        vf[queue < 8 ? 0x3828 : 0x3928] = 1 << 25
        driver.enableVirtualFunctions(0)
        #expect(driver[raw: RDBAL.self, queue] == 0 && driver[raw: TXDCTL.self, queue] == 0)
    }

    @Test("queues of the PF are left alone")
    func others() {
        let ring = driver.makeReceiveRing(7)
        driver.enableVirtualFunctions(7)
        #expect(driver[raw: RDBAL.self, 7] == UInt32(ring.base) && driver[raw: RXDCTL.self, 7] & 1 << 25 != 0)
    }

    @Test("a pool is enabled for the PF, not for a VF whose driver has not asked yet")
    func pools() {
        driver.enableVirtualFunctions(2)
        #expect(driver[raw: VFRE.self] == 0xFC && driver[raw: VFTE.self] == 0xFC)
        driver.enableVirtualFunctions(0)
        #expect(driver[raw: VFRE.self] == 0xFF && driver[raw: VFTE.self] == 0xFF)
    }

    @Test("an FLR of the PF, and a PF whose client leaves, take them away")
    func physicalReset() {
        driver.enableVirtualFunctions(2)
        driver.function.writeConfiguration(at: 0xA8, width: 2, 0x8000)
        #expect(driver.port.functions.enabledCount == 0)
        driver.enableVirtualFunctions(2)
        #expect(driver.port.functions.enabledCount == 2)
        driver.function.detach()
        #expect(driver.port.functions.enabledCount == 0)
    }

    @Test("CTRL.RST leaves them, with their queues off")
    func softwareReset() {
        driver.enableVirtualFunctions(2)
        let vf = driver.makeVirtualFunction(0)
        vf[raw: RXDCTL.self] = 1 << 25
        vf[raw: TXDCTL.self, 1] = 1 << 25
        driver[0] = 1 << 26
        #expect(driver.port.functions.enabledCount == 2)
        #expect(vf[raw: RXDCTL.self] == 0x0001_0000 && vf[raw: TXDCTL.self] == 0 && vf[raw: TXDCTL.self, 1] == 0)
        #expect(driver[raw: VFRE.self] == 0xFF && driver[raw: VFTE.self] == 0xFF)
    }
}

@Suite("Bus mastering of queues") struct QueueMasterTests {
    let driver = TestDriver(virtualFunctions: 8)

    private var masters: [Int] { (0..<16).filter { driver.port.functions.owners.isMaster(of: $0) } }

    @Test("queues are the PF's while there are no VFs")
    func physical() {
        #expect(masters.isEmpty)
        driver.start()
        #expect(masters == Array(0..<16))
        driver[0] |= 1 << 2
        #expect(masters.isEmpty)
    }

    @Test("a VF's queues follow its own bit, whatever the PF's is")
    func virtual() {
        driver.enableVirtualFunctions(2)
        let vf = driver.makeVirtualFunction(1)
        vf.start()
        #expect(masters == [1, 9])
        driver.start()
        #expect(masters == [1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15])
        vf.function.writeConfiguration(at: 4, width: 2, 0)
        #expect(!driver.port.functions.owners.isMaster(of: 1) && !driver.port.functions.owners.isMaster(of: 9))
    }

    @Test("a VF whose client left does no DMA")
    func gone() {
        driver.enableVirtualFunctions(1)
        let vf = driver.makeVirtualFunction(0)
        vf.start()
        #expect(masters == [0, 8])
        vf.function.detach()
        #expect(masters.isEmpty)
        #expect(driver.port.functions.owners.memory(of: 0).descriptor(at: 0) == nil)
    }

    @Test("VFs sleep with the PF")
    func asleep() {
        driver.enableVirtualFunctions(1)
        driver.makeVirtualFunction(0).start()
        driver.function.writeConfiguration(at: 0x44, width: 2, 3)
        #expect(masters.isEmpty)
    }

    @Test("each VF reaches its own memory, the PF the rest")
    func memories() {
        driver.enableVirtualFunctions(1)
        let vf = driver.makeVirtualFunction(0)
        vf.memory.store(0x1111, at: 0x100)
        driver.memory.store(0x2222, at: 0x100)
        for queue in [0, 8] {
            #expect(driver.port.functions.owners.memory(of: queue).descriptor(at: 0x100)?.low == 0x1111)
        }
        for queue in [1, 9, 7] {
            #expect(driver.port.functions.owners.memory(of: queue).descriptor(at: 0x100)?.low == 0x2222)
        }
    }
}
