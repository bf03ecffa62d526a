// SPDX-License-Identifier: Apache-2.0

/// Registers 0x10 to 0x1F of the IGP kind, which come in pages.
///
/// Register 0x1F selects the page by bits 15:5. Drivers write the whole number of a register there, page and all, and
/// then address its low five bits.
struct VendorRegisters: Sendable {
    /// By page and register, `page << 5 | register`. At most 2048 pages of 15.
    private var stored: [UInt16: UInt16] = VendorRegisters.resetValues
    private var pageSelect: UInt16 = 0

    private static let resetValues: [UInt16: UInt16] = [
        0x10: 0x0120,  // port configuration
        0x12: 0x0000,  // port control: MDI-X by hand
        0x19: 0x008D,  // power management
    ]
    /// Port status, page 0.
    private static let portStatus: UInt16 = 0x11
    /// Gain of the four receivers, read only; drivers look up the length of the cable by bits 15:9. Eleven is some 10 m.
    private static let gains: Set<UInt16> = [0x11B1, 0x12B1, 0x14B1, 0x18B1]

    /// Power management, bit 1: low power link-up in D0.
    var savesPower: Bool { (stored[0x19] ?? 0) & 2 != 0 }

    func read(_ register: Int, _ link: Link) -> UInt16 {
        let number = number(of: register)
        if register == 0x1F { return pageSelect }
        if number == Self.portStatus { return Self.status(of: link) }
        if Self.gains.contains(number) { return 11 << 9 }
        return stored[number] ?? 0
    }

    mutating func write(_ register: Int, _ value: UInt16) {
        let number = number(of: register)
        if register == 0x1F {
            pageSelect = value
        } else if number != Self.portStatus, !Self.gains.contains(number) {
            stored[number] = value
        }
    }

    private func number(of register: Int) -> UInt16 {
        pageSelect & 0xFFE0 | UInt16(truncatingIfNeeded: register & 0x1F)
    }

    /// Speed in 15:14 (01 is 10 Mb/s), link up in 10, full duplex in 9; no crossover (11), right polarity (1).
    private static func status(of link: Link) -> UInt16 {
        guard link.isUp else { return 0 }
        return UInt16(link.speed.code + 1) << 14 | 0x0400 | (link.isFullDuplex ? 0x0200 : 0)
    }
}
