import KawelaGuest

/// Who takes part in a comparison.
enum Contestant: Int, CaseIterable, CustomStringConvertible {
    case kawela
    /// Kawela with doorbells in mapped memory.
    case mapped
    case igb

    var nic: NIC { self == .igb ? .qemuIGB : .kawela }
    var doorbells: Doorbells { self == .mapped ? .mapped : .messages }

    var description: String {
        switch self {
        case .kawela: "Kawela"
        case .mapped: "Kawela, mapped"
        case .igb: "QEMU igb"
        }
    }

    /// The order of a round: each comes first in turn.
    static func order(_ round: Int) -> [Contestant] {
        let first = round % allCases.count
        return Array(allCases[first...] + allCases[..<first])
    }
}
