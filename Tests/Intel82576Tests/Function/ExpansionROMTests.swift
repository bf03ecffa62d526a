// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import PCIe
import Testing

@testable import Intel82576

@Suite("The expansion ROM")
struct ExpansionROMTests {
    private let rom = ExpansionROM(erased: 64 << 10)
    private let driver: TestDriver
    private var function: any Function { driver.function }

    init() { driver = TestDriver(virtualFunctions: 2, expansionROM: rom) }

    /// What its base address register reads after ones were written.
    private func ones(_ function: any Function) -> UInt32 {
        function.writeConfiguration(at: 0x30, width: 4, .max)
        return function.readConfiguration(at: 0x30, width: 4)
    }

    @Test("is the PF's, and has a base address of its size")
    func physical() {
        #expect(function.expansionROM == rom)
        #expect(ones(function) == 0xFFFF_0001)
    }

    @Test("is none of a VF's")
    func virtual() {
        for function in driver.port.virtualFunctions {
            #expect(function.expansionROM == nil)
            #expect(ones(function) == 0)
        }
    }

    @Test("stays through a function level reset and for the next client, at no address")
    func resets() {
        _ = ones(function)
        function.writeConfiguration(at: 0xA8, width: 2, 0x8000)
        #expect(function.readConfiguration(at: 0x30, width: 4) == 0)
        _ = ones(function)
        function.detach()
        function.attach(driver.host)
        #expect(function.readConfiguration(at: 0x30, width: 4) == 0)
        #expect(ones(function) == 0xFFFF_0001 && function.expansionROM == rom)
    }

    @Test("can be read whether it is enabled or not, and while the function sleeps: a client does it once, at any time")
    func sleeping() {
        function.writeConfiguration(at: 0x44, width: 2, 3)
        #expect(function.expansionROM == rom)
    }

    @Test("is not there while the function is pulled out")
    func gone() {
        let faulty = FaultyFunction(function)
        faulty.setGone(true)
        #expect(faulty.expansionROM == nil)
        faulty.setGone(false)
        #expect(faulty.expansionROM == rom)
    }
}
