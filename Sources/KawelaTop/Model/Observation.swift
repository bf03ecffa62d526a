// SPDX-License-Identifier: Apache-2.0

/// All that is known of the server: what it counted last, how fast that grew, and how fast it grew before.
struct Observation: Equatable, Sendable {
    private(set) var snapshot: Snapshot?
    private(set) var history: History
    /// By the name of the port.
    private var rates: [String: PortRates] = [:]

    /// - Parameter interval: seconds from one snapshot to the next.
    init(interval: Double) { history = History(interval: interval) }

    var ports: [PortCounters] { snapshot?.ports ?? [] }

    func rates(of port: PortCounters) -> PortRates { rates[port.name] ?? PortRates() }

    /// A snapshot that is no later than the last one tells nothing.
    mutating func take(_ new: Snapshot) {
        guard let snapshot else {
            snapshot = new
            return
        }
        guard new.time > snapshot.time else { return }
        self.snapshot = new
        let seconds = Double(new.time - snapshot.time) / 1e9
        let before = Dictionary(snapshot.ports.map { ($0.name, $0) }) { first, _ in first }
        rates = [:]
        var rows: [History.Row: Double] = [:]
        for port in new.ports {
            guard let old = before[port.name] else { continue }
            let grown = PortRates(from: old, to: port, seconds: seconds)
            rates[port.name] = grown
            History.add(grown, of: port.name, to: &rows)
        }
        history.append(rows)
    }
}
