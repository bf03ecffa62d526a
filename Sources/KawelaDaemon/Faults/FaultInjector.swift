// SPDX-License-Identifier: Apache-2.0

import Backends
import Intel82576
import Logging
import PCIe
import VFIOUser

/// Injects the faults of a port and its uplink that a configuration asks for, and tells of them.
final class FaultInjector {
    private let port: PortFaults
    private let backend: FaultBackend
    private let log: EventLog
    private var faults = Faults()
    /// Faults of each kind before the present ones were put in force.
    private var earlier: [FaultKind: UInt64] = [:]
    /// Faults of each kind that the log has told of.
    private var told: [FaultKind: UInt64] = [:]
    /// Nothing is injected, and nothing is left of what was: a turn costs nothing.
    private var isIdle = false

    /// - Parameter servesPF: the PF has a client. What meets functions does not meet it otherwise.
    init(_ faults: Faults, _ port: Port, _ backend: FaultBackend, servesPF: Bool, log: Logger) {
        (self.port, self.backend, self.log) = (PortFaults(port, servesPF: servesPF), backend, EventLog(log))
        if !faults.rules.isEmpty { log.warning("faults are injected on purpose: \(faults)") }
        put(faults)
    }

    /// The PF, then each VF, to be served in place of the port's own.
    var functions: [any Function] { port.functions }

    /// Puts `new` in force from now on, in place of the faults before; nothing changes if they are the same.
    func take(_ new: Faults) {
        guard new != faults else { return }
        earlier = totals
        put(new)
    }

    private func put(_ new: Faults) {
        (faults, isIdle) = (new, false)
        port.apply(new)
        backend.apply(new)
    }

    /// Does what is due, once a turn after the port has run. Whether there are frames for the port that no descriptor tells of.
    func run() -> Bool {
        guard !isIdle else { return false }
        port.run()
        backend.run()
        tell()
        isIdle = faults.rules.isEmpty && !backend.hasFrames && nextDeadline == nil
        return backend.hasFrames
    }

    /// When ``run()`` has to be called next; `nil` when nothing is due by the clock.
    var nextDeadline: UInt64? {
        guard !isIdle else { return nil }
        guard let deadline = port.nextDeadline else { return backend.nextDeadline }
        return min(deadline, backend.nextDeadline ?? deadline)
    }

    /// Faults by kind.
    var counters: [(name: String, value: UInt64)] {
        let totals = totals
        return FaultKind.allCases.map { ($0.rawValue, totals[$0] ?? 0) }
    }

    private var totals: [FaultKind: UInt64] {
        var totals = earlier
        for kind in FaultKind.allCases { totals[kind, default: 0] &+= port.count(kind) ?? backend.count(kind) ?? 0 }
        return totals
    }

    private func tell() {
        let totals = totals
        guard totals != told else { return }
        let news = FaultKind.allCases.filter { totals[$0] != told[$0] && totals[$0] != 0 }
        told = totals
        guard !news.isEmpty else { return }
        log.info("faults injected: \(news.map { "\($0.rawValue)=\(totals[$0] ?? 0)" }.joined(separator: " "))")
    }
}
