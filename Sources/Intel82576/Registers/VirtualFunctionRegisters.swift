// SPDX-License-Identifier: Apache-2.0

/// PVTCTRL[n] — VF Control: VTCTRL of VF n, from the PF's side.
package struct PVTCTRL: VirtualRegister {
    package static var name: RegisterName { .PVTCTRL }
    package static var offset: Int { 0x10000 }
    package static var virtualOffset: UInt32 { 0x0000 }
    package static var window: VirtualWindow? { VirtualWindow(at: virtualOffset, .VTCTRL, alias: 0x0004) }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .writeOnly, writable: 0x0400_0000, section: "8.26", in: "Functions/Functions.swift",
                "VF reset: RST, bit 26")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// RST, bit 26. Resets the VF. Reads as zero.
    package var resets: Bool {
        get { self[26] }
        set { self[26] = newValue }
    }
}

/// PVTSTATUS[n] — VF Status: what VF n sees of STATUS. The fields are those of STATUS.
package struct PVTSTATUS: VirtualRegister {
    package static var name: RegisterName { .PVTSTATUS }
    package static var offset: Int { 0x10008 }
    package static var virtualOffset: UInt32 { 0x0008 }
    package static var window: VirtualWindow? { VirtualWindow(at: virtualOffset, .VTSTATUS) }
    package static var specs: [RegisterSpec] {
        [spec(.readOnly, reset: 0x8000_0400, section: "8.26", in: "PHY/DeviceControl.swift", "The VF's view of STATUS")]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// PVTEICS[n] — VF Extended Interrupt Cause Set.
package struct PVTEICS: VirtualRegister {
    package static var name: RegisterName { .PVTEICS }
    package static var offset: Int { 0x10020 }
    package static var virtualOffset: UInt32 { 0x1520 }
    package static var specs: [RegisterSpec] {
        [spec(.writeOnly, writable: 0x7, section: "8.26", in: "Interrupts/VirtualInterrupts.swift", "Set VF EICR bits")]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// MSIX, bits 2:0, a vector of the VF each.
    package var vectors: UInt32 {
        get { self[0...2] }
        set { self[0...2] = newValue }
    }
}

/// PVTEIMS[n] — VF Extended Interrupt Mask Set and Read.
package struct PVTEIMS: VirtualRegister {
    package static var name: RegisterName { .PVTEIMS }
    package static var offset: Int { 0x10024 }
    package static var virtualOffset: UInt32 { 0x1524 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .writeOneToSet, writable: 0x7, section: "8.26", in: "Interrupts/VirtualInterrupts.swift",
                "VF mask set/read")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// MSIX, bits 2:0, a vector of the VF each.
    package var vectors: UInt32 {
        get { self[0...2] }
        set { self[0...2] = newValue }
    }
}

/// PVTEIMC[n] — VF Extended Interrupt Mask Clear.
package struct PVTEIMC: VirtualRegister {
    package static var name: RegisterName { .PVTEIMC }
    package static var offset: Int { 0x10028 }
    package static var virtualOffset: UInt32 { 0x1528 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .writeOneToClear, writable: 0x7, section: "8.26", in: "Interrupts/VirtualInterrupts.swift",
                "VF mask clear")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// MSIX, bits 2:0, a vector of the VF each.
    package var vectors: UInt32 {
        get { self[0...2] }
        set { self[0...2] = newValue }
    }
}

/// PVTEIAC[n] — VF Extended Interrupt Auto Clear.
package struct PVTEIAC: VirtualRegister {
    package static var name: RegisterName { .PVTEIAC }
    package static var offset: Int { 0x1002C }
    package static var virtualOffset: UInt32 { 0x152C }
    package static var specs: [RegisterSpec] {
        [spec(.readWrite, writable: 0x7, section: "8.26", in: "Interrupts/VirtualInterrupts.swift", "VF auto clear")]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// MSIX, bits 2:0, a vector of the VF each.
    package var vectors: UInt32 {
        get { self[0...2] }
        set { self[0...2] = newValue }
    }
}

/// PVTEIAM[n] — VF Extended Interrupt Auto Mask.
package struct PVTEIAM: VirtualRegister {
    package static var name: RegisterName { .PVTEIAM }
    package static var offset: Int { 0x10030 }
    package static var virtualOffset: UInt32 { 0x1530 }
    package static var specs: [RegisterSpec] {
        [spec(.readWrite, writable: 0x7, section: "8.26", in: "Interrupts/VirtualInterrupts.swift", "VF auto mask")]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// MSIX, bits 2:0, a vector of the VF each.
    package var vectors: UInt32 {
        get { self[0...2] }
        set { self[0...2] = newValue }
    }
}

/// PVTEICR[n] — VF Extended Interrupt Cause.
package struct PVTEICR: VirtualRegister {
    package static var name: RegisterName { .PVTEICR }
    package static var offset: Int { 0x10080 }
    package static var virtualOffset: UInt32 { 0x1580 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readToClear, writable: 0x7, clearedByRead: 0x7, section: "8.26",
                in: "Interrupts/VirtualInterrupts.swift", "VF cause")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// MSIX, bits 2:0, a vector of the VF each.
    package var vectors: UInt32 {
        get { self[0...2] }
        set { self[0...2] = newValue }
    }
}
