// SPDX-License-Identifier: Apache-2.0

@testable import Intel82576

// Pools, filters, interrupts, time: what a PF's driver sets up, of values that mostly mean something.

extension Script {
    private typealias Offset = PhysicalFunctionConfiguration.Offset

    mutating func setUp(_ operation: Operation) {
        let guest = bench.physical
        switch operation {
        case .setUpPools: setUpPools(guest)
        case .setUpPool: setUpPool(guest)
        case .setUpAddress: setUpAddress(guest)
        case .setUpVLAN: setUpVLAN(guest)
        case .setUpSpreading: setUpSpreading(guest)
        case .setUpFilters: setUpFilters(guest)
        case .setUpInterrupts: setUpInterrupts(self.guest())
        case .setUpTime: setUpTime(guest)
        case .setUpLowLatency: setUpLowLatency(guest)
        default: setUpLimits(guest)
        }
    }

    /// VMDq with the switch, all pools on.
    private mutating func setUpPools(_ guest: Guest) {
        let options = input.byte()
        var control = VT_CTL(raw: 0)
        control.defaultPool = Int(options & 7)
        (control.ignoresMAC, control.replicates) = (options & 0x10 != 0, options & 0x20 == 0)
        control.hasNoDefaultPool = options & 8 != 0
        guest[VT_CTL.self] = control
        guest[raw: MRQC.self] = options & 0x40 != 0 ? 5 : 3
        guest[raw: VFRE.self] = 0xFF ^ UInt32(input.byte() & 0x11)
        guest[raw: VFTE.self] = 0xFF ^ UInt32(input.byte() & 0x11)
        var loopback = DTXSWC(raw: UInt32(input.byte()) | UInt32(input.byte()) << 8 | UInt32(input.byte()) << 16)
        loopback.isEnabled = options & 0x80 == 0
        guest[DTXSWC.self] = loopback
        acceptOrdinaryFrames(guest)
    }

    /// Each pool takes what is for its VF's address, and broadcast; the PF's pool is the last.
    private func acceptOrdinaryFrames(_ guest: Guest) {
        for number in bench.guests.indices {
            setAddress(guest, number, Bench.address(of: number), pools: number == 0 ? 0x80 : 1 << UInt32(number - 1))
        }
        for pool in 0..<8 {
            var offload = VMOLR(raw: 0)
            (offload.acceptsUntagged, offload.acceptsBroadcast, offload.stripsCRC) = (true, true, true)
            guest[VMOLR.self, pool] = offload
        }
    }

    private mutating func setUpPool(_ guest: Guest) {
        let (pool, options) = (Int(input.byte() & 7), input.byte())
        switch options & 3 {
        case 0: guest[raw: VMOLR.self, pool] = input.value32() | 1 << 24
        case 1:
            guest[raw: VMVIR.self, pool] = UInt32(options >> 2 & 3) << 30 | UInt32(input.byte() & 7)
        case 2:
            var rule = VMRCTL(raw: UInt32(options >> 2 & 15))
            rule.destination = Int(options >> 6)
            guest[VMRCTL.self, pool & 3] = rule
            guest[raw: VMRVLAN.self, pool & 3] = input.registerValue()
            guest[raw: VMRVM.self, pool & 3] = UInt32(input.byte())
        default:
            guest[raw: RPLOLR.self] = input.registerValue()
            guest[raw: PSRTYPE.self, pool] = input.value32()
        }
    }

    private func setAddress(_ guest: Guest, _ index: Int, _ address: MACAddress, pools: UInt32) {
        let (low, high) = address.registerWords
        guest[raw: RAL.self, index] = low
        guest[raw: RAH.self, index] = high | pools << 18 | 1 << 31
    }

    private mutating func setUpAddress(_ guest: Guest) {
        let (code, pools) = (input.byte(), UInt32(input.byte()))
        switch code >> 5 {
        case 0: guest[raw: MTA.self, input.number(below: MTA.count)] = input.registerValue()
        case 1: guest[raw: UTA.self, input.number(below: UTA.count)] = input.registerValue()
        case 2: enableReceive(guest)
        default: setAddress(guest, Int(code & 15), Bench.address(of: Int(code >> 4 & 3)), pools: pools)
        }
    }

