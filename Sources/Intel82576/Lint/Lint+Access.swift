// SPDX-License-Identifier: Apache-2.0

// Where registers are, how they are accessed, and which bits of them exist.

extension MisuseRule {
    static let accesses: Group = [
        .accessWidth: Definition(
            "accesses a register by 1, 2 or 8 bytes, or at an address that is no multiple of 4",
            right: "access registers as aligned words of 32 bits", section: "3.1.1"),
        .accessInD3: Definition(
            "accesses a BAR while the function is in D3hot",
            right: "write D0 to PMCSR and wait 10 ms before the first access", section: "5.2"),
        .holeWritten: Definition(
            "writes an address where there is no register",
            right: "write registers of the 82576 only", section: "8.1"),
        .holeRead: Definition(
            "reads an address where there is no register",
            right: "read registers of the 82576 only: others read as zero", section: "8.1", severity: .remark),
        .absentRegisterWritten: Definition(
            "writes a register that other members of the family have and the 82576 does not",
            right: "ask the device id first, and write it on the chips that have it", section: "8.1"),
        .absentRegisterRead: Definition(
            "reads a register that other members of the family have and the 82576 does not",
            right: "ask the device id first: it reads as zero here", section: "8.1", severity: .remark,
            passes: "A remark, since the register dump of Linux igb (`ethtool -d`) reads some of them."),
        .unimplementedRegister: Definition(
            "writes a register whose effect is not implemented here",
            right: "nothing is wrong with it: expect no effect", section: "8.1", severity: .remark,
            passes: "A remark about Kawela rather than the driver; docs/registers.md lists these registers."),
        .readOnlyRegisterWritten: Definition(
            "writes a register that is read only for the function",
            right: "only read it: the write has no effect", section: "8.1",
            passes: "STATUS, whose PHYRA is cleared by writing zero."),
        .counterWritten: Definition(
            "writes a counter of the statistics",
            right: "read it, which clears it", section: "8.18"),
        .reservedBits: Definition(
            "sets reserved bits of a register",
            right: "write zeros there", section: "8.1",
            passes: """
                Registers whose reserved bits drivers set: IMC and EIMC (all drivers write all ones), ICS (the interrupt \
                test of Linux igb), EITR (DPDK writes 0xFFFF), and bit 1 of IMS, which is TXQE on older chips.
                """),
    ]
}

extension Lint {
    /// Reserved bits of registers whose other bits drivers write with care. SWFLSH of RXDCTL and TXDCTL exists.
    private static let reservedBits: [RegisterName: UInt32] = [
        .RCTL: 0xFB00_4C01, .MRQC: 0xFC00_FFC0, .GPIE: 0x3FFF_F06E, .VT_CTL: 0x8FFF_FC7F, .IMS: 0x882B_0400,
        .SRRCTL: 0x700F_C080, .RXDCTL: 0xF9E0_E0E0, .TXDCTL: 0xF1E0_E0E0, .RAH: 0x7C00_0000, .VLVF: 0x7FE0_0000,
        .VMRCTL: 0xFFFF_F8F0, .RETA: 0xF0F0_F0F0, .IVAR: 0x6060_6060, .IVAR_MISC: 0xFFFF_6060,
    ]

    /// As ``reservedBits``, where a VF has other fields.
    private static let virtualReservedBits: [RegisterName: UInt32] = [.IVAR: 0x7C7C_7C7C, .IVAR_MISC: 0xFFFF_FF7C]

    /// An access to the register BAR.
    func checkWindow(_ access: FunctionAccess) {
        guard port.functions.isAwake else {
            return report(.accessInD3, access, "\(access.verb) \(Self.hex(access.offset)) in D3hot")
        }
        guard access.width == 4, access.offset & 3 == 0 else {
            return report(
                .accessWidth, access, "\(access.verb) \(access.width) bytes at \(Self.hex(access.offset))")
        }
        if let use = RegisterUse(access) { return check(use) }
        let text = "\(access.verb) \(Self.hex(access.offset)), where no register is"
        report(access.isWrite ? .holeWritten : .holeRead, access, text)
    }

    /// An access to the I/O BAR: IODATA is the register that IOADDR names.
    func checkIO(_ access: FunctionAccess) {
        guard access.width == 4, access.offset == 0 || access.offset == 4 else {
            return report(
                .accessWidth, access, "\(access.verb) \(access.width) bytes of I/O space at \(access.offset)")
        }
        guard access.offset == 4 else { return }
        var register = access
        (register.space, register.offset) = (.bar(0), Int(port.functions.state.physical.ioAddress))
        checkWindow(register)
    }

    func checkCoverage(_ use: RegisterUse) {
        let spec = use.spec
        if spec.access == .absent {
            let text = "\(use.isWrite ? "wrote" : "read") \(use.label), which the 82576 does not have"
            return report(use.isWrite ? .absentRegisterWritten : .absentRegisterRead, use, text)
        }
        guard use.isWrite else { return }
        if spec.coverage == .unimplemented {
            report(.unimplementedRegister, use, "wrote \(Self.hex(use.value)) to \(use.label)")
        }
        if spec.access == .readToClear, spec.writable == 0 {
            report(.counterWritten, use, "wrote \(Self.hex(use.value)) to \(use.label)")
        } else if use.isReadOnly || spec.access == .readOnly, use.name != .STATUS {
            report(.readOnlyRegisterWritten, use, "wrote \(Self.hex(use.value)) to \(use.label)")
        }
    }

    func checkReservedBits(_ use: RegisterUse) {
        let other = use.function == 0 ? nil : Self.virtualReservedBits[use.name]
        guard let reserved = other ?? Self.reservedBits[use.name], use.value & reserved != 0 else { return }
        let bits = Self.hex(use.value & reserved)
        report(
            .reservedBits, use, field: "reserved",
            "wrote \(Self.hex(use.value)) to \(use.label), with reserved bits \(bits) set")
    }
}

extension FunctionAccess {
    fileprivate var verb: String { isWrite ? "wrote" : "read" }
}
