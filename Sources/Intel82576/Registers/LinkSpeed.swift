// SPDX-License-Identifier: Apache-2.0

/// A speed that the port can run at.
package enum LinkSpeed: Int, Sendable, CaseIterable, BitwiseCopyable {
    case megabits10 = 10
    case megabits100 = 100
    case megabits1000 = 1000

    /// From the two bits that CTRL.SPEED and STATUS.SPEED have for it.
    init(code: UInt32) {
        switch code {
        case 0: self = .megabits10
        case 1: self = .megabits100
        default: self = .megabits1000
        }
    }

    /// In CTRL.SPEED and STATUS.SPEED; the PHY's port status counts from 1.
    var code: UInt32 {
        switch self {
        case .megabits10: 0
        case .megabits100: 1
        case .megabits1000: 2
        }
    }
}
