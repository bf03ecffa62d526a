// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Intel82576

/// A PHY and a clock, used like a driver uses them.
final class PHYBench {
    var phy = PHY()
    var now: UInt64 = 1_000_000_000

    func read(_ register: Int) -> UInt16 { phy.access(mdic: MDIC(.read, register: register), now: now).data }

    func access(_ command: MDIC) -> MDIC { phy.access(mdic: command, now: now) }

    func write(_ register: Int, _ value: UInt16) {
        _ = phy.access(mdic: MDIC(.write, register: register, data: value), now: now)
    }

    /// A register above 0x0F by its whole number, the way drivers reach it.
    func readPaged(_ register: UInt16) -> UInt16 {
        write(0x1F, register)
        return read(Int(register & 0x1F))
    }

    func takeLinkChange() -> Bool { phy.takeLinkChange() }

    func pass(_ nanoseconds: UInt64 = PHY.autonegotiationTime) {
        now += nanoseconds
        phy.advance(to: now)
    }

    /// With a link, and no change pending.
    static func linked() -> PHYBench {
        let bench = PHYBench()
        bench.phy.setCarrier(true, now: bench.now)
        bench.pass()
        _ = bench.phy.takeLinkChange()
        return bench
    }
}

@Suite("The PHY over MDIC")
struct PHYAccessTests {
    let bench = PHYBench()

    @Test("has the id that gives drivers the copper path")
    func identity() {
        #expect(bench.read(2) == 0x02A8)
        #expect(bench.read(3) & 0xFFF0 == 0x0390)
    }

    @Test("is ready with the same access, and reads do not keep the bits that were written")
    func ready() {
        let reply = bench.access(MDIC(.read, register: 2, data: 0xFFFF))
        #expect(reply.isReady && !reply.hasFailed && reply.data == 0x02A8)
        #expect(reply.register == 2 && reply.phy == 1 && reply.operation == .read && !reply.isExternal)
    }

    @Test("answers at address 1 only", arguments: (0..<32).filter { $0 != 1 })
    func addresses(address: Int) {
        let reply = bench.access(MDIC(.read, register: 2, phy: address))
        #expect(reply.isReady && reply.hasFailed)
    }

    @Test("is not to be found outside of the chip")
    func external() {
        let reply = bench.access(MDIC(raw: MDIC(.read, register: 2).raw | 1 << 31))
        #expect(reply.isReady && reply.hasFailed)
    }

    @Test("does nothing for a reserved operation", arguments: [UInt32(0), 3])
    func reserved(operation: UInt32) {
        var command = MDIC(.write, register: 4, data: 0x1234)
        command[26...27] = operation
        #expect(bench.access(command).isReady)
        #expect(bench.read(4) == 0x0DE1)
    }

    @Test(
        "starts with the reset values",
        arguments: zip(
            [0, 1, 4, 5, 9, 0xA, 0xF, 0x10, 0x12, 0x19],
            [
                0x1140, 0x7949, 0x0DE1, 0, 0x0F00, 0, 0x3000, 0x0120, 0, 0x008D,
            ] as [UInt16]))
    func resetValues(register: Int, value: UInt16) {
        #expect(bench.read(register) == value)
    }

    @Test("ignores writes to what is read-only", arguments: [1, 2, 3, 5, 6, 0xA, 0xF, 0x11])
    func readOnly(register: Int) {
        let before = bench.read(register)
        bench.write(register, ~before)
        #expect(bench.read(register) == before)
    }

    @Test("keeps the vendor registers of different pages apart, and the standard ones on every page")
    func pages() {
        bench.write(0x1F, 0x2F5B)
        bench.write(0x1B, 0x1111)
        #expect(bench.readPaged(0x001B) == 0)
        #expect(bench.readPaged(0x2F5B) == 0x1111)
        #expect(bench.read(2) == 0x02A8)
        #expect(bench.readPaged(0x0010) == 0x0120)
    }

    @Test("estimates the same short cable for all four pairs", arguments: [0x11B1, 0x12B1, 0x14B1, 0x18B1])
    func cable(register: UInt16) {
        let index = bench.readPaged(register) >> 9
        #expect(index > 0 && index < 113)
        bench.write(0x11, 0)
        #expect(bench.readPaged(register) >> 9 == index)
    }

    @Test("is whole again after a reset of its own, which reads as done")
    func softwareReset() {
        bench.write(4, 0x0001)
        bench.write(0x10, 0x0080)
        bench.write(0, 0x8000)
        #expect(bench.read(0) == 0x1140 && bench.read(4) == 0x0DE1 && bench.readPaged(0x10) == 0x0120)
    }

    @Test("survives every command there is")
    func everything() {
        for command in stride(from: UInt32(0), through: .max - 0xFFFF, by: 0x1_0000) {
            #expect(bench.access(MDIC(raw: command | 0xA5A5)).isReady)
        }
    }
}
