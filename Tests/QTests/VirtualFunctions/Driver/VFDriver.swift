// SPDX-License-Identifier: Apache-2.0

import Intel82576
import Foundation
import KawelaGuest

/// The least driver that makes a virtual function carry frames over its queue 0. Registers go through QEMU, rings and
/// buffers straight into the machine's RAM.
final class VFDriver: @unchecked Sendable {
    let function: PCIFunction
    let qtest: QTestClient
    let ram: GuestRAM
    /// What the PF gave the VF, or it chose.
    private(set) var mac: [UInt8] = []
    var transmitTail = 0
    var receiveHead = 0

    static let transmitRing: UInt64 = 0x10_0000, receiveRing: UInt64 = 0x10_1000
    static let transmitBuffers: UInt64 = 0x20_0000, receiveBuffers: UInt64 = 0x30_0000
    static let slots = 64, bufferSize = 2048
    /// All RAM this driver lets the device see.
    static let used: Range<UInt64> = 0x10_0000..<0x40_0000

    /// Places the BARs and lets the VF be a bus master, which is all that happens.
    init(_ qtest: QTestClient, _ ram: GuestRAM) throws {
        (self.qtest, self.ram) = (qtest, ram)
        function = try PCIFunction(behind: HostBridge(qtest))
    }

    /// Bytes of BAR 0 and of the BAR with the MSI-X table.
    static let spaceSize = 0x4000

    /// Where the VF sees its share of a register.
    static func offset<R: Register>(_ register: R.Type, _ index: Int = 0) -> UInt64 {
        UInt64(R.window!.offset(of: index))
    }

    func read<R: Register>(_ register: R.Type) throws -> UInt32 { try read(offset: Self.offset(R.self)) }
    func write<R: Register>(_ register: R.Type, _ value: UInt32) throws {
        try write(offset: Self.offset(R.self), value)
    }

    func read(offset: UInt64) throws -> UInt32 { try qtest.read32(function.address(inBAR: 0, offset: offset)) }
    func write(offset: UInt64, _ value: UInt32) throws {
        try qtest.write32(function.address(inBAR: 0, offset: offset), value)
    }

    /// Reset, introduction, rings.
    func start() throws {
        try reset()
        try startQueues()
    }

    /// VTCTRL.RST (bit 26), then VF_RESET, whose answer has the address.
    func reset() throws {
        try write(PVTCTRL.self, 1 << 26)
        let answer = try request([MailboxBits.reset], answerCount: 3)
        guard answer[0] == MailboxBits.reset | MailboxBits.acknowledged else {
            throw GuestError("VF_RESET was answered with \(answer.map { hex($0) })")
        }
        mac = Array((bytes(UInt64(answer[2] & 0xFFFF) << 32 | UInt64(answer[1])))[..<6])
    }

    /// Asks for another address; whether it was granted.
    func setAddress(_ address: [UInt8]) throws -> Bool {
        let granted = try isGranted(MailboxBits.setAddress, address)
        if granted { mac = address }
        return granted
    }

    /// Asks for one more address; whether it was granted.
    func addAddress(_ address: [UInt8]) throws -> Bool {
        try isGranted(MailboxBits.setAddress | 2 << 16, address)
    }

    private func isGranted(_ command: UInt32, _ address: [UInt8]) throws -> Bool {
        let value = address.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return try isGranted([command, UInt32(truncatingIfNeeded: value), UInt32(value >> 32)])
    }

    func isGranted(_ words: [UInt32]) throws -> Bool {
        try request(words, answerCount: 1)[0] & MailboxBits.acknowledged != 0
    }

    /// Polls until `condition` is true.
    func wait(for what: String, within seconds: Double = 5, _ condition: () throws -> Bool) throws {
        try eventually(what, within: seconds, every: 0.0002, condition)
    }
}

/// The mailbox as igbvf uses it (datasheet 7.10.2.9).
extension VFDriver {
    enum MailboxBits {
        static let reset: UInt32 = 0x01
        static let setAddress: UInt32 = 0x02
        static let acknowledged: UInt32 = 1 << 31
        // VFMAILBOX: requests, acknowledges, owns; the PF's message, RSTI.
        static let request: UInt32 = 1 << 0
        static let acknowledge: UInt32 = 1 << 1
        static let owned: UInt32 = 1 << 2
        static let message: UInt32 = 1 << 4
        static let resetting: UInt32 = 1 << 6
    }

    /// Sends a message and returns the PF's next one, skipping notices.
    func request(_ words: [UInt32], answerCount: Int) throws -> [UInt32] {
        try post(words)
        var answer: [UInt32] = []
        try wait(for: "the PF's answer to \(hex(words[0]))") {
            guard try read(VFMAILBOX.self) & MailboxBits.message != 0 else { return false }
            answer = try (0..<answerCount).map { try read(offset: Self.offset(VMBMEM.self, $0)) }
            try write(VFMAILBOX.self, MailboxBits.acknowledge)
            return answer[0] & 0xFFFF == words[0] & 0xFFFF
        }
        return answer
    }

    /// Sends a message and does not wait for an answer.
    func post(_ words: [UInt32]) throws {
        try wait(for: "the mailbox's buffer") {
            try write(VFMAILBOX.self, MailboxBits.owned)
            return try read(VFMAILBOX.self) & MailboxBits.owned != 0
        }
        for (index, word) in words.enumerated() {
            try write(offset: Self.offset(VMBMEM.self, index), word)
        }
        try write(VFMAILBOX.self, MailboxBits.request)
    }
}
