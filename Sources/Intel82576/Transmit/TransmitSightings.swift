// SPDX-License-Identifier: Apache-2.0

// What is counted of packets that are lost, and what the observer of frames is told of sent ones. While it wants to see those of
// a queue, what is done to each is noted.

extension Transmit {
    /// Tells the observer of the frames of the batch that `isShown` picks.
    @inline(never)
    func show(_ place: FrameSighting.Place, where isShown: (FrameBatch.Frame) -> Bool) {
        for index in 0..<batch.count where isShown(batch[index]) {
            var sighting = FrameSighting(place, owners, queue: run.queue, pool: run.pool)
            sighting.transmit = performed[index]
            observer?.observe(sighting, batch, index)
        }
    }

    /// Counts a packet of `queue` that is lost, and tells the observer of it, if there is one.
    func noteLost(_ reason: DropReason, _ queue: Int) {
        drops.count(reason, queue: queue, function: owners.owner(of: queue))
        guard let observer else { return }
        let pool = registers[MRQC.self].hasPools ? queue & 7 : nil
        observer.observe(lost: FrameSighting(.dropped(reason), owners, queue: queue, pool: pool))
    }

    /// A descriptor of `queue` could not be fetched or written back.
    func countRingFault(_ queue: Int) { noteLost(.ringFault, queue) }

    /// Counts frame `index` of `batch`, which failed an anti-spoof check, and tells the observer of it, if there is one.
    func note(_ spoofing: Spoofing, _ batch: borrowing FrameBatch, _ index: Int) {
        let reason = spoofing == .linkControl ? DropReason.linkControl : .spoofed
        drops.count(reason, queue: run.queue, function: owners.owner(of: run.queue))
        observer?.observe(FrameSighting(.dropped(reason), owners, queue: run.queue, pool: run.pool), batch, index)
    }

    /// Notes that nothing was done to the frames of the batch from `start` on.
    @inline(never)
    func noteUntouched(from start: Int) {
        for frame in start..<batch.count { performed[frame] = TransmitOffloads() }
    }

    /// Notes what was done to the frame appended last, a packet in one buffer, because `control` or its pool asked for it.
    @inline(never)
    func note(_ control: TransmitDescriptor.Control, tag: UInt16?, hasChecksums: Bool) {
        let context = contexts[2 &* run.queue &+ control.contextIndex]
        var offloads = TransmitOffloads()
        offloads.insertedTag = tag
        offloads.insertsIPChecksum = control.insertsIPChecksum && context.isIPv4
        offloads.insertsTransportChecksum = control.insertsL4Checksum && context.l4 != nil
        offloads.missesChecksum = !hasChecksums
        performed[batch.count &- 1] = offloads
    }

    /// Notes what was done to frame `frame` of the batch, a packet that was not cut here.
    func note(_ request: TransmitRequest, _ frame: Int, hasChecksums: Bool) {
        var offloads = TransmitOffloads(request)
        offloads.missesChecksum = !hasChecksums
        offloads.isStamped = request.isStamped && isStampRequested
        performed[frame] = offloads
    }

    /// Notes what was done to the frames of the batch from `start` on: they are segments from number `first` on of the
    /// packet in ``packetBatch``.
    func noteSegments(from first: Int, batch start: Int) {
        var offloads = segmentedOffloads
        offloads.packetLength = Int(packetBatch[0].byteCount)
        for frame in start..<batch.count {
            offloads.segment = first + frame - start
            performed[frame] = offloads
        }
    }
}

extension TransmitOffloads {
    /// What the descriptors of a packet ask for.
    init(_ request: TransmitRequest) {
        insertedTag = request.vlanTag
        insertsIPChecksum = request.insertsIPChecksum
        insertsTransportChecksum = request.insertsL4Checksum || request.legacyChecksum != nil
    }
}
