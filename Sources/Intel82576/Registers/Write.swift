extension Port {
    /// Writes the 32-bit register at `offset` of BAR 0. Holes ignore writes.
    func writeRegister(_ offset: Int, _ value: UInt32) {
        guard let entry = RegisterMap.shared[offset / 4] else { return }
        let word = Int(entry.canonicalWord)
        switch entry.name {
        case .TDT, .RDT, .TDH, .RDH, .TXDCTL, .RXDCTL: return writeQueueRegister(entry, value)
        case .CTRL: return writeControl(entry, CTRL(raw: value))
        case .STATUS: return writeStatus(value)
        case .CTRL_EXT, .EECD, .EERD, .EEWR, .MDIC, .SWSM, .SW_FW_SYNC: return writeGeneralRegister(entry, value)
        case .ICR, .ICS, .IMS, .IMC, .IAM, .GPIE, .EICR, .EICS, .EIMS, .EIMC, .EIAC, .EIAM, .EITR, .IVAR, .IVAR_MISC,
            .PBACLR:
            return writeInterruptRegister(entry, value)
        case .PFMAILBOX: return writePhysicalMailbox(Int(entry.element), PFMAILBOX(raw: value))
        case .VFMAILBOX: return writeVirtualMailbox(Int(entry.element), VFMAILBOX.Command(raw: value))
        case .MBVFIMR: return writeMailboxMask(value)
        case .SYSTIML, .SYSTIMH, .TIMINCA, .TIMADJH, .FRTIMER, .TCPTIMER, .WDSTP, .SWDSTS:
            return writeTimeRegister(entry, value)
        case .PVTCTRL, .PVTEICS, .PVTEIMS, .PVTEIMC, .PVTEIAC, .PVTEIAM, .PVTEICR:
            return writeVirtualMirror(entry, value)
        case .TCTL: notePauseRequest(TCTL(raw: value))
        default: break
        }
        registers[word: word] = rules.write(entry.row, registers[word: word], value)
        registerChanged(entry)
    }

    /// What follows from a new value of a register that otherwise just stores it.
    private func registerChanged(_ entry: RegisterMap.Entry) {
        switch entry.name {
        case .RCTL:
            updateLoopback()
            isReceiveKicked = true
        case .TCTL: ringEnabledDoorbells()
        case .RAL, .RAH: addressFilter.load(registers)
        case .VMOLR, .VLVF, .VMRCTL: poolFilters.load(registers)
        case .ETQF, .FTQF, .SAQF, .DAQF, .SPQF, .IMIR, .IMIREXT, .IMIRVP, .SYNQF, .RFCTL:
            queueFilters.load(registers)
            isReceiveKicked = true
        case .RSSRK: updateRSSKey()
        case .RTTBCNRC: rates[Int(registers[word: 0x3604 / 4])] = registers[word: 0x36B0 / 4]
        case .RTTDQSEL: registers[word: 0x36B0 / 4] = rates[Int(registers[word: 0x3604 / 4])]
        case .DTXSWC, .VFTE, .MDFB: ringEnabledDoorbells()
        case .VFTA, .MTA, .MRQC, .RETA, .SRRCTL, .FCRTH, .RXPBS: isReceiveKicked = true
        default: break
        }
    }

    func updateRSSKey() {
        var key = InlineArray<10, UInt32>(repeating: 0)
        for index in 0..<10 { key[index] = registers[word: 0x5C80 / 4 + index] }
        rss.setKey(key)
    }

    // MARK: Queues

    private func writeQueueRegister(_ entry: RegisterMap.Entry, _ value: UInt32) {
        let (word, queue) = (Int(entry.canonicalWord), Int(entry.element))
        let bit: UInt32 = 1 &<< UInt32(queue)
        switch entry.name {
        case .TDT:
            registers[word: word] = value & 0xFFFF
            doorbells |= bit
        case .RDT:
            registers[word: word] = value & 0xFFFF
            isReceiveKicked = true
        case .TDH: if !registers[TXDCTL.self, queue].isEnabled { registers[word: word] = value & 0xFFFF }
        case .RDH: if !registers[RXDCTL.self, queue].isEnabled { registers[word: word] = value & 0xFFFF }
        case .TXDCTL:
            let wasEnabled = registers[TXDCTL.self, queue].isEnabled
            // SWFLSH, a queue going out of use, another WTHRESH: what is done is reported.
            flushWriteBack(queue)
            registers[word: word] = rules.write(entry.row, registers[word: word], value)
            // Posted before it was enabled, or enabled again: the ring is served, contexts are gone.
            if registers[TXDCTL.self, queue].isEnabled { doorbells |= bit }
            if registers[TXDCTL.self, queue].isEnabled != wasEnabled { resetTransmitQueue(queue) }
        default:
            registers[word: word] = rules.write(entry.row, registers[word: word], value)
            isReceiveKicked = true
        }
    }

    /// Every enabled queue may have been given work while something else held it back.
    func ringEnabledDoorbells() {
        for queue in 0..<16 where registers[TXDCTL.self, queue].isEnabled { doorbells |= 1 &<< UInt32(queue) }
    }

    // MARK: Interrupts

    private func writeInterruptRegister(_ entry: RegisterMap.Entry, _ value: UInt32) {
        let index = Int(entry.element)
        switch entry.name {
        case .ICR: interrupts.writeICR(value)
        case .ICS: interrupts.raise(value & Self.causeMask)
        case .IMS: interrupts.writeIMS(value & Self.causeMask)
        case .IMC: interrupts.ims &= ~value
        case .IAM: interrupts.iam = value
        case .EICR: interrupts.writeEICR(value)
        case .EICS: interrupts.setExtended(value)
        case .EIMS: interrupts.writeEIMS(value)
        case .EIMC: interrupts.writeEIMC(value)
        case .EIAC: interrupts.eiac = value & Interrupts.multipleMSIXMask
        case .EIAM:
            interrupts.eiam = value & (Interrupts.multipleMSIXMask | Interrupts.singleMask | Interrupts.otherBit)
        case .EITR: interrupts.writeEITR(index, EITR(raw: value), now: clock())
        case .PBACLR: msix.clearPending(UInt64(value))
        default: break
        }
        storeInterruptRegister(entry, value)
        interrupts.yieldVirtualBits()
        deliverInterrupts()
    }

    /// GPIE, EITR, IVAR and IVAR_MISC read back what was written.
    private func storeInterruptRegister(_ entry: RegisterMap.Entry, _ value: UInt32) {
        let word = Int(entry.canonicalWord)
        let stored = rules.write(entry.row, registers[word: word], value)
        switch entry.name {
        case .GPIE:
            registers[word: word] = stored
            interrupts.writeGPIE(GPIE(raw: stored))
            updateInterruptMode()
        case .EITR: registers[word: word] = interrupts.eitr[Int(entry.element)].raw
        case .IVAR:
            registers[word: word] = stored
            interrupts.ivar[Int(entry.element)] = stored
        case .IVAR_MISC:
            registers[word: word] = stored
            interrupts.ivarMisc = stored
        default: break
        }
    }

    /// Causes of ICR that exist (datasheet 8.8.1), INTA excluded.
    static let causeMask: UInt32 = 0x77D4_FBFD | 1 << 3

    /// MSI-X and MSI are memory writes and need mastering; INTx does not.
    func updateInterruptMode() {
        let mode: Interrupts.Mode =
            if configuration.isMSIXEnabled {
                !isMaster ? .none : interrupts.gpie.isMultipleMSIX ? .multipleMSIX : .singleMSIX
            } else if configuration.isMSIEnabled {
                isMaster ? .msi : .none
            } else {
                configuration.isINTxDisabled ? .none : .intx
            }
        interrupts.enter(mode)
    }
}
