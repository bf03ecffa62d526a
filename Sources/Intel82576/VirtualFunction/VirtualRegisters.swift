// The register space of a VF, and the PF's mirrors at 0x10000 + 0x100 v. Datasheet 8.26 and 8.27.

extension Port {
    /// Reads the register at `offset` of VF `index`, with the side effects a driver's read has. Holes read as zero.
    /// - Precondition: the VF exists.
    func readVirtualRegister(_ index: Int, _ offset: Int) -> UInt32 {
        guard let entry = VirtualRegisterMap.shared[offset / 4] else { return 0 }
        switch entry.name {
        case .VTIVAR, .VTIVAR_MISC: return interrupts.readVectors(entry.name, of: index)
        case .VFPBACL: return 0
        default: return readRegister(entry.offset(of: index))
        }
    }

    /// Writes the register at `offset` of VF `index`. Holes ignore writes.
    /// - Precondition: the VF exists.
    func writeVirtualRegister(_ index: Int, _ offset: Int, _ value: UInt32) {
        guard let entry = VirtualRegisterMap.shared[offset / 4], !entry.isReadOnly else { return }
        switch entry.name {
        case .VTIVAR, .VTIVAR_MISC: interrupts.writeVectors(entry.name, of: index, value)
        case .VFPBACL: virtuals[index].msix.clearPending(UInt64(value))
        default: writeRegister(entry.offset(of: index), value)
        }
    }

    /// What is stored at `offset` of VF `index`, without the side effects of a read.
    func storedVirtualRegister(_ index: Int, _ offset: Int) -> UInt32 {
        guard let entry = VirtualRegisterMap.shared[offset / 4] else { return 0 }
        switch entry.name {
        case .VTIVAR, .VTIVAR_MISC: return readVirtualRegister(index, offset)
        case .VFPBACL: return 0
        default: return storedRegister(entry.offset(of: index))
        }
    }

    // MARK: The PF's mirrors, which the VF's own registers lead to

    func readVirtualMirror(_ entry: RegisterMap.Entry) -> UInt32 {
        Int(entry.element) < owners.virtualFunctions ? status.raw : 0
    }

    /// PVTCTRL, whose bit 26 is RST.
    func writeVirtualControl(_ entry: RegisterMap.Entry, _ value: UInt32) -> RegisterEffects {
        let index = Int(entry.element)
        return value & 1 << 26 != 0 && index < owners.virtualFunctions ? [.virtualReset(index), .interrupts] : []
    }
}