    private mutating func setUpVLAN(_ guest: Guest) {
        let (code, pools) = (input.byte(), input.byte())
        var entry = VLVF(raw: UInt32(code & 7))
        (entry.isEnabled, entry.isLocal) = (true, code & 8 != 0)
        entry.pools = PoolSet(pools)
        guest[VLVF.self, Int(code >> 4)] = entry
        guest[raw: VFTA.self] = UInt32(input.byte())
        var control = guest[RCTL.self]
        control.raw ^= code & 0x80 != 0 ? 1 << 18 : 0  // VFE
        guest[RCTL.self] = control
        guest[raw: CTRL.self] ^= code & 0x40 != 0 ? 1 << 30 : 0  // VME
        guest[raw: VET.self] = code & 0x20 != 0 ? 0x88A8_8100 : 0x8100_8100
        guest[raw: CTRL_EXT.self] = code & 0x10 != 0 ? 1 << 26 : 0  // EXTENDED_VLAN
    }

    private mutating func setUpSpreading(_ guest: Guest) {
        let options = input.byte()
        guest[raw: MRQC.self] = UInt32(options & 7) | UInt32(input.value16()) << 16
        for index in 0..<RETA.count where index % 4 == 0 || options & 8 != 0 {
            guest[raw: RETA.self, index] = UInt32(options >> 4) &* 0x0101_0101 &+ UInt32(index & 7)
        }
        // Each word that is written has tables made anew.
        for index in 0..<RSSRK.count where guest[raw: RSSRK.self, index] == 0 {
            guest[raw: RSSRK.self, index] = 0x0123_4567 &* UInt32(index + 1)
        }
        guest[raw: RXCSUM.self] = UInt32(input.value16())
    }

    private mutating func setUpFilters(_ guest: Guest) {
        let (code, index) = (input.byte(), Int(input.byte() & 7))
        switch code & 7 {
        case 0:
            guest[raw: ETQF.self, index] =
                UInt32(input.pick([0x88F7, 0x0800, 0x88B5] as [UInt16])) | UInt32(input.value16()) << 16 | 1 << 26
        case 1:
            guest[raw: FTQF.self, index] = input.value32()
            guest[raw: SAQF.self, index] = 0x0A00_0000 | UInt32(input.byte() & 3)
            guest[raw: DAQF.self, index] = 0x0A00_0000 | UInt32(input.byte() & 3)
            guest[raw: SPQF.self, index] = 80
        case 2:
            guest[raw: IMIR.self, index] = 80 | UInt32(input.value16()) << 16
            guest[raw: IMIREXT.self, index] = input.value32()
            guest[raw: IMIRVP.self] = UInt32(input.byte())
        case 3: guest[raw: SYNQF.self] = UInt32(input.byte()) | 1
        case 4: guest[raw: RFCTL.self] = input.registerValue()
        case 5: guest[raw: RLPML.self] = UInt32(input.value16())
        case 6:
            guest[raw: PSRTYPE.self, index] = input.value32()
        default: guest[raw: RXPBS.self] = UInt32(input.byte())
        }
    }

