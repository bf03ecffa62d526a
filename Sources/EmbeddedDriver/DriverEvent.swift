// SPDX-License-Identifier: Apache-2.0

/// What the driver tells its owner, for a log.
package enum DriverEvent: Equatable, Sendable {
    case linkChanged(isUp: Bool, megabits: Int)
    /// The VF's driver introduced itself.
    case started(vf: Int, address: UnicastAddress)
    /// The VF was reset, or its VM is gone.
    case reset(vf: Int)
    case addressChanged(vf: Int, address: UnicastAddress)
    case refused(vf: Int, Refusal)
    /// The chip dropped frames that the VF sent in another's name, or as link control.
    case spoofed(vf: Int)
}

/// Why a VF did not get what it asked for.
package enum Refusal: String, Equatable, Sendable {
    case addressFixed = "asked for a MAC address besides its own, but is not trusted"
    case addressInvalid = "asked for a MAC address that no station can have"
    case noFilterLeft = "asked for one more MAC address than there is room for"
    case portVLAN = "asked for a VLAN, but has a fixed one"
    case vlanNotGranted = "asked for a VLAN that is not in its trunk, but is not trusted"
    case noVLANLeft = "asked for one more VLAN than there is room for"
    case notTrusted = "asked for all frames, but is not trusted"
    case unknown = "sent a message that is not known"
}

/// Keeps one VF from filling a log: a burst of events, then one a second.
struct EventRateLimit {
    static let burst = 10
    private var left = EventRateLimit.burst
    private var refilled: UInt64 = 0

    mutating func take(at now: UInt64) -> Bool {
        let seconds = (now &- refilled) / 1_000_000_000
        if seconds > 0 {
            left = min(Self.burst, left + Int(min(seconds, UInt64(Self.burst))))
            refilled = now
        }
        guard left > 0 else { return false }
        left -= 1
        return true
    }
}
