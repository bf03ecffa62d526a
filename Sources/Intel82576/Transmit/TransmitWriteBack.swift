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

extension Port {
    /// Reports the first `consumed` fetched descriptors to the driver as done, and moves TDH past them.
    func writeBack(_ queue: Int, _ consumed: Int, _ ring: inout Ring) {
        let headAddress = registers[TDWBAL.self, queue]
        // More than the ring holds would never come together.
        let threshold = min(registers[TXDCTL.self, queue].writeBackThreshold, ring.count - 1)
        if headAddress.isHeadWriteBack {
            writeHead(queue, consumed, &ring, headAddress)
        } else if threshold > 1 {
            writeBatches(queue, consumed, &ring, threshold)
        } else {
            writeDescriptors(queue, consumed, &ring)
        }
    }

    /// DD in each descriptor with RS; the queue's cause if there was one.
    private func writeDescriptors(_ queue: Int, _ consumed: Int, _ ring: inout Ring) {
        let memory = memory(of: queue)
        let window = RingWindow(ring, in: memory.table)
        var (isReported, head) = (false, ring.head)
        for index in 0..<consumed {
            let control = transmitDescriptors[index].control
            if control.isReported {
                isReported = true
                if let window {
                    window.storeStatus(control.writtenBack, at: head)
                } else if !memory.storeDoubleword(control.writtenBack, at: ring.address(head) &+ 12) {
                    transmit.drops.ringFaults &+= 1
                }
            }
            head = ring.advanced(head)
        }
        ring.head = head
        store(head, asHeadOf: queue)
        if isReported { interrupts.raiseTransmit(queue) }
    }

    /// TDH in memory in place of all DD bits.
    private func writeHead(_ queue: Int, _ consumed: Int, _ ring: inout Ring, _ address: TDWBAL) {
        var isReported = address.isWrittenOnTimer
        for index in 0..<consumed {
            let control = transmitDescriptors[index].control
            if control.isReported { isReported = true }
        }
        ring.head = ring.advanced(ring.head, by: consumed)
        store(ring.head, asHeadOf: queue)
        guard isReported else { return }
        let high = UInt64(registers[word: (0xE03C + 0x40 * queue) / 4]) << 32
        let isWritten = memory(of: queue).storeDoubleword(
            UInt32(truncatingIfNeeded: ring.head), at: high | UInt64(address.address))
        if !isWritten { transmit.drops.ringFaults &+= 1 }
        interrupts.raiseTransmit(queue)
    }

    private func store(_ head: Int, asHeadOf queue: Int) {
        registers[word: (0xE010 + 0x40 * queue) / 4] = UInt32(truncatingIfNeeded: head)
    }

    // MARK: WTHRESH

    /// DD in all data descriptors, with RS or not, `threshold` descriptors at a time. Without an interval of EITR to
    /// wait for, the rest is written too.
    private func writeBatches(_ queue: Int, _ consumed: Int, _ ring: inout Ring, _ threshold: Int) {
        for index in 0..<consumed {
            let control = transmitDescriptors[index].control
            ring.head = ring.advanced(ring.head)
            let isFirst = writeBacks[queue].count == 0
            let count = writeBacks.add(control.kind == .context ? 0 : control.writtenBack, of: queue)
            if count >= threshold {
                writeBatch(queue, ring)
            } else if isFirst {
                writeBacks.setDeadline(clock() &+ (interrupts.transmitInterval(queue) ?? 0), of: queue)
            }
        }
        store(ring.head, asHeadOf: queue)
        if writeBacks[queue].count > 0, writeBacks[queue].deadline <= clock() { writeBatch(queue, ring) }
    }

    /// Writes what waits, up to the head of `ring`.
    private func writeBatch(_ queue: Int, _ ring: Ring) {
        let count = writeBacks[queue].count
        defer { writeBacks.forget(queue) }
        guard count > 0, count < ring.count else { return }
        let memory = memory(of: queue)
        for index in 0..<count {
            let word = writeBacks.word(queue, index)
            let position = ring.advanced(ring.head, by: ring.count &- count &+ index)
            if word != 0, !memory.storeDoubleword(word, at: ring.address(position) &+ 12) {
                transmit.drops.ringFaults &+= 1
            }
        }
        interrupts.raiseTransmit(queue)
    }

    /// Writes what waits of `queue` now.
    func flushWriteBack(_ queue: Int) {
        guard writeBacks[queue].count > 0 else { return }
        guard isMaster(of: queue), let ring = registers.ring(at: 0xE000 + 0x40 * queue) else {
            return writeBacks.forget(queue)
        }
        writeBatch(queue, ring)
    }

    /// Writes what has waited for EITR's interval.
    func runWriteBacks() {
        var queues = writeBacks.queues
        guard queues != 0 else { return }
        let now = clock()
        while queues != 0 {
            let queue = queues.trailingZeroBitCount
            queues &= queues &- 1
            if writeBacks[queue].deadline <= now { flushWriteBack(queue) }
        }
    }
}
