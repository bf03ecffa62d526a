// SPDX-License-Identifier: Apache-2.0

/// What stands below the header.
package enum TopView: String, CaseIterable, Sendable {
    case overview, queues, `switch`, reasons
}

/// What `kawela top` shows, and how.
struct Model: Equatable, Sendable {
    /// Seconds from one snapshot to the next.
    let interval: Double
    var view: TopView
    /// By what rows are sorted, the highest first; `nil`: as the chip numbers them.
    private(set) var order: Measure?
    private(set) var showsHelp = false
    /// What the server refused, in its words; `nil` when nothing.
    var refusal: String?
    private var live: Observation
    /// What is shown while paused.
    private var frozen: Observation?
    /// Of which port, counted from 0.
    private var position = 0

    init(interval: Double, view: TopView = .overview) {
        (self.interval, self.view) = (interval, view)
        live = Observation(interval: interval)
    }

    var shown: Observation { frozen ?? live }
    var isPaused: Bool { frozen != nil }

    /// The port that is shown; `nil` before anything is known.
    var port: PortCounters? {
        let ports = shown.ports
        return ports.isEmpty ? nil : ports[min(position, ports.count - 1)]
    }

    /// The name of the port whose frames are to be counted by sender and receiver.
    var countedPort: String? { view == .switch ? port?.name : nil }

    /// Which of the ports is shown, counted from 1.
    var number: Int { min(position, shown.ports.count - 1) + 1 }

    mutating func take(_ snapshot: Snapshot) { live.take(snapshot) }

    /// Begins anew: the next snapshot is the first.
    mutating func forget() { live = Observation(interval: interval) }

    /// Shows the port `name`. False when there is none.
    mutating func select(port name: String) -> Bool {
        guard let found = shown.ports.firstIndex(where: { $0.name == name }) else { return false }
        position = found
        return true
    }
}

extension Model {
    /// Does what a key asks for. False when it asks for the end.
    mutating func handle(_ key: Key) -> Bool {
        switch key {
        case .character("q"), .interrupt: return false
        case .character("h"), .character("?"): showsHelp.toggle()
        case .escape: showsHelp = false
        case .character("s"): order = next(order)
        case .character("S"): order = nil
        case .character("p"), .character(" "): frozen = isPaused ? nil : live
        case .character("n"), .right: move(by: 1)
        case .character("N"), .left: move(by: -1)
        case .tab: show(TopView.allCases[(number(of: view) + 1) % TopView.allCases.count])
        case .character(let digit):
            guard let view = TopView.allCases.first(where: { digits[number(of: $0)] == digit }) else { break }
            show(view)
        }
        return true
    }

    private mutating func show(_ view: TopView) { (self.view, showsHelp) = (view, false) }

    private func number(of view: TopView) -> Int { TopView.allCases.firstIndex(of: view) ?? 0 }

    /// The key of each view.
    private var digits: [Unicode.Scalar] { ["1", "2", "3", "4"] }

    private func next(_ order: Measure?) -> Measure? {
        guard let order else { return Measure.allCases.first }
        return Measure(rawValue: order.rawValue + 1)
    }

    private mutating func move(by step: Int) {
        let count = max(1, shown.ports.count)
        position = (min(position, count - 1) + step + count) % count
    }
}
