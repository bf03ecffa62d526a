// SPDX-License-Identifier: Apache-2.0

/// Where a frame goes. One number, so that keeping and asking cost a frame no more than they have to.
struct SwitchDecision: BitwiseCopyable, Equatable {
    /// Pools in bits 7:0, disabled ones in bits 15:8, the wire in bit 16.
    private var raw: UInt32

    /// - Parameters:
    ///   - pools: that get a copy, of those that may receive.
    ///   - goesToWire: it leaves by the wire. A frame from the wire does not.
    ///   - disabledPools: would get a copy if they might receive (VFRE).
    init(pools: PoolSet = 0, goesToWire: Bool = false, disabledPools: PoolSet = 0) {
        raw = UInt32(pools) | UInt32(disabledPools) &<< 8 | (goesToWire ? 1 &<< 16 : 0)
    }

    @inline(__always) var pools: PoolSet { PoolSet(truncatingIfNeeded: raw) }
    @inline(__always) var disabledPools: PoolSet { PoolSet(truncatingIfNeeded: raw &>> 8) }
    @inline(__always) var goesToWire: Bool { raw &>> 16 != 0 }
    /// There are pools that get a copy, and no others that should.
    @inline(__always) var isWhole: Bool { raw & 0xFFFF &- 1 < 0xFF }
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
