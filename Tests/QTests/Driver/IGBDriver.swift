// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaGuest

/// The least driver that makes an 82576 carry frames over queue pair 0.
struct IGBDriver {
    let function: PCIFunction
    let qtest: QTestClient
    var transmitTail = 0
    var receiveHead = 0

    /// Where things are in guest RAM. Rings of `slots` descriptors; a buffer of 2 KB per descriptor.
    static let transmitRing: UInt64 = 0x10_0000, receiveRing: UInt64 = 0x10_1000
    static let transmitBuffers: UInt64 = 0x20_0000, receiveBuffers: UInt64 = 0x30_0000
    static let slots = 64, bufferSize = 2048

    init(_ function: PCIFunction, _ qtest: QTestClient) {
        (self.function, self.qtest) = (function, qtest)
    }

    func read<R: Register>(_ register: R.Type) throws -> UInt32 {
        try qtest.read32(function.address(inBAR: 0, offset: UInt64(R.offset)))
    }

    func write<R: Register>(_ register: R.Type, _ value: UInt32) throws {
        try qtest.write32(function.address(inBAR: 0, offset: UInt64(R.offset)), value)
    }

    /// Lets time pass until `condition` holds.
    func wait(for what: String, within seconds: Double = 5, _ condition: () throws -> Bool) throws {
        try eventually(what, within: seconds, every: 0) {
            if try condition() { return true }
            try qtest.pass(milliseconds: 10)
            return false
        }
    }
}

/// Reset, NVM, PHY, link.
extension IGBDriver {
    /// CTRL.RST (bit 26) with all interrupts masked before.
    func reset() throws {
        try write(IMC.self, .max)
        try write(EIMC.self, .max)
        try write(CTRL.self, try read(CTRL.self) | 1 << 26)
        try wait(for: "CTRL.RST clears itself") { try read(CTRL.self) & 1 << 26 == 0 }
    }

    /// Word `number` of the EEPROM through EERD: START is bit 0, the address starts at bit 2, DONE is bit 1.
    func eepromWord(_ number: UInt32) throws -> UInt16 {
        try write(EERD.self, number << 2 | 1)
        try wait(for: "EERD.DONE") { try read(EERD.self) & 2 != 0 }
        return UInt16(truncatingIfNeeded: try read(EERD.self) >> 16)
    }

    /// PHY register `number` through MDIC: operation 10b reads.
    func phyRegister(_ number: UInt32) throws -> UInt16 {
        UInt16(truncatingIfNeeded: try accessPHY(number << 16 | 0b10 << 26))
    }

    /// PHY register `number` through MDIC: operation 01b writes.
    func setPHYRegister(_ number: UInt32, _ value: UInt16) throws {
        _ = try accessPHY(UInt32(value) | number << 16 | 0b01 << 26)
    }

    /// The PHY's address is 1; READY is bit 28, ERROR bit 30.
    private func accessPHY(_ command: UInt32) throws -> UInt32 {
        try write(MDIC.self, command | 1 << 21)
        try wait(for: "MDIC.READY") { try read(MDIC.self) & 1 << 28 != 0 }
        let answer = try read(MDIC.self)
        guard answer & 1 << 30 == 0 else { throw GuestError("MDIC.ERROR for \(hex(command))") }
        return answer
    }

    /// The address from EEPROM words 0...2, low byte first.
    func eepromMAC() throws -> [UInt8] {
        try (0..<3 as Range<UInt32>).flatMap { word in
            let value = try eepromWord(word)
            return [UInt8(truncatingIfNeeded: value), UInt8(value >> 8)]
        }
    }

    /// CTRL.SLU (bit 6) and a restart of auto-negotiation (BMCR 0x1340), then STATUS.LU (bit 1).
    func bringUpLink() throws {
        try write(CTRL.self, try read(CTRL.self) | 1 << 6)
        try setPHYRegister(0, 0x1340)
        try wait(for: "STATUS.LU", within: 10) { try read(STATUS.self) & 2 != 0 }
    }
}