    private mutating func setUpInterrupts(_ guest: Guest) {
        let options = input.byte()
        let (index, value) = (Int(input.byte()), input.registerValue())
        guest.configure(at: Offset.msix + 2, width: 2, options & 1 != 0 ? 0x8000 : 0)
        if guest.number == 0 {
            guest.configure(at: Offset.msi + 2, width: 2, options & 2 != 0 ? 1 : 0)
            // LL_Interval
            let credits = UInt32(index & 31) << 7
            guest[raw: GPIE.self] = credits | (options & 4 != 0 ? 0xC000_0011 : UInt32(options >> 3))
            guest[raw: IVAR.self, index & 7] = value
            guest[raw: IVAR_MISC.self] = 0x8000 | UInt32(index)
            guest[raw: EIAC.self] = options & 8 != 0 ? .max : 0
            guest[raw: EIAM.self] = options & 16 != 0 ? .max : 0
            guest[raw: EIMS.self] = .max
            guest[raw: IMS.self] = .max
            guest[raw: EITR.self, index % EITR.count] = UInt32(input.value16()) | UInt32(index & 31) << 16
            if options & 32 != 0 { guest[raw: EICS.self] = value }
        } else {
            guest[raw: IVAR.self] = options & 2 != 0 ? 0x8180_8180 : value
            guest[raw: IVAR_MISC.self] = UInt32(index)
            guest[raw: PVTEIAC.self] = UInt32(options >> 5)
            guest[raw: PVTEIMS.self] = 7
            guest[raw: EITR.self, index & 1] = UInt32(input.value16()) | UInt32(index & 31) << 16
        }
        _ = guest[raw: ICR.self]
        bench.run(after: 100_000)
    }

    /// Any frame interrupts at once, by a vector that has moderation and credits.
    private mutating func setUpLowLatency(_ guest: Guest) {
        let (code, filter) = (input.byte(), Int(input.byte() & 7))
        guest.configure(at: Offset.msix + 2, width: 2, 0x8000)
        // Multiple_MSIX; LL_Interval
        guest[raw: GPIE.self] = 1 << 4 | UInt32(code & 31) << 7
        let vector = UInt32(code >> 5 & 3)
        for index in 0..<IVAR.count { guest[raw: IVAR.self, index] = (0x80 | vector) &* 0x0101_0101 }
        guest[raw: EIMS.self] = .max
        guest[raw: FTQF.self, filter] = 0xF000_8000
        (guest[raw: IMIR.self, filter], guest[raw: IMIREXT.self, filter]) = (3 << 16, 1 << 12 | 1 << 19)
        var moderation = EITR(raw: UInt32(input.value16() & 0x7FFC) | UInt32(input.byte() & 31) << 16)
        moderation.rationsLowLatency = code & 0x80 == 0
        guest[EITR.self, Int(vector)] = moderation
    }

    private mutating func setUpTime(_ guest: Guest) {
        let options = input.byte()
        guest[raw: TIMINCA.self] = input.registerValue()
        guest[raw: TSYNCTXCTL.self] = options & 1 != 0 ? 1 << 4 : 0
        guest[raw: TSYNCRXCTL.self] = 1 << 4 | UInt32(options >> 1 & 7) << 1
        guest[raw: TSYNCRXCFG.self] = UInt32(input.value16())
        guest[raw: TCPTIMER.self] = options & 16 != 0 ? UInt32(input.value16()) << 8 | UInt32(input.byte()) : 0
        guest[raw: WDSTP.self] = options & 32 != 0 ? UInt32(input.byte()) << 16 | 1 : 0
        for _ in 0..<Int(options >> 6) {
            _ = (guest[raw: TXSTMPH.self], guest[raw: RXSATRH.self], guest[raw: SYSTIML.self])
        }
    }

    private mutating func setUpLimits(_ guest: Guest) {
        let options = input.byte()
        switch options & 3 {
        case 0:
            guest[raw: RTTDQSEL.self] = UInt32(options >> 4)
            guest[raw: RTTBCNRC.self] = input.registerValue() | UInt32(options & 4) << 29
        case 1:
            guest[raw: DTXCTL.self] = input.registerValue()
            guest[raw: MDFB.self] = UInt32(input.value16())
        case 2:
            guest[raw: FCRTH.self] = UInt32(input.value16())
            guest[raw: FCRTL.self] = UInt32(input.value16()) | 1 << 31
            guest[raw: FCTTV.self] = UInt32(input.byte())
            guest[raw: CTRL.self] |= UInt32(options >> 2 & 3) << 27
        default:
            guest[raw: SCCRL.self] = input.registerValue()
            guest[raw: BSCTRH.self] = UInt32(input.byte())
            guest[raw: MSCTRH.self] = UInt32(input.byte())
            guest[raw: SCBI.self] = UInt32(input.value16())
        }
    }
}
