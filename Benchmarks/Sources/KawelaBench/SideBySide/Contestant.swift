// SPDX-License-Identifier: Apache-2.0

import KawelaGuest

/// Who takes part in a comparison.
enum Contestant: Int, CaseIterable, CustomStringConvertible {
    case kawela
    case igb

    var nic: NIC { self == .igb ? .qemuIGB : .kawela }

    var description: String { self == .igb ? "QEMU igb" : "Kawela" }

    /// The order of a round: each comes first in turn.
    static func order(_ round: Int) -> [Contestant] { round % 2 == 0 ? [.kawela, .igb] : [.igb, .kawela] }
}

/// What there is for each contestant.
protocol ByContestant {
    associatedtype Value
    var kawela: Value { get set }
    var igb: Value { get set }
}

extension ByContestant {
    subscript(contestant: Contestant) -> Value {
        get { contestant == .kawela ? kawela : igb }
        set { if contestant == .kawela { kawela = newValue } else { igb = newValue } }
    }
}
