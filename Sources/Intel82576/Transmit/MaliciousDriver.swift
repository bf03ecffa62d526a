// Malicious driver detection. With DTXCTL.MDP_EN a packet that no driver should post stops its queue: the head stays on
// it, MDFB shows the queue, WVBR tells of it in its upper half, LVMMC says what was wrong with whom, and DOUTSYNC is
// raised. Writing MDFB's bit releases the queue; so does a reset of its VF, after which the PF has to let it send again
// anyway. With OOS_EN alone such a packet is dropped, as it always is without MDP_EN, and reported.
//
// Which bits say what is from FreeBSD's driver (bits 4:2 of LVMMC block, 19:16 is the queue, WVBR 31:16 the blocked queues)
// and Intel's own (MDFB bits are cleared by writing ones); that spoofing is in bits 1:0 is a guess.

extension Port {
    private static let freeBlock = 0x3558 / 4
    private static let wrongBehaviour = 0x3554 / 4

    /// Malicious driver detection stopped the queue.
    @inline(__always)
    func isBlocked(_ queue: Int) -> Bool { registers[word: Self.freeBlock] &>> UInt32(queue) & 1 != 0 }

    /// `queue` has a packet that cannot be sent. What becomes of it then is the caller's business.
    func reportMalformed(_ queue: Int) {
        transmit.drops.malformed &+= 1
        let control = registers[DTXCTL.self]
        guard control.blocksMalicious || control.reportsOutOfSync else { return }
        registers[LVMMC.self] = LVMMC(.malformed, queue: queue)
        if control.blocksMalicious {
            registers[word: Self.freeBlock] |= 1 &<< UInt32(queue)
            registers[word: Self.wrongBehaviour] |= 1 &<< UInt32(queue + 16)
        }
        interrupts.raise(.outOfSync)
    }

    /// A frame of `queue` failed an anti-spoof check.
    func reportSpoof(_ cause: LVMMC.Cause, _ queue: Int) {
        self.switch.spoofed &+= 1
        add(1, to: Statistic.SSVPC)
        registers[word: Self.wrongBehaviour] |= 1 &<< UInt32(queue)
        registers[LVMMC.self] = LVMMC(cause, queue: queue)
        if registers[DTXCTL.self].interruptsOnSpoof { interrupts.raise(.outOfSync) }
    }

    /// The queue's VF was reset.
    func unblock(_ queue: Int) { registers[word: Self.freeBlock] &= ~(1 &<< UInt32(queue)) }
}
