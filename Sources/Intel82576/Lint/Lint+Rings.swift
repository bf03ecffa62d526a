// SPDX-License-Identifier: Apache-2.0

// The registers of descriptor rings, receive and transmit.

extension MisuseRule {
    static let rings: Group = [
        .ringBaseUnaligned: Definition(
            "sets the base of a ring to an address that is no multiple of 128",
            right: "align rings to 128 bytes: bits 6:0 are ignored", section: "8.10, 8.12"),
        .ringLengthUnaligned: Definition(
            "sets the length of a ring to bytes that are no multiple of 128",
            right: "give rings a multiple of 8 descriptors", section: "8.10, 8.12"),
        .ringChangedWhileEnabled: Definition(
            "changes base or length of a ring that is being served",
            right: "clear ENABLE in RXDCTL or TXDCTL first, and wait until it reads as zero", section: "4.5",
            passes: """
                A queue that is enabled without a ring, or while RCTL.RXEN or TCTL.EN is off: queue 0 comes out of reset \
                enabled, and DPDK and iPXE set it up without disabling it.
                """),
        .headWrittenWhileEnabled: Definition(
            "moves the head of a ring that is being served",
            right: "leave the head to the chip; set it to 0 while the queue is disabled", section: "8.10, 8.12",
            passes: "A write of the value that it has, which DPDK and iPXE do."),
        .queueWithoutRing: Definition(
            "enables a queue whose ring has no length",
            right: "set base and length first", section: "4.5"),
        .tailOutsideRing: Definition(
            "sets a tail to a descriptor that the ring does not have",
            right: "wrap the tail at the length of the ring", section: "8.10, 8.12"),
        .tailWhileDisabled: Definition(
            "hands descriptors to a queue that is disabled",
            right: "set ENABLE, wait until it reads as one, and then move the tail", section: "4.5",
            passes: "A tail that equals the head, with which Linux igb and igbvf begin."),
        .tailPassesHead: Definition(
            "moves a tail backwards, or past the head: descriptors are handed over that the chip still has",
            right: "hand over descriptors that the chip is done with, and leave one between tail and head",
            section: "7.1.4, 7.2.3"),
        .busMasterOff: Definition(
            "enables a queue or hands descriptors over while the function may not send requests",
            right: "set Bus Master Enable in the command register, and clear CTRL.GIO_MASTER_DISABLE, before",
            section: "4.5"),
    ]
}

extension Lint {
    /// A queue as its registers have it before the access.
    struct QueueState {
        var isEnabled: Bool
        var byteCount: Int
        var head: Int
        var tail: Int
        /// The chip uses the ring.
        var isServed: Bool

        var count: Int { byteCount / Ring.descriptorSize }

        /// Steps from one descriptor to another.
        func distance(from first: Int, to second: Int) -> Int {
            second >= first ? second - first : second - first + count
        }
    }

    func state(of queue: Int, transmits: Bool) -> QueueState {
        let isEnabled = transmits ? registers[TXDCTL.self, queue].isEnabled : registers[RXDCTL.self, queue].isEnabled
        let byteCount = transmits ? registers[TDLEN.self, queue].byteCount : registers[RDLEN.self, queue].byteCount
        let isOn = transmits ? registers[TCTL.self].isEnabled : registers[RCTL.self].isEnabled
        return QueueState(
            isEnabled: isEnabled, byteCount: byteCount,
            head: transmits ? registers[TDH.self, queue].index : registers[RDH.self, queue].index,
            tail: transmits ? registers[TDT.self, queue].index : registers[RDT.self, queue].index,
            isServed: isEnabled && byteCount > 0 && isOn)
    }

    func checkRings(_ use: RegisterUse) {
        switch use.name {
        case .RDBAL, .TDBAL: checkBase(use)
        case .RDBAH, .TDBAH: checkUnchanged(use, use.value)
        case .RDLEN, .TDLEN: checkLength(use)
        case .RDH, .TDH: checkHead(use)
        case .RDT, .TDT: checkTail(use)
        case .RXDCTL, .TXDCTL: checkEnable(use)
        default: break
        }
    }

    private func state(_ use: RegisterUse) -> QueueState { state(of: use.element, transmits: use.isTransmitQueue) }

    private func stored(_ use: RegisterUse) -> UInt32 { registers[word: Int(use.entry.canonicalWord)] }

    private func checkBase(_ use: RegisterUse) {
        if use.value & 0x7F != 0 {
            report(.ringBaseUnaligned, use, field: "bits 6:0", "set \(use.label) to \(Self.hex(use.value))")
        }
        checkUnchanged(use, use.value & ~0x7F)
    }

    private func checkLength(_ use: RegisterUse) {
        if use.value & 0x7F != 0 {
            report(.ringLengthUnaligned, use, field: "bits 6:0", "set \(use.label) to \(use.value) bytes")
        }
        checkUnchanged(use, use.value)
    }

    private func checkUnchanged(_ use: RegisterUse, _ value: UInt32) {
        guard state(use).isServed, stored(use) != value else { return }
        report(
            .ringChangedWhileEnabled, use,
            "changed \(use.label) from \(Self.hex(stored(use))) to \(Self.hex(value)) while the queue is served")
    }

    private func checkHead(_ use: RegisterUse) {
        guard state(use).isServed, stored(use) != use.value else { return }
        report(
            .headWrittenWhileEnabled, use, "set \(use.label) to \(use.value) while the queue is served")
    }

    private func checkTail(_ use: RegisterUse) {
        let (state, tail) = (state(use), Int(use.value & 0xFFFF))
        guard tail < state.count else {
            guard tail != 0 else { return }
            return report(.tailOutsideRing, use, "set \(use.label) to \(tail) in a ring of \(state.count) descriptors")
        }
        guard state.isEnabled else {
            guard tail != state.head else { return }
            return report(.tailWhileDisabled, use, "set \(use.label) to \(tail) while the queue is disabled")
        }
        guard state.head < state.count, state.tail < state.count else { return }
        if tail != state.tail { checkMaster(use) }
        let free = state.count - 1 - state.distance(from: state.head, to: state.tail)
        guard state.distance(from: state.tail, to: tail) > free else { return checkPostings(use, state, tail) }
        report(
            .tailPassesHead, use,
            "moved \(use.label) from \(state.tail) to \(tail) with the head at \(state.head) of \(state.count)")
    }

    private func checkEnable(_ use: RegisterUse) {
        let state = state(use)
        guard RXDCTL(raw: use.value).isEnabled, !state.isEnabled else { return }
        if state.byteCount == 0 {
            report(.queueWithoutRing, use, field: "ENABLE", "enabled queue \(use.element), whose length is 0")
        }
        checkMaster(use)
        checkResetDone(use)
    }

    private func checkMaster(_ use: RegisterUse) {
        guard !port.functions.owners.isMaster(of: use.element) else { return }
        report(.busMasterOff, use, "wrote \(Self.hex(use.value)) to \(use.label) while bus mastering is off")
    }
}
