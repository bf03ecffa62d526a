// SPDX-License-Identifier: Apache-2.0

import Intel82576
import Synchronization

/// Collects what a port's functions are asked and what they do, for another thread to take.
///
/// The port's thread does nothing for it but to copy an event into a buffer under a lock that nobody holds for long.
/// When the buffer is full, events are dropped and counted.
final class TraceRecorder: PortObserver, Sendable {
    static let usualCapacity = 65_536

    private struct Buffer {
        var events: [TraceEvent] = []
        var lost = 0
        /// When the first of those that are lost happened.
        var lostSince: UInt64 = 0
    }

    private let buffer: Mutex<Buffer>
    private let capacity: Int
    private let filter: TraceFilter
    private let clock: @Sendable () -> UInt64
    private let wake: @Sendable () -> Void

    /// - Parameters:
    ///   - capacity: events that are kept until they are taken.
    ///   - clock: the port's.
    ///   - wake: called in the port's thread when there is something to take again. It must not wait.
    init(
        _ filter: TraceFilter = .everything, capacity: Int = usualCapacity, clock: @escaping @Sendable () -> UInt64,
        wake: @escaping @Sendable () -> Void
    ) {
        (self.filter, self.capacity, self.clock, self.wake) = (filter, capacity, clock, wake)
        buffer = Mutex(Buffer(events: Self.room(capacity)))
    }

    /// What happened since the last call, the oldest first. Any thread may call it.
    func take() -> [TraceEvent] {
        let room = Self.room(capacity)
        var taken = buffer.withLock { buffer in
            defer { buffer = Buffer(events: room) }
            return buffer
        }
        if taken.lost > 0 { taken.events.append(TraceEvent(time: taken.lostSince, kind: .lost(taken.lost))) }
        return taken.events
    }

    /// Made outside of the port's thread, which allocates nothing.
    private static func room(_ capacity: Int) -> [TraceEvent] {
        var events: [TraceEvent] = []
        events.reserveCapacity(capacity)
        return events
    }

    private func record(_ kind: TraceEvent.Kind) {
        let time = clock()
        let isFirst = buffer.withLock { buffer in
            guard buffer.events.count < capacity else {
                if buffer.lost == 0 { buffer.lostSince = time }
                buffer.lost &+= 1
                return false
            }
            buffer.events.append(TraceEvent(time: time, kind: kind))
            return buffer.events.count == 1
        }
        if isFirst { wake() }
    }
}

// MARK: The port's calls

extension TraceRecorder {
    func observe(_ access: FunctionAccess) {
        if filter.includes(access) { record(.access(access)) }
    }

    func observe(_ interrupt: FunctionInterrupt, of function: Int) {
        if filter.includesInterrupts(of: function) { record(.interrupt(interrupt, function: function)) }
    }

    func observe(_ reset: PortReset) {
        if filter.includes(reset) { record(.reset(reset)) }
    }

    func observe(_ event: PortEvent) {
        if filter.includes(event) { record(.port(event)) }
    }
}
