// SPDX-License-Identifier: Apache-2.0

import Intel82576

/// Does with a fresh device what was done with the device of a trace, and compares what is read and which interrupts are sent.
///
/// Accesses of a trace are made in its order, at its times. The port runs when it ran in the trace to some effect: a
/// timer was over, or it sent an interrupt.
struct Replay {
    /// By how many nanoseconds an interrupt may be late: the device takes the time anew for each thing it does, of which a
    /// trace has but one time each.
    private static let clockSlack: UInt64 = 1_000_000

    private let device: ReplayDevice
    private var annotator = TraceAnnotator()
    private(set) var report = ReplayReport()
    private var interrupts = InterruptComparison()
    /// Functions that are in the state that those of the trace were in; the PF first.
    private var inStep: Set<Int>
    /// Frames may have moved since the last reset.
    private var hasTraffic = false

    init(_ header: TraceHeader) {
        device = ReplayDevice(header)
        inStep = header.isFromStart ? Set(device.functions.indices) : []
    }

    /// Nothing more can be compared.
    var isOver: Bool { report.lostLine != nil }

    /// Takes the next event, from line `line`.
    mutating func take(_ line: Int, _ event: TraceEvent) {
        report.events += 1
        if case .port(.clientReset(let function)) = event.kind, function == 0 || inStep.contains(0) {
            inStep.insert(function)
        }
        guard inStep.contains(0) else {
            report.skipped += 1
            return
        }
        device.now = max(device.now, event.time)
        defer { report.equalInterrupts = interrupts.equal }
        switch event.kind {
        case .access(let access): takeBetween(line) { $0.take(line, access) }
        case .interrupt(let interrupt, let function): take(line, interrupt, of: function)
        case .port(.timer): run(line)
        case .port(let event): takeBetween(line) { $0.take(event) }
        case .lost: report.lostLine = line
        case .reset(let reset): take(line, reset)
        }
    }

    /// Takes the end of the trace.
    mutating func end() {
        // What came with an access after it is not there any more.
        for missing in interrupts.takeMissing() where !missing.isRelease { judge(missing, isMissing: true) }
    }

    /// The device's timers, and interrupts that wait.
    private mutating func run(_ line: Int) {
        device.port.run()
        noteInterrupts(line)
    }

    /// A reset follows from what is there already, or somebody asked for it from outside (`kawela ctl reset`).
    private mutating func take(_ line: Int, _ reset: PortReset) {
        guard !device.didReset(reset), case .virtualFunction(let index) = reset else { return }
        takeBetween(line) { _ = $0.device.port.resetVF(index) }
    }

    private mutating func take(_ event: PortEvent) {
        switch event {
        case .clientReset(let function):
            device.functions[function].reset()
            if function == 0 { hasTraffic = false }
        case .clientLeft(let function): device.replaceClient(of: function)
        case .carrier(let isUp): device.setCarrier(isUp)
        case .timer: break
        }
    }
}

// MARK: Interrupts

extension Replay {
    /// Does what comes from outside the device. Interrupts before it have been in the trace by now; those of the trace have
    /// been sent here once it is done.
    private mutating func takeBetween(_ line: Int, _ work: (inout Replay) -> Void) {
        for surplus in interrupts.takeSurplus() { judge(surplus, isMissing: false) }
        device.forgetResets()
        work(&self)
        noteInterrupts(line)
        for missing in interrupts.takeMissing() { judge(missing, isMissing: true) }
    }

    private mutating func take(_ line: Int, _ interrupt: FunctionInterrupt, of function: Int) {
        report.interruptsInTrace += 1
        let expected = note(line, interrupt, of: function)
        if interrupts.isFull { for missing in interrupts.takeMissing() { judge(missing, isMissing: true) } }
        // A line is released by an access, of which only the end is in the trace.
        guard !interrupts.expect(expected), !expected.isRelease else { return }
        run(line)
        guard interrupts.isMissing(expected), let deadline = device.port.nextDeadline,
            deadline > device.now, deadline - device.now <= Self.clockSlack
        else { return }
        device.now = deadline
        run(line)
    }

    /// Takes the interrupts that were sent here.
    private mutating func noteInterrupts(_ line: Int) {
        for (interrupt, function) in device.takeInterrupts() {
            report.interrupts += 1
            interrupts.take(note(line, interrupt, of: function))
        }
    }

    private func note(
        _ line: Int, _ interrupt: FunctionInterrupt, of function: Int
    ) -> InterruptComparison.Interrupt {
        let mayDiffer =
            !inStep.contains(function) || hasTraffic && device.mayReportFrames(interrupt, of: function)
        return InterruptComparison.Interrupt(line: line, function: function, interrupt: interrupt, mayDiffer: mayDiffer)
    }

    private mutating func judge(_ interrupt: InterruptComparison.Interrupt, isMissing: Bool) {
        guard !interrupt.mayDiffer else {
            report.toleratedInterrupts += 1
            return
        }
        report.add(
            ReplayReport.Difference(
                line: interrupt.line, function: functionName(interrupt.function), place: "interrupt",
                expected: isMissing ? interrupt.interrupt.text : "none",
                got: isMissing ? "none" : interrupt.interrupt.text, fields: ""))
    }
}

// MARK: Accesses

extension Replay {
    private mutating func take(_ line: Int, _ access: FunctionAccess) {
        let registers = annotator.annotate(access).registers
        if access.isWrite {
            if access.movesFrames(registers) { hasTraffic = true }
            device.write(access)
        } else {
            compare(line, access, registers, device.read(access))
        }
    }

    private mutating func compare(_ line: Int, _ access: FunctionAccess, _ registers: [TracedRegister], _ got: UInt64) {
        guard inStep.contains(access.function) else {
            report.readsOutOfStep += 1
            return
        }
        guard got != access.value else {
            report.equalReads += 1
            return
        }
        let tolerated = ToleratedBits.find(access, registers).filter { $0.reason != .traffic || hasTraffic }
        let mask = tolerated.reduce(0) { $0 | $1.mask }
        if (got ^ access.value) & ~mask == 0, let reason = tolerated.first?.reason {
            report.toleratedReads[reason, default: 0] += 1
        } else {
            report.add(ReplayReport.Difference(line, access, registers, got, tolerating: mask))
        }
    }
}

extension ReplayReport.Difference {
    fileprivate init(
        _ line: Int, _ access: FunctionAccess, _ registers: [TracedRegister], _ got: UInt64, tolerating mask: UInt64
    ) {
        let names = registers.map(\.label)
        let place = names.isEmpty ? hexadecimal(UInt64(access.offset), bytes: 2) : names.joined(separator: "+")
        let fields = registers.flatMap { register in
            zip(register.fields(in: access.value), register.fields(in: got)).filter { $0 != $1 }.map(\.0.name)
        }
        let bits = hexadecimal((got ^ access.value) & ~mask, bytes: access.width)
        self.init(
            line: line, function: functionName(access.function), place: "\(access.space.name) \(place)",
            expected: hexadecimal(access.value, bytes: access.width), got: hexadecimal(got, bytes: access.width),
            fields: fields.isEmpty ? "bits \(bits)" : fields.joined(separator: " "))
    }
}
