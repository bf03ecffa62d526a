// What the data path asks of the blocks that are parts of their own.

extension Port {
    // MARK: Time stamps. They belong to the PF, which alone can read them: a frame that a VF asks to have stamped, or that
    // only VFs receive, takes none. Others would let a VF keep the PF from synchronising its clock.

    /// The status bits of a frame about to be written to `queue`: TS, bit 16, when its stamp was taken.
    /// - Parameter isMarked: a filter with its 1588 bit matched.
    @inline(__always)
    func stampReceived(
        _ batch: borrowing FrameBatch, _ frame: ReceivedFrame, _ queue: Int, isMarked: Bool
    ) -> UInt32 {
        guard time.stampsReceived, !frame.isLoopback, queue & 7 >= enabledVirtualFunctions else { return 0 }
        let isStamped = time.stampReceived(
            batch.header(of: frame.index), frame.headers, isMarked: isMarked,
            arrival: isLoopback ? clock() : receive.arrival)
        return isStamped ? 1 << 16 : 0
    }

    /// A packet of `queue` is in the batch whose stamp its driver wants.
    func requestStamp(_ queue: Int) {
        if time.stampsTransmitted, queue & 7 >= enabledVirtualFunctions { transmit.isStampRequested = true }
    }

    /// Takes the stamp of the batch about to leave.
    func stampTransmitted() {
        transmit.isStampRequested = false
        time.stampTransmitted(now: clock())
    }
}
