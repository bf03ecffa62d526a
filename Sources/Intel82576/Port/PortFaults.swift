// SPDX-License-Identifier: Apache-2.0

import PCIe

/// Injects faults into a port on purpose, from outside: its owner serves ``functions`` in place of the port's own, calls
/// ``run()`` after each run of the port, and again at ``nextDeadline``.
///
/// The port's own paths know nothing of it: a queue hangs like one whose owner may not send requests, memory is out of reach
/// because the function's table of ranges is empty. PHY and EEPROM ask their sequences with each access.
package final class PortFaults {
    private let port: Port
    private let faulty: [FaultyFunction]
    /// Functions that faults are for, by their numbers: those that have clients.
    private let served: Range<Int>
    private var schedules: [FaultKind: FaultSchedule] = [:]
    /// Faults of these schedules that met somebody.
    private var strikes: [FaultKind: UInt64] = [:]
    /// Chooses the vectors of spurious interrupts.
    private var vectorNumbers = FaultNumbers(seed: 0)
    /// INTx of the PF is asserted without a cause.
    private var isLineRaised = false

    /// - Parameter servesPF: the PF has a client. What meets functions does not meet it otherwise.
    package init(_ port: Port, servesPF: Bool = true) {
        self.port = port
        faulty = ([port.physicalFunction] + port.virtualFunctions).map { FaultyFunction($0) }
        served = (servesPF ? 0 : 1)..<faulty.count
    }

    /// The PF, then each VF, for a transport to serve.
    package var functions: [any Function] { faulty }

    /// Puts `faults` in force from now on, in place of those before.
    package func apply(_ faults: Faults) {
        endAll()
        let now = port.clock()
        (schedules, strikes) = ([:], [:])
        for kind in FaultKind.allCases where kind.words.contains(.timed) && kind != .linkDown {
            schedules[kind] = faults.schedule(kind, now: now)
        }
        vectorNumbers = FaultNumbers(seed: faults.seed, .spuriousInterrupt, stream: 0)
        for (number, function) in faulty.enumerated() {
            let name: FaultRule.Function = number == 0 ? .pf : .vf(number - 1)
            function.lostInterrupts = faults.sequence(.lostInterrupt, function: name)
        }
        port.deviceControl.faults = PHYFaults(
            error: faults.sequence(.phyError), timeout: faults.sequence(.phyTimeout))
        port.nvm.faults = NVMFaults(data: faults.sequence(.nvmData), timeout: faults.sequence(.nvmTimeout))
    }

    /// Ends what lasts.
    package func endAll() {
        for kind in FaultKind.allCases {
            if let schedule = schedules[kind], schedule.isActive { end(kind, schedule.rule) }
        }
        lowerLine()
    }

    /// Begins and ends what is due.
    package func run() {
        let now = port.clock()
        lowerLine()
        restoreCauses()
        port.nvm.finishLateRead(now: now)
        for kind in FaultKind.allCases {
            switch schedules[kind]?.advance(to: now) {
            case .began:
                if let rule = schedules[kind]?.rule, begin(kind, rule) { strikes[kind, default: 0] &+= 1 }
            case .ended: if let rule = schedules[kind]?.rule { end(kind, rule) }
            case nil: break
            }
        }
    }

    /// When ``run()`` has to be called next, in the clock's nanoseconds; `nil` when nothing is due by the clock.
    package var nextDeadline: UInt64? {
        if isLineRaised { return port.clock() }
        var earliest = port.nvm.lateReadDeadline ?? .max
        for schedule in schedules.values { earliest = min(earliest, schedule.nextChange ?? .max) }
        return earliest == .max ? nil : earliest
    }

    /// Faults of `kind` since ``apply(_:)``; `nil` for kinds that are not injected here.
    package func count(_ kind: FaultKind) -> UInt64? {
        switch kind {
        case .loss, .duplicate, .reorder, .delay, .corrupt, .crcError, .linkDown: nil
        case .lostInterrupt: faulty.reduce(0) { $0 &+ $1.lostInterrupts.count }
        case .phyError: port.deviceControl.faults.error.count
        case .phyTimeout: port.deviceControl.faults.timeout.count
        case .nvmData: port.nvm.faults.data.count
        case .nvmTimeout: port.nvm.faults.timeout.count
        case .dmaError, .spuriousInterrupt, .txHang, .rxHang, .vfReset, .removal: strikes[kind] ?? 0
        }
    }
}

// MARK: What strikes by the clock

extension PortFaults {
    /// Whether the fault meets anybody: there may be no VF to reset, or nobody to interrupt.
    private func begin(_ kind: FaultKind, _ rule: FaultRule) -> Bool {
        switch kind {
        case .dmaError: setMemory(rule, isReachable: false)
        case .txHang: port.hang(transmit: rule.queues, receive: 0)
        case .rxHang: port.hang(transmit: 0, receive: rule.queues)
        case .spuriousInterrupt: return interrupt(rule)
        case .vfReset:
            return (1..<faulty.count).count { rule.isFor(function: $0) && port.resetVF($0 - 1) } > 0
        case .removal: setGone(rule, true)
        default: break
        }
        return true
    }

    private func end(_ kind: FaultKind, _ rule: FaultRule) {
        switch kind {
        case .dmaError: setMemory(rule, isReachable: true)
        case .txHang: port.unhang(transmit: rule.queues, receive: 0)
        case .rxHang: port.unhang(transmit: 0, receive: rule.queues)
        case .removal: setGone(rule, false)
        default: break
        }
    }

    private func setMemory(_ rule: FaultRule, isReachable: Bool) {
        for number in served where rule.isFor(function: number) {
            port.setMemory(of: number, isReachable: isReachable)
        }
    }

    private func setGone(_ rule: FaultRule, _ isGone: Bool) {
        for number in served where rule.isFor(function: number) { faulty[number].setGone(isGone) }
    }

    /// Sends a message, or asserts INTx until the next run, for each function whose interrupts may leave. Whether there is any.
    private func interrupt(_ rule: FaultRule) -> Bool {
        var isSent = false
        for number in served where rule.isFor(function: number) && !faulty[number].isGone {
            guard let host = faulty[number].host else { continue }
            switch port.delivery(of: number) {
            case .msix: host.sendMSIX(vectorNumbers.next(below: faulty[number].interruptCounts.msix))
            case .msi: host.sendMSI(0)
            case .intx where !port.interrupts.isLineAsserted:
                host.setINTx(asserted: true)
                isLineRaised = true
            case .intx, .none: continue
            }
            isSent = true
        }
        return isSent
    }

    private func lowerLine() {
        guard isLineRaised else { return }
        isLineRaised = false
        if !port.interrupts.isLineAsserted { faulty[0].host?.setINTx(asserted: false) }
    }

    /// Causes whose message was lost are there still, as if it had not been sent.
    private func restoreCauses() {
        for (number, function) in faulty.enumerated() {
            let vectors = function.takeLostVectors()
            if vectors != 0 { port.interrupts.restore(vectors, of: number) }
        }
    }
}
