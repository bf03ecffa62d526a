// SPDX-License-Identifier: Apache-2.0

/// Done descriptors of the transmit queues that are not written back yet, because TXDCTL.WTHRESH asks for more of them
/// at once. They are written when there are enough, when EITR's interval has passed since the first, when software asks
/// (TXDCTL.SWFLSH), and when the queue is disabled. Datasheet 7.2.2.5; I210 7.2.2.6.
struct WriteBacks: ~Copyable {
    /// WTHRESH has five bits.
    private static let limit = 32

    struct Waiting: BitwiseCopyable {
        var count = 0
        /// When they are written at the latest, in clock nanoseconds.
        var deadline: UInt64 = 0
    }

    /// The last doubleword of each as written back; 0 for a context descriptor, which is not.
    private let words = FixedBuffer<UInt32>(repeating: 0, count: 16 * limit)
    private let waiting = FixedBuffer<Waiting>(repeating: Waiting(), count: 16)
    /// Queues with any, a bit each.
    private(set) var queues: UInt32 = 0

    subscript(queue: Int) -> Waiting { waiting[queue & 15] }
    func word(_ queue: Int, _ index: Int) -> UInt32 { words[(queue & 15) &* Self.limit &+ index & (Self.limit - 1)] }

    /// Adds one. How many of the queue wait now.
    mutating func add(_ word: UInt32, of queue: Int) -> Int {
        var entry = waiting[queue & 15]
        words[(queue & 15) &* Self.limit &+ entry.count & (Self.limit - 1)] = word
        entry.count = min(entry.count &+ 1, Self.limit)
        waiting[queue & 15] = entry
        queues |= 1 &<< UInt32(truncatingIfNeeded: queue & 15)
        return entry.count
    }

    mutating func setDeadline(_ deadline: UInt64, of queue: Int) { waiting[queue & 15].deadline = deadline }

    mutating func forget(_ queue: Int) {
        waiting[queue & 15] = Waiting()
        queues &= ~(1 &<< UInt32(truncatingIfNeeded: queue & 15))
    }

    var nextDeadline: UInt64? {
        guard queues != 0 else { return nil }
        var (left, earliest) = (queues, UInt64.max)
        while left != 0 {
            earliest = min(earliest, waiting[left.trailingZeroBitCount].deadline)
            left &= left &- 1
        }
        return earliest
    }
}

extension Transmit {
    /// Reports the descriptors of the run that are done with to the driver, and moves TDH past them.
    mutating func writeBack(_ interrupts: inout Interrupts, now: () -> UInt64) {
        let headAddress = registers[TDWBAL.self, run.queue]
        // More than the ring holds would never come together.
        let threshold = min(registers[TXDCTL.self, run.queue].writeBackThreshold, run.ring.count - 1)
        if headAddress.isHeadWriteBack {
            writeHead(headAddress, &interrupts)
        } else if threshold > 1 {
            writeBatches(threshold, &interrupts, now: now)
        } else {
            writeDescriptors(&interrupts)
        }
    }

    /// DD in each descriptor with RS; the queue's cause if there was one.
    private mutating func writeDescriptors(_ interrupts: inout Interrupts) {
        let ring = run.ring
        let window = RingWindow(ring, in: run.ranges)
        var (isReported, head) = (false, ring.head)
        for index in 0..<run.consumed {
            let control = descriptors[index].control
            if control.isReported {
                isReported = true
                if let window {
                    window.storeStatus(control.writtenBack, at: head)
                } else {
                    storeStatus(control.writtenBack, at: ring.address(head), of: run.queue)
                }
            }
            head = ring.advanced(head)
        }
        moveHead(to: head)
        if isReported { interrupts.raiseTransmit(run.queue) }
    }

    private mutating func storeStatus(_ status: UInt32, at descriptor: UInt64, of queue: Int) {
        if !owners.memory(of: queue).storeDoubleword(status, at: descriptor &+ 12) { countRingFault(queue) }
    }

    /// TDH in memory in place of all DD bits.
    private mutating func writeHead(_ address: TDWBAL, _ interrupts: inout Interrupts) {
        var isReported = address.isWrittenOnTimer
        for index in 0..<run.consumed where descriptors[index].control.isReported { isReported = true }
        moveHead(to: run.ring.advanced(run.ring.head, by: run.consumed))
        guard isReported else { return }
        let high = UInt64(registers[TDWBAH.self, run.queue].raw) << 32
        let isWritten = owners.memory(of: run.queue).storeDoubleword(
            UInt32(truncatingIfNeeded: run.ring.head), at: high | UInt64(address.address))
        if !isWritten { countRingFault(run.queue) }
        interrupts.raiseTransmit(run.queue)
    }

    private mutating func moveHead(to head: Int) {
        run.ring.head = head
        registers[TDH.self, run.queue].raw = UInt32(truncatingIfNeeded: head)
    }
}

// MARK: WTHRESH

extension Transmit {
    /// DD in all data descriptors, with RS or not, `threshold` descriptors at a time. Without an interval of EITR to
    /// wait for, the rest is written too.
    private mutating func writeBatches(_ threshold: Int, _ interrupts: inout Interrupts, now: () -> UInt64) {
        let queue = run.queue
        for index in 0..<run.consumed {
            let control = descriptors[index].control
            run.ring.head = run.ring.advanced(run.ring.head)
            let isFirst = writeBacks[queue].count == 0
            let count = writeBacks.add(control.kind == .context ? 0 : control.writtenBack, of: queue)
            if count >= threshold {
                writeBatch(queue, run.ring, &interrupts)
            } else if isFirst {
                writeBacks.setDeadline(now() &+ (interrupts.transmitInterval(queue) ?? 0), of: queue)
            }
        }
        moveHead(to: run.ring.head)
        if writeBacks[queue].count > 0, writeBacks[queue].deadline <= now() {
            writeBatch(queue, run.ring, &interrupts)
        }
    }

    /// Writes what waits, up to the head of `ring`.
    private mutating func writeBatch(_ queue: Int, _ ring: Ring, _ interrupts: inout Interrupts) {
        let count = writeBacks[queue].count
        defer { writeBacks.forget(queue) }
        guard count > 0, count < ring.count else { return }
        for index in 0..<count {
            let word = writeBacks.word(queue, index)
            let position = ring.advanced(ring.head, by: ring.count &- count &+ index)
            if word != 0 { storeStatus(word, at: ring.address(position), of: queue) }
        }
        interrupts.raiseTransmit(queue)
    }

    /// Writes what waits of `queue` now.
    mutating func flushWriteBack(_ queue: Int, _ interrupts: inout Interrupts) {
        guard writeBacks[queue].count > 0 else { return }
        guard owners.isMaster(of: queue), let ring = registers.transmitRing(queue) else {
            return writeBacks.forget(queue)
        }
        writeBatch(queue, ring, &interrupts)
    }

    /// Writes what has waited for EITR's interval.
    mutating func runWriteBacks(_ interrupts: inout Interrupts, now: () -> UInt64) {
        var queues = writeBacks.queues
        guard queues != 0 else { return }
        let now = now()
        while queues != 0 {
            let queue = queues.trailingZeroBitCount
            queues &= queues &- 1
            if writeBacks[queue].deadline <= now { flushWriteBack(queue, &interrupts) }
        }
    }
}
