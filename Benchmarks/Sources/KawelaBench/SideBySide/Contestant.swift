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

/// What there is for each contestant.
protocol ByContestant {
    associatedtype Value
    var kawela: Value { get set }
    var igb: Value { get set }
    /// Older results have none.
    var mapped: Value? { get set }
    static var nothing: Value { get }
}

extension ByContestant {
    subscript(contestant: Contestant) -> Value {
        get {
            switch contestant {
            case .kawela: kawela
            case .mapped: mapped ?? Self.nothing
            case .igb: igb
            }
        }
        set {
            switch contestant {
            case .kawela: kawela = newValue
            case .mapped: mapped = newValue
            case .igb: igb = newValue
            }
        }
    }
}
