// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaTestSupport
import PCIe
import Testing

@Suite("The physical function")
struct PhysicalFunctionTests {
    let driver = TestDriver()
    var function: any Function { driver.function }

    @Test("has registers, flash, I/O and MSI-X in BARs 0 to 3, and ten vectors")
    func shape() {
        #expect(function.barSizes[0] == 0x20000 && function.barSizes[2] == 32 && function.barSizes[3] == 0x4000)
        #expect(function.barSizes[4] == 0 && function.barSizes[5] == 0)
        #expect(function.interruptCounts == InterruptCounts(intx: 1, msi: 1, msix: 10))
    }

    @Test(
        "has as many MSI-X vectors as word 16 of the EEPROM says at power-on",
        arguments: [(0x4A40, 10), (0x0240, 1), (0x0000, 1), (0x07FF, 1), (0x0800, 2), (0xC7FF, 25), (0xFFFF, 25)])
    func vectors(word: UInt16, count: Int) {
        var nvm = NVMImage(macAddress: TestDriver.macAddress)
        nvm[0x16] = word
        let driver = TestDriver(nvm: nvm)
        #expect(driver.function.interruptCounts.msix == count)
        #expect(driver.function.readConfiguration(at: 0x72, width: 2) == UInt32(count - 1))
        // Each entry is masked after reset, and nothing is behind the last.
        #expect(driver.function.readBAR(3, at: 16 * count - 4, width: 4) == 1)
        #expect(driver.function.readBAR(3, at: 16 * count + 12, width: 4) == 0)
    }

    @Test(
        "takes what a driver writes to word 16 when its client leaves, not by a reset, and when the EEPROM is kept",
        arguments: [false, true])
    func powerCycle(isKept: Bool) {
        let driver = TestDriver(keepsNVM: isKept)
        driver[raw: EEWR.self] = 0x16 << 2 | 0x0240_0000 | 1
        #expect(driver.port.nvmImage[0x16] == 0x0240)
        driver[raw: CTRL.self] |= 1 << 26
        driver.function.reset()
        #expect(driver.function.interruptCounts.msix == 10)
        #expect(driver.function.readConfiguration(at: 0x72, width: 2) == 9)
        driver.function.detach()
        #expect(driver.function.interruptCounts.msix == (isKept ? 1 : 10))
        #expect(driver.function.readConfiguration(at: 0x72, width: 2) == (isKept ? 0 : 9))
    }

    @Test("answers an access of any width at either end of any BAR", arguments: [1, 2, 4, 8])
    func ends(width: Int) {
        for (bar, size) in function.barSizes.enumerated() where size > 0 {
            for offset in [0, size - width] {
                let value = function.readBAR(bar, at: offset, width: width)
                #expect(width == 8 || value >> UInt64(8 * width) == 0)
                function.writeBAR(bar, at: offset, width: width, 0)
            }
        }
    }

    @Test("has a flash that is erased", arguments: [(1, 0xFF), (2, 0xFFFF), (4, 0xFFFF_FFFF), (8, UInt64.max)])
    func flash(width: Int, value: UInt64) {
        function.writeBAR(1, at: 0x100, width: width, 0)
        #expect(function.readBAR(1, at: 0x100, width: width) == value)
    }

    @Test("has nothing in the BARs it has not", arguments: [4, 5, -1, 6])
    func noBAR(bar: Int) {
        function.writeBAR(bar, at: 0, width: 4, 1)
        #expect(function.readBAR(bar, at: 0, width: 4) == 0)
    }

    // MARK: The I/O BAR

    func io(_ address: UInt64) -> UInt64 {
        function.writeBAR(2, at: 0, width: 4, address)
        return function.readBAR(2, at: 4, width: 4)
    }

    @Test("reaches its registers through the window of the I/O BAR")
    func window() {
        #expect(io(0x38) == 0x8100_8100 && function.readBAR(2, at: 0, width: 4) == 0x38)
        function.writeBAR(2, at: 4, width: 4, 0x1234_5678)
        #expect(driver[.VET] == 0x1234_5678)
        #expect(io(0x8) == UInt64(driver[.STATUS]))
        _ = io(0x1508)
        function.writeBAR(2, at: 4, width: 4, 0x5)
        #expect(driver[.IMS] == 0x5)
    }

    @Test("has nothing behind the window past the registers", arguments: [0x20000, 0x7FFFF, 0x80000, 0xFFFF_FFFF])
    func pastTheWindow(address: UInt64) {
        #expect(io(address) == 0)
        function.writeBAR(2, at: 4, width: 4, 1 << 26)
        driver[.VET] = 7
        #expect(io(0x38) == 7)
    }

    @Test("ignores accesses to the window that are not 32 bits wide, and to what is beside it")
    func narrowWindow() {
        _ = io(0x38)
        for width in [1, 2, 8] { function.writeBAR(2, at: 0, width: width, 0x100) }
        function.writeBAR(2, at: 8, width: 4, 0x100)
        #expect(function.readBAR(2, at: 0, width: 4) == 0x38 && function.readBAR(2, at: 8, width: 4) == 0)
        function.writeBAR(2, at: 4, width: 2, 0)
        #expect(driver[.VET] == 0x8100_8100)
    }

    @Test("loses the window's address in a reset of the function", arguments: [false, true])
    func windowReset(isFunctionLevel: Bool) {
        _ = io(0x38)
        if isFunctionLevel { function.writeConfiguration(at: 0xA8, width: 2, 0x8000) } else { function.reset() }
        #expect(function.readBAR(2, at: 0, width: 4) == 0)
    }

    // MARK: Power

    func setPower(_ state: UInt32) { function.writeConfiguration(at: 0x44, width: 2, state) }

    @Test("decodes nothing in D3hot but configuration space")
    func d3() {
        driver.start()
        setPower(3)
        #expect(driver[.CTRL] == .max && function.readBAR(3, at: 0, width: 8) == .max)
        #expect(function.readBAR(2, at: 4, width: 2) == 0xFFFF)
        #expect(function.readConfiguration(at: 0, width: 4) == 0x10C9_8086)
        function.writeBAR(3, at: 0xC, width: 4, 0)
        setPower(0)
        #expect(function.readBAR(3, at: 0xC, width: 4) == 1)
    }

    @Test("transmits nothing in D3hot, and is reset when it comes back")
    func d3Transmit() {
        driver.start()
        driver.uplink.isCongested = true
        var ring = driver.makeTransmitRing()
        driver.post(pieces: [QueueVectorTests.frame], to: &ring)
        driver.ring(ring)
        setPower(3)
        driver.uplink.isCongested = false
        driver.advance(milliseconds: 1)
        #expect(driver.uplink.sent.isEmpty)
        setPower(0)
        driver.setCommand()
        driver.advance(milliseconds: 1)
        #expect(driver.uplink.sent.isEmpty && driver[.TDBAL] == 0 && driver[.STATUS] & 2 == 0)
    }

    @Test("sends no message in D3hot")
    func d3Interrupt() {
        driver.start()
        driver.enableMSIX()
        driver[.IMS] = 1 << 2
        _ = driver.host.takeMSIX()
        setPower(3)
        driver.uplink.isLinkUp = false
        driver.port.uplinkLinkChanged()
        #expect(driver.host.takeMSIX().isEmpty)
    }
}
