// SPDX-License-Identifier: Apache-2.0

import Intel82576
import PCIe
import Testing

@Suite("Configuration space of the physical function") struct PhysicalFunctionConfigurationTests {
    typealias Configuration = PhysicalFunctionConfiguration

    private func makeConfiguration() throws -> Configuration {
        Configuration(macAddress: try #require(MACAddress("00:1b:21:12:17:4c")))
    }

    @Test("the capabilities are chained as on the card")
    func chain() throws {
        let configuration = try makeConfiguration()
        var standard: [UInt32] = []
        var next = configuration.read(at: 0x34, width: 1)
        while next != 0, standard.count < 48 {
            standard.append(next)
            next = configuration.read(at: Int(next) + 1, width: 1)
        }
        #expect(standard == [0x40, 0x50, 0x70, 0xA0])
        let extended = [0x100, 0x140, 0x150].map { configuration.read(at: $0, width: 4) }
        #expect(extended == [0x1401_0001, 0x1501_0003, 0x0001_000E])
    }

    @Test("the serial number is made of the MAC address")
    func serialNumber() throws {
        let configuration = try makeConfiguration()
        #expect(configuration.read(at: 0x144, width: 4) == 0xFF12_174C)
        #expect(configuration.read(at: 0x148, width: 4) == 0x001B_21FF)
    }

    @Test("writing all ones to the BARs tells their sizes, and they agree with what a transport is told")
    func sizing() throws {
        var configuration = try makeConfiguration()
        for bar in 0..<6 { _ = configuration.write(at: 0x10 + 4 * bar, width: 4, .max) }
        let read = (0..<6).map { configuration.read(at: 0x10 + 4 * $0, width: 4) }
        #expect(read == [0xFFFE_0000, 0xFFFE_0000, 0xFFFF_FFE1, 0xFFFF_C000, 0, 0])
        let sizes = read.map { $0 == 0 ? 0 : Int(~($0 & ($0 & 1 == 1 ? ~3 : ~15)) &+ 1) }
        #expect(sizes == Configuration.barSizes)
        #expect(Configuration.barSizes == [0x2_0000, 0x2_0000, 32, 0x4000, 0, 0])
    }

    @Test("without an expansion ROM there is no base address for one")
    func noROM() throws {
        var configuration = try makeConfiguration()
        _ = configuration.write(at: 0x30, width: 4, .max)
        #expect(configuration.read(at: 0x30, width: 4) == 0)
    }

    @Test(
        "the MSI-X table has the vectors that the capability announces, and never more than the chip",
        arguments: [(10, 10), (1, 1), (25, 25), (26, 25), (32, 25), (0, 1), (-1, 1)])
    func msixTable(asked: Int, count: Int) throws {
        let configuration = Configuration(
            macAddress: try #require(MACAddress("00:1b:21:12:17:4c")), msixVectorCount: asked)
        #expect(configuration.read(at: 0x72, width: 2) == UInt32(count - 1))
        #expect(configuration.msixTable.vectorCount == count && configuration.interruptCounts.msix == count)
    }

    @Test(
        "each command bit switches what it names",
        arguments: [
            (0x0001, [false, false]), (0x0002, [false, false]), (0x0004, [true, false]), (0x0400, [false, true]),
        ] as [(UInt32, [Bool])])
    func command(value: UInt32, expected: [Bool]) throws {
        var configuration = try makeConfiguration()
        let effect = configuration.write(at: 4, width: 2, value)
        let flags = [configuration.isBusMaster, configuration.isINTxDisabled]
        #expect(flags == expected)
        #expect(effect == (value == 4 ? .busMasterChanged : value == 0x400 ? .interruptModeChanged : []))
    }

    @Test("writing the same command again has no effect")
    func unchanged() throws {
        var configuration = try makeConfiguration()
        _ = configuration.write(at: 4, width: 2, 0x0407)
        #expect(configuration.write(at: 4, width: 2, 0x0407) == [])
        #expect(configuration.write(at: 0x3C, width: 1, 0x0B) == [])
    }

    @Test(
        "interrupt capabilities report a changed mode",
        arguments: [
            (0x72, 2, 0x8000), (0x72, 2, 0x4000), (0x73, 1, 0x80), (0x52, 2, 0x0001),
        ] as [(Int, Int, UInt32)])
    func interruptMode(offset: Int, width: Int, value: UInt32) throws {
        var configuration = try makeConfiguration()
        #expect(configuration.write(at: offset, width: width, value) == .interruptModeChanged)
        #expect(configuration.write(at: offset, width: width, value) == [])
        let flags = [
            configuration.isMSIXEnabled, configuration.isMSIXFunctionMasked, configuration.isMSIEnabled,
        ]
        #expect(flags.count(where: \.self) == 1)
    }

    @Test("the interrupt bit of Status follows the function, not the guest")
    func intxStatus() throws {
        var configuration = try makeConfiguration()
        configuration.isINTxPending = true
        _ = configuration.write(at: 4, width: 4, 0xFFFF_0000)
        #expect(configuration.read(at: 6, width: 2) == 0x0018)
        configuration.isINTxPending = false
        #expect(configuration.read(at: 6, width: 2) == 0x0010)
    }

    @Test("writes outside the space have no effect", arguments: [4096, Int.max, -1, Int.min])
    func outside(offset: Int) throws {
        var configuration = try makeConfiguration()
        #expect(configuration.write(at: offset, width: 4, .max) == [])
        #expect(configuration.read(at: offset, width: 4) == 0)
    }
}

@Suite("Resets of the physical function's configuration space") struct PhysicalFunctionResetTests {
    typealias Configuration = PhysicalFunctionConfiguration

    /// As a driver leaves it: BARs placed, bus master, MSI-X on, 256-byte payloads, PME enabled.
    private func makeRunning() throws -> Configuration {
        var configuration = Configuration(macAddress: try #require(MACAddress("00:1b:21:12:17:4c")))
        let writes: [(Int, Int, UInt32)] = [
            (0x10, 4, 0xE080_0000), (0x04, 2, 0x0407), (0x72, 2, 0x8000), (0xA8, 2, 0x2830), (0x44, 2, 0x0100),
        ]
        for (offset, width, value) in writes { _ = configuration.write(at: offset, width: width, value) }
        return configuration
    }

    @Test("a function level reset clears what the driver set up and reports all that changed")
    func functionLevelReset() throws {
        var configuration = try makeRunning()
        let effect = configuration.write(at: 0xA8, width: 2, 0xA830)
        #expect(effect == [.functionLevelReset, .busMasterChanged, .interruptModeChanged])
        #expect(!configuration.isBusMaster && !configuration.isMSIXEnabled)
        #expect(configuration.read(at: 0x10, width: 4) == 0)
    }

    @Test("a function level reset keeps the payload size and the PME context")
    func kept() throws {
        var configuration = try makeRunning()
        configuration.space.store(UInt16(0xA100), at: 0x44)
        _ = configuration.write(at: 0xA9, width: 1, 0x80)
        #expect(configuration.read(at: 0xA8, width: 2) == 0x2830)
        #expect(configuration.read(at: 0x44, width: 2) == 0xA100)
    }

    @Test("in D3hot there is no DMA")
    func sleep() throws {
        var configuration = try makeRunning()
        let effect = configuration.write(at: 0x44, width: 2, 0x0103)
        #expect(effect == [.powerStateChanged, .busMasterChanged])
        #expect(!configuration.isBusMaster)
        #expect(configuration.read(at: 4, width: 2) == 0x0407)
    }

    @Test("back in D0 the space is as after a reset, but for the PME context")
    func wake() throws {
        var configuration = try makeRunning()
        _ = configuration.write(at: 0x44, width: 2, 0x0103)
        let effect = configuration.write(at: 0x44, width: 2, 0x0100)
        #expect(effect == [.powerStateChanged, .interruptModeChanged])
        #expect(configuration.powerState == .d0 && configuration.read(at: 0x44, width: 2) & 0x100 != 0)
        #expect(configuration.read(at: 4, width: 2) == 0)
        #expect(configuration.read(at: 0xA8, width: 2) == 0x2810)
    }

    @Test("D1 and D2 are not entered", arguments: [1, 2] as [UInt32])
    func noIntermediateStates(state: UInt32) throws {
        var configuration = try makeRunning()
        #expect(configuration.write(at: 0x44, width: 1, state) == [])
        #expect(configuration.powerState == .d0 && configuration.isBusMaster)
    }

    @Test("a function level reset in D3hot leads to D0")
    func resetAsleep() throws {
        var configuration = try makeRunning()
        _ = configuration.write(at: 0x44, width: 2, 0x0003)
        let effect = configuration.write(at: 0xA8, width: 2, 0x8000)
        #expect(effect == [.functionLevelReset, .powerStateChanged, .interruptModeChanged])
        #expect(configuration.powerState == .d0)
    }

    @Test("a power-on reset leaves nothing")
    func powerOn() throws {
        var configuration = try makeRunning()
        configuration.space.store(UInt16(0xA100), at: 0x44)
        configuration.reset(.powerOn)
        let fresh = Configuration(macAddress: try #require(MACAddress("00:1b:21:12:17:4c")))
        for offset in stride(from: 0, to: 4096, by: 4) {
            #expect(configuration.read(at: offset, width: 4) == fresh.read(at: offset, width: 4))
        }
    }
}
