// SPDX-License-Identifier: Apache-2.0

/// The rates of the last minute, for sparklines.
struct History: Equatable, Sendable {
    /// What rates belong to.
    enum Row: Hashable, Sendable {
        case sent(port: String)
        case received(port: String)
        case lost(port: String)
        case function(port: String, name: String)
        case reason(port: String, name: String)
    }

    /// How many rates of a row there can be.
    let capacity: Int
    private var rates: [Row: [Double]] = [:]

    /// - Parameter interval: seconds from one rate to the next.
    init(interval: Double) { capacity = Int(min(600, max(1, 60 / max(interval, 0.1)))) }

    /// Adds a rate to each row; rows that get none are forgotten.
    mutating func append(_ new: [Row: Double]) {
        rates = Dictionary(
            uniqueKeysWithValues: new.map { row, rate in (row, (rates[row] ?? []).suffix(capacity - 1) + [rate]) })
    }

    /// The last minute in `width` parts, from the oldest to the newest: the highest rate of each, `nil` where nothing is
    /// known yet. Fewer parts when there are fewer rates in a minute; none for a single rate, which has no course.
    func lastMinute(of row: Row, width: Int) -> [Double?] {
        let known = rates[row] ?? []
        guard known.count > 1 else { return [] }
        let width = min(max(width, 0), capacity)
        let unknown = capacity - known.count
        return (0..<width).map { part in
            let range = (capacity * part / width)..<(capacity * (part + 1) / width)
            return range.compactMap { $0 < unknown ? nil : known[$0 - unknown] }.max()
        }
    }
}

extension History {
    /// Adds the rates of a port's rows to `rows`.
    static func add(_ rates: PortRates, of port: String, to rows: inout [Row: Double]) {
        let total = rates.total
        rows[.sent(port: port)] = total[.transmitBits]
        rows[.received(port: port)] = total[.receiveBits]
        rows[.lost(port: port)] = rates.lost
        for (name, rate) in rates.functions {
            rows[.function(port: port, name: name)] = rate[.transmitBits] + rate[.receiveBits]
        }
        for (name, rate) in rates.reasons { rows[.reason(port: port, name: name)] = rate }
    }
}
