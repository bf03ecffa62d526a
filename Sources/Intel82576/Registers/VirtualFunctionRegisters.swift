/// PVTCTRL[n] — VF Control: VTCTRL of VF n, from the PF's side.
package struct PVTCTRL: Register {
    package static var name: RegisterName { .PVTCTRL }
    package static var offset: Int { 0x10000 }
    package static var stride: Int { 0x100 }
    package static var count: Int { 8 }
    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// RST, bit 26. Resets the VF. Reads as zero.
    package var resets: Bool {
        get { self[26] }
        set { self[26] = newValue }
    }
}

/// PVTSTATUS[n] — VF Status: what VF n sees of STATUS.
package struct PVTSTATUS: Register {
    package static var name: RegisterName { .PVTSTATUS }
    package static var offset: Int { 0x10008 }
    package static var stride: Int { 0x100 }
    package static var count: Int { 8 }
    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// PVTEICS[n] — VF Extended Interrupt Cause Set.
package struct PVTEICS: Register {
    package static var name: RegisterName { .PVTEICS }
    package static var offset: Int { 0x10020 }
    package static var stride: Int { 0x100 }
    package static var count: Int { 8 }
    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// Bits 2:0, a vector of the VF each.
    package var vectors: UInt32 {
        get { self[0...2] }
        set { self[0...2] = newValue }
    }
}

/// PVTEIMS[n] — VF Extended Interrupt Mask Set and Read.
package struct PVTEIMS: Register {
    package static var name: RegisterName { .PVTEIMS }
    package static var offset: Int { 0x10024 }
    package static var stride: Int { 0x100 }
    package static var count: Int { 8 }
    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// Bits 2:0, a vector of the VF each.
    package var vectors: UInt32 {
        get { self[0...2] }
        set { self[0...2] = newValue }
    }
}

/// PVTEIMC[n] — VF Extended Interrupt Mask Clear.
package struct PVTEIMC: Register {
    package static var name: RegisterName { .PVTEIMC }
    package static var offset: Int { 0x10028 }
    package static var stride: Int { 0x100 }
    package static var count: Int { 8 }
    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// Bits 2:0, a vector of the VF each.
    package var vectors: UInt32 {
        get { self[0...2] }
        set { self[0...2] = newValue }
    }
}

/// PVTEIAC[n] — VF Extended Interrupt Auto Clear.
package struct PVTEIAC: Register {
    package static var name: RegisterName { .PVTEIAC }
    package static var offset: Int { 0x1002C }
    package static var stride: Int { 0x100 }
    package static var count: Int { 8 }
    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// Bits 2:0, a vector of the VF each.
    package var vectors: UInt32 {
        get { self[0...2] }
        set { self[0...2] = newValue }
    }
}

/// PVTEIAM[n] — VF Extended Interrupt Auto Mask.
package struct PVTEIAM: Register {
    package static var name: RegisterName { .PVTEIAM }
    package static var offset: Int { 0x10030 }
    package static var stride: Int { 0x100 }
    package static var count: Int { 8 }
    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// Bits 2:0, a vector of the VF each.
    package var vectors: UInt32 {
        get { self[0...2] }
        set { self[0...2] = newValue }
    }
}

/// PVTEICR[n] — VF Extended Interrupt Cause.
package struct PVTEICR: Register {
    package static var name: RegisterName { .PVTEICR }
    package static var offset: Int { 0x10080 }
    package static var stride: Int { 0x100 }
    package static var count: Int { 8 }
    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// Bits 2:0, a vector of the VF each.
    package var vectors: UInt32 {
        get { self[0...2] }
        set { self[0...2] = newValue }
    }
}
