// The register space of a VF, and the PF's mirrors at 0x10000 + 0x100 v. Datasheet 8.26 and 8.27.

extension Port {
    /// Reads the register at `offset` of VF `index`, with the side effects a driver's read has. Holes read as zero.
    /// - Precondition: the VF exists.
    func readVirtualRegister(_ index: Int, _ offset: Int) -> UInt32 {
        guard let entry = VirtualRegisterMap.shared[offset / 4] else { return 0 }
        switch entry.name {
        case .VTIVAR: return interrupts.virtualVectors(index)
        case .VTIVAR_MISC: return UInt32(interrupts.virtual.misc[index])
        case .VFPBACL: return 0
        default: return readRegister(entry.offset(of: index))
        }
    }

    /// Writes the register at `offset` of VF `index`. Holes ignore writes.
    /// - Precondition: the VF exists.
    func writeVirtualRegister(_ index: Int, _ offset: Int, _ value: UInt32) {
        guard let entry = VirtualRegisterMap.shared[offset / 4], !entry.isReadOnly else { return }
        switch entry.name {
        case .VTIVAR:
            interrupts.setVirtualVectors(index, value)
            registers[word: entry.offset(of: index) / 4] = interrupts.ivar[index]
        case .VTIVAR_MISC: interrupts.virtual.setMisc(index, value)
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
        let index = Int(entry.element)
        guard index < enabledVirtualFunctions else { return 0 }
        switch entry.name {
        case .PVTSTATUS: return status.raw
        case .PVTEIMS, .PVTEIMC: return VirtualInterrupts.share(of: index, in: interrupts.virtual.eims)
        case .PVTEIAC: return VirtualInterrupts.share(of: index, in: interrupts.virtual.eiac)
        case .PVTEIAM: return VirtualInterrupts.share(of: index, in: interrupts.virtual.eiam)
        case .PVTEICR: return interrupts.virtual.readEICR(index)
        default: return 0
        }
    }

    func writeVirtualMirror(_ entry: RegisterMap.Entry, _ value: UInt32) {
        let index = Int(entry.element)
        guard index < enabledVirtualFunctions else { return }
        switch entry.name {
        case .PVTCTRL: if value & 1 << 26 != 0 { resetVirtualFunction(index) }
        case .PVTEICS: interrupts.virtual.raise(value, of: index)
        case .PVTEIMS: interrupts.virtual.unmask(value, of: index)
        case .PVTEIMC: interrupts.virtual.mask(value, of: index)
        case .PVTEIAC: interrupts.virtual.setEIAC(value, of: index)
        case .PVTEIAM: interrupts.virtual.setEIAM(value, of: index)
        case .PVTEICR: interrupts.virtual.clear(value, of: index)
        default: break
        }
        deliverInterrupts()
    }
}
