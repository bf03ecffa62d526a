// Registers of the data path's blocks, and what follows from a write of one.

extension Port {
    // MARK: Transmit

    func writeTransmit(_ entry: RegisterMap.Entry, _ value: UInt32) -> RegisterEffects {
        let (word, queue) = (Int(entry.canonicalWord), Int(entry.element))
        switch entry.name {
        case .TDT:
            registers[word: word] = value & 0xFFFF
            doorbells |= 1 &<< UInt32(queue)
        case .TDH: if !registers[TXDCTL.self, queue].isEnabled { registers[word: word] = value & 0xFFFF }
        case .TXDCTL: writeTransmitControl(entry, value)
        case .TCTL:
            notePauseRequest(TCTL(raw: value))
            registers.write(entry, value)
            return .transmit
        case .RTTBCNRC:
            registers.write(entry, value)
            rates[Int(registers[word: 0x3604 / 4])] = registers[word: 0x36B0 / 4]
        default:
            registers.write(entry, value)
            registers[word: 0x36B0 / 4] = rates[Int(registers[word: 0x3604 / 4])]
        }
        return []
    }

    private func writeTransmitControl(_ entry: RegisterMap.Entry, _ value: UInt32) {
        let queue = Int(entry.element)
        let wasEnabled = registers[TXDCTL.self, queue].isEnabled
        // SWFLSH, a queue going out of use, another WTHRESH: what is done is reported.
        flushWriteBack(queue)
        registers.write(entry, value)
        // Posted before it was enabled, or enabled again: the ring is served, contexts are gone.
        if registers[TXDCTL.self, queue].isEnabled { doorbells |= 1 &<< UInt32(queue) }
        if registers[TXDCTL.self, queue].isEnabled != wasEnabled { resetTransmitQueue(queue) }
    }

    /// Every enabled queue may have been given work while something else held it back.
    func ringEnabledDoorbells() {
        for queue in 0..<16 where registers[TXDCTL.self, queue].isEnabled { doorbells |= 1 &<< UInt32(queue) }
    }

    // MARK: Receive

    func writeReceive(_ entry: RegisterMap.Entry, _ value: UInt32) -> RegisterEffects {
        let (word, queue) = (Int(entry.canonicalWord), Int(entry.element))
        switch entry.name {
        case .RDT: registers[word: word] = value & 0xFFFF
        case .RDH:
            if !registers[RXDCTL.self, queue].isEnabled { registers[word: word] = value & 0xFFFF }
            return []
        case .RCTL:
            registers.write(entry, value)
            return [.link, .receive]
        case .RSSRK:
            registers.write(entry, value)
            updateRSSKey()
            return []
        default: registers.write(entry, value)
        }
        return .receive
    }

    private func updateRSSKey() {
        var key = InlineArray<10, UInt32>(repeating: 0)
        for index in 0..<10 { key[index] = registers[word: 0x5C80 / 4 + index] }
        rss.setKey(key)
    }

    // MARK: Filters, switch, flow control

    func writeFilters(_ entry: RegisterMap.Entry, _ value: UInt32) -> RegisterEffects {
        registers.write(entry, value)
        switch entry.name {
        case .RAL, .RAH:
            addressFilter.load(registers)
            return []
        case .VFTA, .MTA: break
        default: queueFilters.load(registers)
        }
        return .receive
    }

    func writeSwitch(_ entry: RegisterMap.Entry, _ value: UInt32) -> RegisterEffects {
        registers.write(entry, value)
        switch entry.name {
        case .VMOLR, .VLVF, .VMRCTL:
            poolFilters.load(registers)
            return []
        default: return .transmit
        }
    }

    func writeFlow(_ entry: RegisterMap.Entry, _ value: UInt32) -> RegisterEffects {
        registers.write(entry, value)
        return .receive
    }

    // MARK: Statistics

    /// The high half of a 64-bit counter; reading it clears both.
    func readStatistic(_ entry: RegisterMap.Entry) -> UInt32 {
        let word = Int(entry.canonicalWord)
        let value = registers[word: word]
        registers[word: word] = 0
        registers[word: word - 1] = 0
        return value
    }

    // MARK: Resets

    /// Puts what the data path keeps besides its registers into reset state.
    func resetDataPath() {
        for queue in 0..<16 { resetTransmitQueue(queue) }
        doorbells = 0
        rates.reset()
        flow = FlowControl()
        // Frames held for descriptors that are gone are gone too, like the packet buffer's contents.
        uplinkBatch.removeAll()
        laterBatch.removeAll()
        segmentBatch.removeAll()
        packetBuffer.removeAll()
        receive = Receive()
        storm = StormControl()
        wantsFrames = true
    }

    /// Takes over what registers say that were written without ``writeRegister(_:_:)``.
    func loadDataPath() {
        updateRSSKey()
        poolFilters.load(registers)
        queueFilters.load(registers)
    }

    /// Puts a station address into RAL[0] and RAH[0].
    func loadStationAddress(_ address: MACAddress) {
        let (low, high) = address.registerWords
        registers[word: AddressFilter.word(0)] = low
        registers[word: AddressFilter.word(0) + 1] = high | 1 << 31
        addressFilter.load(registers)
    }
}
