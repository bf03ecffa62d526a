// SPDX-License-Identifier: Apache-2.0

// What is counted of frames that end here, and what the observer of frames is told of received ones. A queue that it wants to
// see has no shortcut.

/// A copy of a frame that was to be written to a queue.
struct ReceivedCopy {
    let frame: ReceivedFrame
    let report: ReceiveReport
    let choice: QueueChoice
    /// How it was divided; `nil` if it could not be written.
    let split: HeaderSplit?
    let pool: Int?

    init(_ frame: ReceivedFrame, _ report: ReceiveReport, _ choice: QueueChoice, _ split: HeaderSplit?, pool: Int?) {
        (self.frame, self.report, self.choice, self.split, self.pool) = (frame, report, choice, split, pool)
    }
}

extension Receive {
    /// Counts a frame that ends here, and tells the observer of it, if there is one.
    @inline(never)
    func note(_ reason: DropReason, _ batch: borrowing FrameBatch, _ index: Int, queue: Int? = nil, pool: Int? = nil) {
        drops.count(reason, queue: queue, function: (queue ?? pool).map(owners.owner))
        guard let observer else { return }
        observer.observe(sighting(.dropped(reason), batch[index], queue: queue, pool: pool), batch, index)
    }

    /// A copy of a frame for each of `pools` ends here.
    @inline(never)
    func note(_ reason: DropReason, _ batch: borrowing FrameBatch, _ index: Int, pools: PoolSet) {
        var left = pools
        while left != 0 {
            note(reason, batch, index, pool: left.trailingZeroBitCount)
            left &= left &- 1
        }
    }

    /// Counts a frame for `queue` that could not be written.
    @inline(never)
    func countUnwritten(_ frame: ReceivedFrame, _ queue: Int) {
        unwritten[queue].count(frame.length)
        drops.count(.unwritable, queue: queue, function: owners.owner(of: queue))
    }

    /// Tells the observer what has become of a frame that had a queue with room. One that could not be written was counted.
    @inline(never)
    func tell(_ copy: ReceivedCopy, _ batch: borrowing FrameBatch) {
        let (index, queue) = (copy.frame.index, copy.choice.queue)
        let place = copy.split == nil ? FrameSighting.Place.dropped(.unwritable) : .received
        guard let observer, copy.split == nil || lanes[queue].isWatched else { return }
        var sighting = sighting(place, batch[index], queue: queue, pool: copy.pool)
        if copy.split != nil { sighting.receive = ReceiveOffloads(copy) }
        observer.observe(sighting, batch, index)
    }

    private func sighting(
        _ place: FrameSighting.Place, _ frame: FrameBatch.Frame, queue: Int?, pool: Int?
    ) -> FrameSighting {
        FrameSighting(place, owners, queue: queue, pool: pool, sender: frame.sourcePool.map { Int($0) })
    }
}

extension ReceiveOffloads {
    fileprivate init(_ copy: ReceivedCopy) {
        self.init(rule: QueueRule(copy.choice, pool: copy.pool))
        let status = copy.report.status
        if status.contains(.vlanStripped) { strippedTag = copy.report.vlanTag }
        hasRightIPChecksum = status.isRight(.ipChecked, .ipError)
        hasRightTransportChecksum = status.isRight(.transportChecked, .transportError)
        headerLength = copy.split?.headerCount ?? 0
        isStamped = status.contains(.stamped)
        isInexact = status.contains(.inexactFilter)
        isUrgent = status.contains(.lowLatency)
    }
}

extension ReceiveStatus {
    /// Whether a checksum is right; `nil` if it was not checked.
    fileprivate func isRight(_ checked: ChecksumReport, _ error: ChecksumReport) -> Bool? {
        rawValue & checked.rawValue == 0 ? nil : rawValue & error.rawValue == 0
    }
}

extension QueueRule {
    fileprivate init(_ choice: QueueChoice, pool: Int?) {
        let type = RSS.HashType(rawValue: UInt8(truncatingIfNeeded: choice.spread & 0xF)) ?? .none
        if let steering = choice.steering {
            self = steering.rule
        } else if type != .none {
            self = .rss(hash: UInt32(truncatingIfNeeded: choice.spread &>> 32), type: type)
        } else {
            self = pool == nil ? .defaultQueue : .pool
        }
    }
}
