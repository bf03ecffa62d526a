// SPDX-License-Identifier: Apache-2.0

import Intel82576

/// Frames of one direction of the wire, on their way through the faults that are injected there.
///
/// Each frame is copied once. What waits is bounded (``QueuedFrames``); frames beyond that are dropped and counted.
struct FaultyDirection: ~Copyable {
    /// How long a frame waits to be overtaken, in nanoseconds.
    private static let reorderWait: UInt64 = 10_000_000
    /// Bytes of the Ethernet header, which no bit is changed in: the frame would be for somebody else.
    private static let headerLength = 14

    private let direction: FaultRule.Direction
    private var loss: FaultSequence?
    private var duplicate: FaultSequence?
    private var reorder: FaultSequence?
    private var delay: FaultSequence?
    private var corrupt: FaultSequence?
    private var crcError: FaultSequence?
    /// Frames that go on now.
    var ready = QueuedFrames()
    private var delayed = QueuedFrames()
    /// Frames that the next one overtakes.
    private var overtaken = QueuedFrames()
    private var scratch = FrameBatch()
    /// Frames for which there was no room.
    private(set) var overflows: UInt64 = 0

    init(_ direction: FaultRule.Direction) { self.direction = direction }

    mutating func apply(_ faults: Faults) {
        loss = faults.sequence(.loss, direction: direction)
        duplicate = faults.sequence(.duplicate, direction: direction)
        reorder = faults.sequence(.reorder, direction: direction)
        delay = faults.sequence(.delay, direction: direction)
        corrupt = faults.sequence(.corrupt, direction: direction)
        crcError = faults.sequence(.crcError, direction: direction)
    }

    /// Frames have to pass here: there are faults, or frames of before.
    var isActive: Bool {
        loss != nil || duplicate != nil || reorder != nil || delay != nil || corrupt != nil || crcError != nil
            || !ready.isEmpty || !delayed.isEmpty || !overtaken.isEmpty
    }

    /// When ``release(now:)`` has to be called next, in nanoseconds.
    var nextDeadline: UInt64? {
        guard let delayed = delayed.nextDue else { return overtaken.nextDue }
        return min(delayed, overtaken.nextDue ?? delayed)
    }

    /// Faults of a kind so far.
    func count(_ kind: FaultKind) -> UInt64? {
        switch kind {
        case .loss: loss.count
        case .duplicate: duplicate.count
        case .reorder: reorder.count
        case .delay: delay.count
        case .corrupt: corrupt.count
        case .crcError: crcError.count
        default: nil
        }
    }
}

// MARK: Frames

extension FaultyDirection {
    /// Decides what becomes of frame `index` of `batch`.
    mutating func pass(_ index: Int, of batch: inout FrameBatch, now: UInt64) {
        if loss.strikes() { return }
        if crcError.strikes() {
            // Whoever is at the other end of the wire drops it.
            guard direction == .fromWire else { return }
            batch[index].offload.markDamaged()
        }
        let flipped = flippedBit(index, of: &batch)
        let copies = duplicate.strikes() ? 2 : 1
        if delay.strikes() {
            let due = now &+ (delay?.delay ?? 0)
            for _ in 0..<copies { count(delayed.append(index, of: batch, due: due, flipped: flipped)) }
        } else if reorder.strikes() {
            let due = now &+ Self.reorderWait
            for _ in 0..<copies { count(overtaken.append(index, of: batch, due: due, flipped: flipped)) }
        } else {
            for _ in 0..<copies { count(ready.append(index, of: batch, flipped: flipped)) }
            releaseOvertaken(now: .max)
        }
    }

    private mutating func count(_ isTaken: Bool) { if !isTaken { overflows &+= 1 } }

    /// The bit that is wrong in a frame: of one that the wire damaged, or with its checksum in place so that it shows.
    ///
    /// What is still to be cut gets its checksums later, and none can be made wrong.
    private mutating func flippedBit(_ index: Int, of batch: inout FrameBatch) -> Int? {
        let bits = 8 * (Int(batch[index].byteCount) - Self.headerLength)
        guard bits > 0 else { return nil }
        if batch[index].offload.isDamaged { return bit(crcError?.numbers.next(below: bits)) }
        guard batch[index].offload.segmentation == .none, corrupt.strikes() else { return nil }
        batch.finishChecksum(of: index)
        return bit(corrupt?.numbers.next(below: bits))
    }

    private func bit(_ number: Int?) -> Int? { number.map { 8 * Self.headerLength + $0 } }

    /// Frames that waited long enough go on.
    mutating func release(now: UInt64) {
        while let due = delayed.nextDue, due <= now {
            scratch.removeAll()
            guard delayed.moveFirst(to: &scratch) else { return }
            count(ready.append(0, of: scratch))
        }
        releaseOvertaken(now: now)
    }

    private mutating func releaseOvertaken(now: UInt64) {
        while let due = overtaken.nextDue, due <= now {
            scratch.removeAll()
            guard overtaken.moveFirst(to: &scratch) else { return }
            count(ready.append(0, of: scratch))
        }
    }
}
