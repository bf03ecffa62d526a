extension Port {
    /// Reads the 32-bit register at `offset` of BAR 0, with the side effects a driver's read has. Holes read as zero.
    func readRegister(_ offset: Int) -> UInt32 {
        guard let entry = RegisterMap.shared[offset / 4] else { return 0 }
        switch entry.name {
        case .STATUS: return status.raw
        case .EECD, .SWSM, .SW_FW_SYNC: return readNVMRegister(entry.name)
        case .ICR, .ICS, .IMS, .IMC, .IAM, .EICR, .EICS, .EIMS, .EIMC, .EIAC, .EIAM:
            return readInterruptRegister(entry.name)
        case .GORCH, .GOTCH, .TORH, .TOTH, .HGORCH, .HGOTCH: return readOctetCounter(Int(entry.canonicalWord))
        case .SYSTIML, .SYSTIMH, .TXSTMPH, .RXSTMPH, .RXSATRH, .FRTIMER, .WDSTP: return readTimeRegister(entry)
        case .PFMAILBOX: return readPhysicalMailbox(Int(entry.element))
        case .PVTSTATUS, .PVTEICS, .PVTEIMS, .PVTEIMC, .PVTEIAC, .PVTEIAM, .PVTEICR: return readVirtualMirror(entry)
        default:
            let (value, left) = rules.read(entry.row, registers[word: Int(entry.canonicalWord)])
            if left != value { registers[word: Int(entry.canonicalWord)] = left }
            return value
        }
    }

    /// The high half of a 64-bit counter; reading it clears both.
    private func readOctetCounter(_ word: Int) -> UInt32 {
        let value = registers[word: word]
        registers[word: word] = 0
        registers[word: word - 1] = 0
        return value
    }

    private func readInterruptRegister(_ name: RegisterName) -> UInt32 {
        defer { deliverInterrupts() }
        switch name {
        case .ICR: return interrupts.readICR()
        // Linux dumps ICR and EICR through these two, because nothing is cleared here.
        case .ICS: return interrupts.icr
        case .EICS: return interrupts.pendingEICR
        case .IMS, .IMC: return interrupts.ims
        case .IAM: return interrupts.iam
        case .EICR: return interrupts.readEICR()
        case .EIMS, .EIMC: return interrupts.readableEIMS
        case .EIAC: return interrupts.eiac
        case .EIAM: return interrupts.eiam
        default: return 0
        }
    }
}
