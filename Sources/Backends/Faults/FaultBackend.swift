// SPDX-License-Identifier: Apache-2.0

import Intel82576

/// A backend with faults of the wire in between: frames of both directions, and the carrier.
///
/// It accepts no offloads, so that faults meet the frames that a wire would carry. What a TAP interface or a packet socket
/// brings in one piece, to be cut later, is one frame.
package final class FaultBackend: Backend {
    private let inner: any Backend
    /// Nanoseconds of a monotonic clock.
    private let clock: () -> UInt64
    private var fromWire = FaultyDirection(.fromWire)
    private var toWire = FaultyDirection(.toWire)
    /// Frames of the inner backend, and those for it.
    private var incoming = FrameBatch()
    private var outgoing = FrameBatch()
    /// Frames on their way to the port; a batch may refer to those that are taken out.
    private var delivered = QueuedFrames()
    private var linkDown: FaultSchedule?

    package init(around inner: any Backend, clock: @escaping () -> UInt64) { (self.inner, self.clock) = (inner, clock) }

    deinit { close() }

    package var descriptor: CInt { inner.descriptor }
    package var wantsWritable: Bool { inner.wantsWritable }
    package var isLinkUp: Bool { inner.isLinkUp && !isCut }
    package var isCongested: Bool { inner.isCongested }
    package var offloads: UplinkOffloads { [] }
    package var linkDescriptor: CInt { inner.linkDescriptor }
    package func handleLinkEvent() { inner.handleLinkEvent() }
    package func portLinkChanged(isUp: Bool) { inner.portLinkChanged(isUp: isUp) }
    package func handleEvent() { inner.handleEvent() }
    package func close() { inner.close() }

    package var counters: [(name: String, value: UInt64)] {
        inner.counters + [("faults_dropped_store_full", fromWire.overflows &+ toWire.overflows)]
    }

    package var status: String { isCut ? "the carrier is gone on purpose" : inner.status }

    private var isCut: Bool { linkDown?.isActive ?? false }

    package func transmit(_ batch: inout FrameBatch) {
        guard toWire.isActive else { return inner.transmit(&batch) }
        let now = clock()
        for index in 0..<batch.count where batch[index].isSendable { toWire.pass(index, of: &batch, now: now) }
        sendReady()
    }

    private func sendReady() {
        while !toWire.ready.isEmpty {
            outgoing.removeAll()
            toWire.ready.moveAll(to: &outgoing)
            inner.transmit(&outgoing)
        }
    }

    package func receive(into batch: inout FrameBatch) {
        if delivered.isEmpty {
            guard fromWire.isActive else { return inner.receive(into: &batch) }
            incoming.removeAll()
            inner.receive(into: &incoming)
            let now = clock()
            for index in 0..<incoming.count { fromWire.pass(index, of: &incoming, now: now) }
            fromWire.release(now: now)
            swap(&delivered, &fromWire.ready)
        }
        delivered.moveAll(to: &batch)
    }
}

// MARK: Faults

extension FaultBackend {
    /// Puts `faults` in force from now on, in place of those before. Frames that wait for their time go on waiting.
    package func apply(_ faults: Faults) {
        fromWire.apply(faults)
        toWire.apply(faults)
        linkDown = faults.schedule(.linkDown, now: clock())
    }

    /// Does what is due by the clock.
    package func run() {
        let now = clock()
        while linkDown?.advance(to: now) != nil {}
        fromWire.release(now: now)
        toWire.release(now: now)
        sendReady()
    }

    /// When ``run()`` has to be called next, in the clock's nanoseconds; `nil` when nothing is due.
    package var nextDeadline: UInt64? {
        let earliest = min(
            linkDown?.nextChange ?? .max, fromWire.nextDeadline ?? .max, toWire.nextDeadline ?? .max)
        return earliest == .max ? nil : earliest
    }

    /// There are frames for the port that no descriptor tells of.
    package var hasFrames: Bool { !delivered.isEmpty || !fromWire.ready.isEmpty }

    /// Faults of `kind` since ``apply(_:)``; `nil` for kinds that are not injected here.
    package func count(_ kind: FaultKind) -> UInt64? {
        if kind == .linkDown { return linkDown?.count ?? 0 }
        guard let received = fromWire.count(kind), let sent = toWire.count(kind) else { return nil }
        return received &+ sent
    }
}
