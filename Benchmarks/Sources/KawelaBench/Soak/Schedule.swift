// SPDX-License-Identifier: Apache-2.0

import Intel82576

/// What happens to the guests, cards and uplinks of a soak.
enum SoakEvent: String, CaseIterable, Sendable {
    case renegotiation = "ethtool -r of the PF"
    case pfDownAndUp = "PF down and up"
    case pfFunctionReset = "FLR of the PF"
    case vfDownAndUp = "VF beside the PF down and up"
    case numvfs = "sriov_numvfs 0, 1, 2"
    case loneDownAndUp = "VF of the other guest down and up"
    case loneFunctionReset = "FLR of the other guest's VF"
    case pfUnplugged = "PF unplugged and plugged"
    case loneUnplugged = "VF unplugged and plugged"
    case uplinksDown = "uplinks down and up"
    case firstUplinkGone = "uplink of the PF's card deleted and made"
    case secondUplinkGone = "uplink of the VFs' card deleted and made"
    case reload = "SIGHUP with another limit for a VF"
    case pfGuestReset = "guest with the PF reset"
    case loneGuestReset = "guest with the VF reset"
    case pfGuestKilled = "QEMU with the PF killed"
    case loneGuestKilled = "QEMU with the VF killed"

    /// How often it happens while the rarest happens once.
    var weight: Int {
        switch self {
        case .pfGuestReset, .loneGuestReset, .pfGuestKilled, .loneGuestKilled: 1
        case .numvfs, .reload, .pfFunctionReset: 3
        default: 2
        }
    }
}

/// Events without end, the same for the same seed. Each comes as often as its weight says before all come again.
struct Schedule: Sequence, IteratorProtocol {
    private var numbers: FaultNumbers
    private var ahead: [SoakEvent] = []

    init(seed: UInt64) { numbers = FaultNumbers(seed: seed) }

    mutating func next() -> SoakEvent? {
        if ahead.isEmpty {
            ahead = SoakEvent.allCases.flatMap { Array(repeating: $0, count: $0.weight) }.shuffled(using: &numbers)
        }
        return ahead.removeLast()
    }
}

extension FaultNumbers: RandomNumberGenerator {}
