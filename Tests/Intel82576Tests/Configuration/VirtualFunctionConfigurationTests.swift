// SPDX-License-Identifier: Apache-2.0

import Intel82576
import PCIe
import Testing

@Suite("Configuration space of a virtual function") struct VirtualFunctionConfigurationTests {
    @Test("the capabilities are chained as on the card, with the ids of a function of its own")
    func chain() {
        let configuration = VirtualFunctionConfiguration()
        #expect(configuration.read(at: 0, width: 4) == 0x10CA_8086)
        #expect(configuration.read(at: 0x34, width: 1) == 0x70)
        #expect(configuration.read(at: 0x70, width: 4) == 0x0002_A011)
        #expect(configuration.read(at: 0xA0, width: 2) == 0x0010)
        #expect(configuration.read(at: 0x100, width: 4) == 0x1501_0001)
        #expect(configuration.read(at: 0x150, width: 4) == 0x0001_000E)
        #expect(configuration.read(at: 0x3D, width: 1) == 0)
    }

    @Test("it has two windows of 16 KiB, 64-bit and not prefetchable, as a transport is told")
    func sizing() {
        var configuration = VirtualFunctionConfiguration()
        for bar in 0..<6 { _ = configuration.write(at: 0x10 + 4 * bar, width: 4, .max) }
        let read = (0..<6).map { configuration.read(at: 0x10 + 4 * $0, width: 4) }
        #expect(read == [0xFFFF_C004, .max, 0, 0xFFFF_C004, .max, 0])
        #expect(VirtualFunctionConfiguration.barSizes == [0x4000, 0, 0, 0x4000, 0, 0])
    }

    @Test("only memory decoding and bus mastering can be switched in the command register")
    func command() {
        var configuration = VirtualFunctionConfiguration()
        #expect(configuration.write(at: 4, width: 2, .max) == .busMasterChanged)
        #expect(configuration.read(at: 4, width: 2) == 0x0006)
        #expect(configuration.write(at: 0x72, width: 2, 0x8000) == .interruptModeChanged)
        #expect(configuration.isBusMaster && configuration.isMSIXEnabled)
    }

    @Test("a function level reset clears what the driver set up and reports it")
    func functionLevelReset() {
        var configuration = VirtualFunctionConfiguration()
        _ = configuration.write(at: 4, width: 2, 0x0006)
        _ = configuration.write(at: 0x72, width: 2, 0x8000)
        let effect = configuration.write(at: 0xA8, width: 2, 0x8000)
        #expect(effect == [.functionLevelReset, .busMasterChanged, .interruptModeChanged])
        #expect(!configuration.isBusMaster && !configuration.isMSIXEnabled)
        #expect(configuration.read(at: 0xA4, width: 4) & 1 << 28 != 0)
    }

    @Test("writes outside the space have no effect", arguments: [4096, Int.max, -1, Int.min])
    func outside(offset: Int) {
        var configuration = VirtualFunctionConfiguration()
        #expect(configuration.write(at: offset, width: 4, .max) == [])
        #expect(configuration.read(at: offset, width: 4) == 0)
    }
}

@Suite("SR-IOV in the configuration space of the physical function") struct VirtualizedConfigurationTests {
    typealias Configuration = PhysicalFunctionConfiguration

    private func makeConfiguration(_ count: Int) throws -> Configuration {
        Configuration(macAddress: try #require(MACAddress("00:1b:21:12:17:4c")), virtualFunctions: count)
    }

    @Test("without VFs the chain ends at ARI and nothing can be enabled")
    func absent() throws {
        var configuration = try makeConfiguration(0)
        #expect(configuration.read(at: 0x150, width: 4) == 0x0001_000E)
        #expect(configuration.write(at: 0x170, width: 2, 1) == [])
        #expect(configuration.write(at: 0x168, width: 2, 0x0009) == [])
        #expect(!configuration.isVirtualized && configuration.virtualFunctionCount == 0)
    }

    @Test("TotalVFs is what can be plugged in", arguments: [1, 3, 8, 9])
    func total(count: Int) throws {
        let configuration = try makeConfiguration(count)
        let total = UInt32(min(count, 8))
        #expect(configuration.read(at: 0x150, width: 4) == 0x1601_000E)
        #expect(configuration.read(at: 0x16C, width: 4) == total << 16 | total)
    }

    @Test("NumVFs, VF Enable and VF MSE report what they change, once")
    func effects() throws {
        var configuration = try makeConfiguration(8)
        #expect(configuration.write(at: 0x170, width: 2, 2) == .virtualFunctionsChanged)
        #expect(configuration.virtualFunctionCount == 2 && !configuration.isVirtualized)
        #expect(configuration.write(at: 0x168, width: 2, 1) == .virtualFunctionsChanged)
        #expect(configuration.isVirtualized && !configuration.isVirtualMemoryEnabled)
        #expect(configuration.write(at: 0x168, width: 2, 9) == .virtualFunctionsChanged)
        #expect(configuration.isVirtualMemoryEnabled)
        #expect(configuration.write(at: 0x168, width: 2, 9) == [])
        #expect(configuration.write(at: 0x184, width: 4, 0xE090_0000) == [])
    }

    @Test("a function level reset takes the VFs away")
    func functionLevelReset() throws {
        var configuration = try makeConfiguration(8)
        _ = configuration.write(at: 0x170, width: 2, 2)
        _ = configuration.write(at: 0x168, width: 2, 9)
        #expect(configuration.write(at: 0xA8, width: 2, 0x8000) == [.functionLevelReset, .virtualFunctionsChanged])
        #expect(!configuration.isVirtualized && configuration.virtualFunctionCount == 0)
    }
}
