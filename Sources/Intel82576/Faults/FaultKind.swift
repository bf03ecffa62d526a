// SPDX-License-Identifier: Apache-2.0

/// A kind of fault that can be injected on purpose, by its name in a configuration.
///
/// Those of frames have the names that Linux' netem has for them.
package enum FaultKind: String, CaseIterable, Sendable, Hashable {
    // Frames on the wire.

    /// A frame is lost.
    case loss
    /// A frame comes twice.
    case duplicate
    /// A frame comes after the one that was behind it.
    case reorder
    /// A frame comes later.
    case delay
    /// One bit of a frame is wrong, and its FCS right: what a bad memory or switch does.
    case corrupt
    /// A frame was damaged on the wire: its FCS is wrong.
    case crcError = "crc-error"
    /// The carrier is gone for a time.
    case linkDown = "link-down"

    // The host's side.

    /// A function reaches no memory for a time.
    case dmaError = "dma-error"
    /// The message of an interrupt does not leave; the cause stays.
    case lostInterrupt = "lost-interrupt"
    /// An interrupt without a cause.
    case spuriousInterrupt = "spurious-interrupt"
    /// Transmit queues do not go on for a time, or until they are reset.
    case txHang = "tx-hang"
    /// Receive queues take no descriptors for a time, or until they are reset.
    case rxHang = "rx-hang"

    // PHY and EEPROM.

    /// An access to the PHY ends with MDIC.E.
    case phyError = "phy-error"
    /// An access to the PHY never ends.
    case phyTimeout = "phy-timeout"
    /// One bit of a word that EERD reads is wrong.
    case nvmData = "nvm-data"
    /// EERD is done late, or never.
    case nvmTimeout = "nvm-timeout"

    // Functions.

    /// A VF is reset, as by VTCTRL.RST.
    case vfReset = "vf-reset"
    /// A function is gone for a time, as if it was pulled out: reads give ones, writes do nothing.
    case removal
}

extension FaultKind {
    /// What a rule for faults of a kind may say beside how often.
    package struct Words: OptionSet, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Strikes by the clock, not by the number of events.
        package static let timed = Words(rawValue: 1 << 0)
        /// How long a strike lasts.
        package static let duration = Words(rawValue: 1 << 1)
        /// How much later something comes.
        package static let delay = Words(rawValue: 1 << 2)
        /// To the wire, or from it.
        package static let direction = Words(rawValue: 1 << 3)
        /// The PF or one VF.
        package static let function = Words(rawValue: 1 << 4)
        /// One queue of the 16.
        package static let queue = Words(rawValue: 1 << 5)
    }

    package var words: Words {
        switch self {
        case .loss, .duplicate, .reorder, .corrupt, .crcError: .direction
        case .delay: [.direction, .delay]
        case .linkDown: [.timed, .duration]
        case .dmaError, .removal: [.timed, .duration, .function]
        case .lostInterrupt: .function
        case .spuriousInterrupt, .vfReset: [.timed, .function]
        case .txHang, .rxHang: [.timed, .duration, .queue]
        case .phyError, .phyTimeout, .nvmData: []
        case .nvmTimeout: .delay
        }
    }

    /// Place among ``allCases``.
    var index: Int { Self.allCases.firstIndex(of: self)! }
}
