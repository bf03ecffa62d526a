// SPDX-License-Identifier: Apache-2.0

/// MDIC — MDI Control, 0x00020: a command to the PHY, and its answer.
package struct MDIC: Register {
    package static var name: RegisterName { .MDIC }
    package static var offset: Int { 0x0020 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0xAFFF_FFFF, reset: 0x1000_0000, section: "8.2.4", in: "PHY/PHY.swift",
                "MDIO command/data")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    package init(_ operation: Operation, register: Int, phy: Int = 1, data: UInt16 = 0) {
        self.init(raw: UInt32(data))
        self[16...20] = UInt32(truncatingIfNeeded: register)
        self[21...25] = UInt32(truncatingIfNeeded: phy)
        self[26...27] = UInt32(operation.rawValue)
    }

    package enum Operation: UInt8, Sendable {
        case write = 0b01
        case read = 0b10
    }

    /// DATA, bits 15:0: what is written or was read.
    package var data: UInt16 {
        get { UInt16(truncatingIfNeeded: self[0...15]) }
        set { self[0...15] = UInt32(newValue) }
    }
    /// REGADD, bits 20:16: the register of the PHY.
    package var register: Int {
        get { Int(truncatingIfNeeded: self[16...20]) }
        set { self[16...20] = UInt32(truncatingIfNeeded: newValue) }
    }
    /// PHYADD, bits 25:21: the PHY's address.
    package var phy: Int {
        get { Int(truncatingIfNeeded: self[21...25]) }
        set { self[21...25] = UInt32(truncatingIfNeeded: newValue) }
    }
    /// OP, bits 27:26: 1 writes, 2 reads. A reserved code, `nil`, does nothing.
    package var operation: Operation? { Operation(rawValue: UInt8(truncatingIfNeeded: self[26...27])) }
    /// R, bit 28. The command is done.
    package var isReady: Bool {
        get { self[28] }
        set { self[28] = newValue }
    }
    /// MDI_IE, bit 29. The end of the command is an interrupt cause.
    package var interrupts: Bool {
        get { self[29] }
        set { self[29] = newValue }
    }
    /// E, bit 30. Nothing answered.
    package var hasFailed: Bool {
        get { self[30] }
        set { self[30] = newValue }
    }
    /// Destination, bit 31. The command is for an external PHY.
    package var isExternal: Bool {
        get { self[31] }
        set { self[31] = newValue }
    }
}
