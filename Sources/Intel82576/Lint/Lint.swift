// SPDX-License-Identifier: Apache-2.0

/// Reports what drivers do against the datasheet: a ``MisuseReport`` names register, field, value, queue, section and what
/// would have been right. The rules are those of ``MisuseRule``; each stands beside its check in the files Lint+*.swift.
///
/// Accesses are judged by the state that they meet, before they take effect; transmit descriptors when a run has fetched
/// them. Nothing that a driver does can make it hold more than a bounded number of reports, or wait.
///
/// A rule is reported once a second for each function and queue, a remark once for each register or queue until the next
/// power-on reset. What is not reported for these reasons, or because nobody takes the reports, is counted.
///
/// It does not judge the contents of frames, registers of the wake-up, management and security blocks, and times that the
/// datasheet gives in microseconds.
package final class Lint: PortObserver, DescriptorObserver {
    /// Reports that wait for ``take()``.
    package static let mostReports = 256
    /// Places whose last report is remembered.
    private static let mostPlaces = 4096
    /// Nanoseconds between two reports of a rule.
    static let interval: UInt64 = 1_000_000_000

    unowned let port: Port
    private var reports: [MisuseReport] = []
    private var suppressed: UInt64 = 0
    private var lastReported: [Place: UInt64] = [:]

    var mailboxes = MailboxHistory()
    /// When CTRL.RST was written, until the driver has waited for it.
    var resetTime: UInt64?
    /// Receive descriptors that a write of RDT hands over.
    let postings = FixedBuffer<ReceivePosting>(repeating: ReceivePosting(low: 0, high: 0), count: 64)

    private struct Place: Hashable {
        var rule: MisuseRule
        var function: Int
        /// The queue or -1; for remarks the register's address.
        var number: Int
    }

    /// Watches `port` until ``stop()``.
    package init(watching port: Port) {
        self.port = port
        port.observers.append(self)
        port.descriptorObserver = self
    }

    package func stop() {
        port.observers.removeAll { $0 === self }
        port.descriptorObserver = nil
    }

    /// The reports since the last call, and how many more there would have been.
    package func take() -> (reports: [MisuseReport], suppressed: UInt64) {
        defer { (reports, suppressed) = ([], 0) }
        return (reports, suppressed)
    }
}

// MARK: Reports

extension Lint {
    var registers: RegisterFile { port.registers }

    /// Reports an access to a register.
    func report(
        _ rule: MisuseRule, _ use: RegisterUse, field: String? = nil, _ text: @autoclosure () -> String
    ) {
        let number = rule.severity == .remark ? use.offset : use.queue ?? -1
        guard admits(Place(rule: rule, function: use.function, number: number)) else { return }
        add(
            MisuseReport(
                rule: rule, function: use.function, register: use.label, field: field, value: UInt64(use.value),
                queue: use.queue, text: text(), time: port.clock()))
    }

    /// Reports an access that reaches no register, or one in configuration space.
    func report(_ rule: MisuseRule, _ access: FunctionAccess, _ text: @autoclosure () -> String) {
        let number = rule.severity == .remark ? access.offset : -1
        guard admits(Place(rule: rule, function: access.function, number: number)) else { return }
        add(
            MisuseReport(
                rule: rule, function: access.function, value: access.value, text: text(), time: port.clock()))
    }

    /// Reports a descriptor of `queue`.
    func report(
        _ rule: MisuseRule, queue: Int, field: String? = nil, value: UInt64, _ text: @autoclosure () -> String
    ) {
        let function = port.functions.owners.isVirtual(queue) ? (queue & 7) + 1 : 0
        guard admits(Place(rule: rule, function: function, number: queue)) else { return }
        add(
            MisuseReport(
                rule: rule, function: function, field: field, value: value, queue: queue, text: text(),
                time: port.clock()))
    }

    private func add(_ report: MisuseReport) { reports.append(report) }

    /// Whether a report of `place` is due and there is room for it. If so, the next one has to wait.
    private func admits(_ place: Place) -> Bool {
        let now = port.clock()
        let isEarly = lastReported[place].map { place.rule.severity == .remark || now &- $0 < Self.interval } ?? false
        guard !isEarly, reports.count < Self.mostReports else {
            suppressed &+= 1
            return false
        }
        if lastReported.count >= Self.mostPlaces { lastReported.removeAll(keepingCapacity: true) }
        lastReported[place] = now
        return true
    }

    static func hex(_ value: some BinaryInteger) -> String { "0x" + String(value, radix: 16, uppercase: true) }
}

// MARK: What is observed

extension Lint {
    package func observe(_ access: FunctionAccess) {
        guard access.function == 0 || port.functions.exists(access.function - 1) else { return }
        switch access.space {
        case .configuration: if access.isWrite { checkConfiguration(access) }
        case .bar(0): checkWindow(access)
        case .bar(2): checkIO(access)
        case .bar: break
        }
    }

    /// An access of 32 bits to a register.
    func check(_ use: RegisterUse) {
        checkCoverage(use)
        guard use.isWrite else {
            resetTime = nil
            if use.name == .MBVFICR { mailboxes.readCauses() }
            return
        }
        checkReservedBits(use)
        checkRings(use)
        checkReceive(use)
        checkInterrupts(use)
        checkMailbox(use)
        checkReset(use)
        checkEEPROMAndPHY(use)
        checkFilters(use)
    }

    package func observe(_ reset: PortReset) {
        switch reset {
        case .port(let level):
            mailboxes = MailboxHistory()
            if level == .powerOn { lastReported.removeAll(keepingCapacity: true) }
        case .virtualFunction(let index): mailboxes.forget(index)
        }
    }
}
