// SPDX-License-Identifier: Apache-2.0

/// Where a frame goes.
struct SwitchDecision: BitwiseCopyable, Equatable {
    /// Pools that get a copy, of those that may receive.
    var pools: PoolSet = 0
    /// It leaves by the wire. A frame from the wire does not.
    var goesToWire = false
}

/// Which pools a frame is for, and what else the filters found.
struct PoolSelection {
    var pools: PoolSet = 0
    /// An exact filter has the destination, whatever the VLAN filter said afterwards.
    var isExact = false
    /// A VLVF entry of the frame's VLAN says that it stays inside.
    var isLocalVLAN = false
    /// VLVF entries of the frame's VLAN, a bit each.
    var vlanEntries: UInt32 = 0
}

/// The last decision of a batch and what it was made for: the next frame is likely of the same flow.
///
/// A decision depends on addresses, tag and sender alone, as registers do not change while a batch is forwarded.
struct RecentDecision: BitwiseCopyable {
    private var destination = UInt64.max
    private var source = UInt64.max
    private var decision = SwitchDecision()

    /// Addresses, tag and sender.
    @inline(__always)
    private static func key(_ summary: FrameSummary, _ sender: Int?) -> (destination: UInt64, source: UInt64) {
        let origin = sender.map { UInt64(truncatingIfNeeded: $0 & 7) | 8 } ?? 0
        let key = summary.switchKey
        return (key.destination, key.source | origin &<< 49)
    }

    /// The decision, if it was made for a frame like this one.
    @inline(__always)
    func decision(for summary: FrameSummary, from sender: Int?) -> SwitchDecision? {
        let key = Self.key(summary, sender)
        return key.destination == destination && key.source == source ? decision : nil
    }

    @inline(__always)
    mutating func remember(_ decision: SwitchDecision, for summary: FrameSummary, from sender: Int?) {
        (destination, source) = Self.key(summary, sender)
        self.decision = decision
    }
}

/// Why a frame that a pool sends is not let through.
enum Spoofing {
    /// The source address is not the pool's.
    case wrongAddress
    /// The VLAN is not the pool's.
    case wrongVLAN
    /// Only link partners send such frames.
    case linkControl
}
