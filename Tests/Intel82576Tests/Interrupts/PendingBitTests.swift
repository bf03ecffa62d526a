// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaTestSupport
import PCIe
import Testing

@Suite("Pending bits of MSI-X")
struct PendingBitTests {
    /// Bytes from the start of BAR 3 to the pending bits.
    private static let pendingBits = 0x2000

    let driver = TestDriver(virtualFunctions: 1)

    private func pendingBits(_ function: any Function) -> UInt64 {
        function.readBAR(3, at: Self.pendingBits, width: 8)
    }

    @Test("are set for the messages that the transport keeps, of each function its own")
    func shown() {
        driver.start()
        let vf = driver.makeVirtualFunction(0)
        driver.enableVirtualFunctions(1)
        #expect(pendingBits(driver.function) == 0 && pendingBits(vf.function) == 0)
        (driver.host.pendingMSIX, vf.host.pendingMSIX) = ([0, 9], [2])
        #expect(pendingBits(driver.function) == 0x201 && pendingBits(vf.function) == 4)
        #expect(driver.function.readBAR(3, at: Self.pendingBits + 1, width: 1) == 2)
    }

    @Test("ignore writes")
    func readOnly() {
        driver.start()
        driver.host.pendingMSIX = [1]
        driver.function.writeBAR(3, at: Self.pendingBits, width: 8, .max)
        #expect(pendingBits(driver.function) == 2)
    }

    @Test("are cleared by a reset of their function alone")
    func reset() {
        driver.start()
        let vf = driver.makeVirtualFunction(0)
        driver.enableVirtualFunctions(1)
        (driver.host.pendingMSIX, vf.host.pendingMSIX) = ([0, 9], [2])
        vf[raw: PVTCTRL.self] = 1 << 26
        #expect(driver.host.pendingMSIX == [0, 9] && vf.host.pendingMSIX.isEmpty)
        driver[raw: CTRL.self] = 1 << 26
        #expect(driver.host.pendingMSIX.isEmpty)
    }
}
