// SPDX-License-Identifier: Apache-2.0

import Glibc
import PCIe
import Testing

@testable import VFIOUser

@Suite("DEVICE_GET_INFO")
struct DeviceInfoTests {
    @Test("a PCI device that can be reset, with 9 regions and 5 kinds of interrupt")
    func information() throws {
        let reply = try Connection().call(4, bytes(UInt32(16), UInt32(0), UInt32(0), UInt32(0)))
        #expect(reply.payload == bytes(UInt32(16), UInt32(3), UInt32(9), UInt32(5)))
    }

    @Test("a request of the wrong size is refused")
    func wrongSize() throws {
        let connection = try Connection()
        #expect(try connection.call(4, []).refusal == EINVAL)
        #expect(try connection.call(4, bytes(UInt32(15), UInt32(0), UInt32(0), UInt32(0))).refusal == EINVAL)
        #expect(try connection.call(4, [UInt8](repeating: 16, count: 17)).refusal == EINVAL)
    }
}

@Suite("DEVICE_GET_REGION_INFO")
struct RegionInfoTests {
    private func ask(_ connection: Connection, _ index: UInt32, argsz: UInt32 = 32) throws -> Wire {
        try connection.call(5, bytes(argsz, UInt32(0), index, UInt32(0), UInt64(0), UInt64(0)))
    }

    @Test(
        "BARs have the function's sizes, configuration space 4096 bytes, the others none",
        arguments: [(UInt32(0), 0x20000), (1, 0), (3, 0x4000), (5, 0), (6, 0), (7, 4096), (8, 0)])
    func sizes(index: UInt32, size: Int) throws {
        let reply = try ask(Connection(), index)
        let flags: UInt32 = size > 0 ? 3 : 0
        #expect(reply.payload == bytes(UInt32(32), flags, index, UInt32(0), UInt64(size), UInt64(0)))
    }

    @Test("an expansion ROM is a region that can only be read")
    func expansionROM() throws {
        let function = ScriptedFunction()
        function.expansionROM = ExpansionROM(erased: 256 << 10)
        let reply = try ask(Connection(function), 6)
        #expect(reply.payload == bytes(UInt32(32), UInt32(1), UInt32(6), UInt32(0), UInt64(256 << 10), UInt64(0)))
    }

    @Test("more room than needed is fine")
    func largerArgumentSize() throws {
        #expect(try ask(Connection(), 0, argsz: 4096).payload.u32(0) == 32)
    }

    @Test("an index past the last and a short request are refused")
    func refused() throws {
        let connection = try Connection()
        #expect(try ask(connection, 9).refusal == EINVAL)
        #expect(try ask(connection, UInt32.max).refusal == EINVAL)
        #expect(try ask(connection, 0, argsz: 31).refusal == EINVAL)
        #expect(try connection.call(5, bytes(UInt32(32))).refusal == EINVAL)
    }

    @Test("a function with fewer than six BARs is no problem")
    func fewBARs() throws {
        let function = ScriptedFunction()
        function.barSizes = [4096]
        #expect(try ask(Connection(function), 5).payload.u64(16) == 0)
    }
}

@Suite("DEVICE_GET_IRQ_INFO")
struct InterruptInfoTests {
    private func ask(_ connection: Connection, _ index: UInt32, argsz: UInt32 = 16) throws -> Wire {
        try connection.call(7, bytes(argsz, UInt32(0), index, UInt32(0)))
    }

    @Test(
        "INTx masks itself, MSI and MSI-X have the function's counts",
        arguments: [(UInt32(0), UInt32(7), UInt32(1)), (1, 1, 1), (2, 1, 10)])
    func counts(index: UInt32, flags: UInt32, count: UInt32) throws {
        #expect(try ask(Connection(), index).payload == bytes(UInt32(16), flags, index, count))
    }

    @Test("the error and request interrupts are not offered", arguments: [UInt32(3), 4, 5, UInt32.max])
    func notOffered(index: UInt32) throws {
        #expect(try ask(Connection(), index).refusal == EINVAL)
    }

    @Test("a short request is refused")
    func short() throws {
        let connection = try Connection()
        #expect(try ask(connection, 0, argsz: 8).refusal == EINVAL)
        #expect(try connection.call(7, bytes(UInt32(16))).refusal == EINVAL)
    }
}

@Suite("DEVICE_RESET")
struct DeviceResetTests {
    @Test("the function is reset, its mappings and eventfds stay, pending vectors are forgotten")
    func resets() throws {
        let connection = try Connection()
        _ = try connection.call(2, DMAMapTests.payload())
        let bound = EventDescriptor()
        _ = try connection.setInterrupts(0x24, index: 2, start: 0, count: 1, descriptors: [bound.number])
        connection.function.host?.sendMSIX(1)
        let reply = try connection.call(13)
        #expect(reply == Wire(reply.id, 13, flags: 1))
        #expect(connection.function.calls.last == .reset)
        #expect(connection.function.mappings.count == 1)
        connection.function.host?.sendMSIX(0)
        #expect(bound.take() == 1)
        let late = EventDescriptor()
        _ = try connection.setInterrupts(0x24, index: 2, start: 1, count: 1, descriptors: [late.number])
        #expect(late.take() == 0)
    }

    @Test("a payload is refused and nothing reset")
    func payload() throws {
        let connection = try Connection()
        #expect(try connection.call(13, [0]).refusal == EINVAL)
        #expect(connection.function.calls.isEmpty)
    }
}
