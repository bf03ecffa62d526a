// SPDX-License-Identifier: Apache-2.0

import Intel82576
import PCIe

@testable import EmbeddedDriver

/// A physical function that stores what is written, and has the mailboxes as the chip has them. Tests play the VFs.
final class ScriptedFunction: Function {
    var registers: [Int: UInt32] = [:]
    /// Every write to BAR 0, in order.
    private(set) var writes: [(offset: Int, value: UInt32)] = []
    private(set) var configuration = [UInt8](repeating: 0, count: 4096)
    /// What was written to BAR 3.
    private(set) var vectorTable: [Int: UInt32] = [:]
    weak var host: (any FunctionHost)?
    /// VF Enable does not stick.
    var refusesVFs = false

    /// Per VF: the buffer is the VF's, the PF's; a message, an acknowledgement for the VF.
    var ownedByVF = Set<Int>()
    var ownedByPF = Set<Int>()
    var messages = Set<Int>()
    var acknowledgements = Set<Int>()
    /// The rate limit of each queue.
    private(set) var rateLimits: [UInt32: UInt32] = [:]

    let barSizes = [128 << 10, 0, 0, 16 << 10, 0, 0]
    let interruptCounts = InterruptCounts(intx: 1, msi: 1, msix: 10)
    let expansionROM: ExpansionROM? = nil

    init(totalVFs: UInt8 = 8, hasSRIOV: Bool = true) {
        configuration[0x34] = 0x40
        (configuration[0x40], configuration[0x41]) = (0x01, 0x70)
        (configuration[0x70], configuration[0x71], configuration[0x74]) = (0x11, 0x00, 0x03)
        (configuration[0x100], configuration[0x102], configuration[0x103]) = (0x01, 0x01, 0x16)
        if hasSRIOV { (configuration[0x160], configuration[0x162]) = (0x10, 0x01) }
        configuration[0x16E] = totalVFs
        self[STATUS.self].raw = 0x82
        self[DTXCTL.self].raw = 0x44
    }

    // MARK: Configuration space

    func readConfiguration(at offset: Int, width: Int) -> UInt32 {
        (0..<width).reduce(0) { $0 | UInt32(configuration[offset + $1]) << UInt32(8 * $1) }
    }

    func writeConfiguration(at offset: Int, width: Int, _ value: UInt32) {
        let value = refusesVFs && offset == 0x168 ? 0 : value
        for byte in 0..<width { configuration[offset + byte] = UInt8(truncatingIfNeeded: value >> UInt32(8 * byte)) }
    }

    // MARK: BARs

    func readBAR(_ bar: Int, at offset: Int, width: Int) -> UInt64 {
        guard bar == 0 else { return 0 }
        let value = registers[offset] ?? 0
        switch offset {
        case ICR.offset, WVBR.offset: registers[offset] = 0
        case Self.mailboxes: return UInt64(mailboxControl((offset - PFMAILBOX.offset) / 4))
        default: break
        }
        return UInt64(value)
    }

    func writeBAR(_ bar: Int, at offset: Int, width: Int, _ value: UInt64) {
        let value = UInt32(truncatingIfNeeded: value)
        guard bar == 0 else {
            vectorTable[offset] = value
            return
        }
        writes.append((offset, value))
        switch offset {
        case MBVFICR.offset, VFLRE.offset: registers[offset, default: 0] &= ~value
        case Self.mailboxes: writeMailboxControl((offset - PFMAILBOX.offset) / 4, value)
        case RTTBCNRC.offset: rateLimits[self[RTTDQSEL.self].raw] = value
        default: registers[offset] = value
        }
    }

    private static let mailboxes = PFMAILBOX.offset..<PFMAILBOX.offset(of: PFMAILBOX.count)

    private func mailboxControl(_ vf: Int) -> UInt32 {
        (ownedByVF.contains(vf) ? 1 << 2 : 0) | (ownedByPF.contains(vf) ? 1 << 3 : 0)
    }

    private func writeMailboxControl(_ vf: Int, _ value: UInt32) {
        if value & 1 << 4 != 0 { ownedByVF.remove(vf) }
        if value & 1 << 3 == 0 { ownedByPF.remove(vf) }
        if value & 1 << 3 != 0, !ownedByVF.contains(vf) { ownedByPF.insert(vf) }
        if value & 1 << 0 != 0 { messages.insert(vf) }
        if value & 1 << 1 != 0 { acknowledgements.insert(vf) }
    }

    // MARK: Transport

    func attach(_ host: any FunctionHost) { self.host = host }
    func detach() { host = nil }
    func reset() {}
    func map(_ mapping: DMAMapping) throws(DMAMappingError) {}
    func unmap(address: UInt64, size: UInt64) throws(DMAMappingError) -> UInt64 { 0 }
    func unmapAll() {}
}

// MARK: The VFs' side

extension ScriptedFunction {
    /// What is stored for the register `R`, or element `index` of an array of them.
    subscript<R: Register>(_ type: R.Type, _ index: Int = 0) -> R {
        get { R(raw: registers[R.offset(of: index)] ?? 0) }
        set { registers[R.offset(of: index)] = newValue.raw }
    }

    /// Raises a cause, as the chip does.
    func raise(_ cause: InterruptCause) {
        self[ICR.self].causes.insert(cause)
        host?.sendMSIX(0)
    }

    /// Writes a message into the buffer and asks for an answer. Leaves the buffer, as drivers do.
    func request(_ vf: Int, _ words: [UInt32]) {
        for (index, word) in words.enumerated() { self[VMBMEM.self, VMBMEM.wordsPerFunction * vf + index].raw = word }
        messages.remove(vf)
        acknowledgements.remove(vf)
        self[MBVFICR.self].raw |= 1 << UInt32(vf)
        raise(.mailbox)
    }

    /// What the PF left for the VF, if it did. Tells the PF that it was read.
    func readMessage(_ vf: Int, count: Int = 1) -> [UInt32]? {
        guard messages.remove(vf) != nil else { return nil }
        self[MBVFICR.self].raw |= 1 << UInt32(16 + vf)
        raise(.mailbox)
        return (0..<count).map { self[VMBMEM.self, VMBMEM.wordsPerFunction * vf + $0].raw }
    }

    func resetVF(_ vf: Int) {
        self[VFLRE.self].raw |= 1 << UInt32(vf)
        raise(.mailbox)
    }

    func setLink(up: Bool, speedCode: UInt32 = 2) {
        self[STATUS.self].raw = (up ? 2 : 0) | speedCode << 6
        raise(.linkStatusChange)
    }
}
