// SPDX-License-Identifier: Apache-2.0

/// Watches frames on their way through a port. Called in the port's thread, for each frame that it wants to see, and only
/// while it is the port's ``Port/frameObserver``.
package protocol FrameObserver: AnyObject {
    /// What it wants to see. Asked when it becomes the port's observer.
    var interest: FrameInterest { get }
    /// Frame `index` of `batch` is where `sighting` says. Its memory is valid during the call only.
    func observe(_ sighting: FrameSighting, _ batch: borrowing FrameBatch, _ index: Int)
    /// A packet is lost of which there are no bytes: its descriptors make none, or its memory cannot be read.
    func observe(lost sighting: FrameSighting)
}

extension FrameObserver {
    package var interest: FrameInterest { .everything }
}

/// Which frames an observer wants to be told of, besides those that are dropped, of which it always is. Others cost as much
/// as without an observer.
package struct FrameInterest: Equatable, Sendable {
    /// What comes from the uplink, and what goes to it.
    package var hasWire: Bool
    /// Functions of which it wants to see what their queues send and get, a bit each: 0 for the PF, v + 1 for VF v.
    package var functions: UInt16

    package init(hasWire: Bool = false, functions: UInt16 = 0) {
        (self.hasWire, self.functions) = (hasWire, functions)
    }

    package static let everything = FrameInterest(hasWire: true, functions: 0x1FF)

    /// What either of two observers wants.
    package func union(_ other: FrameInterest) -> FrameInterest {
        FrameInterest(hasWire: hasWire || other.hasWire, functions: functions | other.functions)
    }

    @inline(__always)
    func hasFunction(_ function: Int) -> Bool { functions &>> UInt16(truncatingIfNeeded: function) & 1 != 0 }
}

/// Where a frame was seen, and what has become of it.
package struct FrameSighting: Equatable, Sendable {
    package enum Place: Hashable, Sendable {
        /// It came from the uplink. No filter has looked at it.
        case arrived
        /// A queue sent it. The switch has not looked at it.
        case sent
        /// It goes to the uplink.
        case left
        /// It was written to a queue.
        case received
        case dropped(DropReason)
    }

    package var place: Place
    /// The queue that sent or got it, or would have.
    package var queue: Int?
    /// The pool that sent or got it, or would have; `nil` without pools.
    package var pool: Int?
    /// The pool that sent a frame which another gets; `nil` for one from the wire.
    package var sender: Int?
    /// The function that ``queue`` or ``pool`` belongs to: 0 for the PF, v + 1 for VF v; `nil` without either.
    package var function: Int?
    /// What was done to a frame that a queue sent.
    package var transmit: TransmitOffloads?
    /// What was done to a frame that was written to a queue.
    package var receive: ReceiveOffloads?

    package init(
        _ place: Place, queue: Int? = nil, pool: Int? = nil, sender: Int? = nil, function: Int? = nil,
        transmit: TransmitOffloads? = nil, receive: ReceiveOffloads? = nil
    ) {
        (self.place, self.queue, self.pool, self.sender) = (place, queue, pool, sender)
        (self.function, self.transmit, self.receive) = (function, transmit, receive)
    }

    /// - Parameter owners: say whose `queue` or `pool` is.
    init(_ place: Place, _ owners: QueueOwners, queue: Int? = nil, pool: Int? = nil, sender: Int? = nil) {
        self.init(place, queue: queue, pool: pool, sender: sender, function: (queue ?? pool).map(owners.owner))
    }
}
