// SPDX-License-Identifier: Apache-2.0

/// The port's time: SYSTIM with its time stamps (IEEE 1588), and the timers for software.
///
/// What a saved device needs is in ``state`` and in the block's registers.
struct Time {
    struct State {
        var system: SystemTime
        var timers: Timers

        init(now: UInt64) { (system, timers) = (SystemTime(now: now), Timers(now: now)) }
    }

    private(set) var state: State
    let registers: RegisterFile

    init(_ registers: RegisterFile, now: UInt64) { (self.registers, state) = (registers, State(now: now)) }

    /// SYSTIM at `now` nanoseconds of the clock.
    func systemTime(at now: UInt64) -> UInt64 { state.system.value(at: now) }

    /// When ``run(now:_:)`` has to be called next; `nil` while no timer runs.
    var nextDeadline: UInt64? { state.timers.nextDeadline }

    /// Raises the causes of timers that have expired.
    mutating func run(now: UInt64, _ interrupts: inout Interrupts) {
        let expired = state.timers.expire(repeating: registers[TCPTIMER.self], now: now)
        if expired.contains(.watchdog) { interrupts.raise(.softwareWatchdog) }
        if expired.contains(.tcp) { interrupts.raiseTCPTimer() }
    }

    /// SYSTIM and the timers to their reset state.
    /// - Parameter keepsFreeRunning: FRTIMER goes on, as it does over CTRL.RST.
    mutating func reset(keepsFreeRunning: Bool, now: UInt64) {
        state.system = SystemTime(now: now)
        state.timers.reset(keepsFreeRunning: keepsFreeRunning, now: now)
    }
}

// MARK: Registers

extension Time {
    /// A driver's read of one of the block's registers, with its side effects.
    mutating func read(_ entry: RegisterMap.Entry, now: UInt64) -> UInt32 {
        let value = peek(entry, now: now)
        switch entry.name {
        case .SYSTIML: state.system.latchHigh(now: now)
        case .TXSTMPH: registers[TSYNCTXCTL.self].isValid = false
        // The datasheet unlocks on the first, which is all that Linux reads; QEMU's card on the second.
        case .RXSTMPH, .RXSATRH: registers[TSYNCRXCTL.self].isValid = false
        default: break
        }
        return value
    }

    /// What ``read(_:now:)`` would give, without the side effects.
    func peek(_ entry: RegisterMap.Entry, now: UInt64) -> UInt32 {
        switch entry.name {
        case .SYSTIML: UInt32(truncatingIfNeeded: systemTime(at: now))
        case .SYSTIMH: state.system.latchedHigh
        case .FRTIMER: state.timers.freeRunning(now: now)
        case .WDSTP: registers[WDSTP.self].raw | state.timers.watchdogSeconds(now: now) << 16
        default: registers.peek(entry)
        }
    }

    /// A driver's write of one of the block's registers.
    mutating func write(
        _ entry: RegisterMap.Entry, _ value: UInt32, now: UInt64, _ interrupts: inout Interrupts
    ) -> RegisterEffects {
        registers.write(entry, value)
        switch entry.name {
        case .SYSTIML, .SYSTIMH, .TIMINCA, .TIMADJH: writeSystemTime(entry, value, now: now)
        case .FRTIMER: state.timers.setFreeRunning(value, now: now)
        case .TCPTIMER:
            guard state.timers.setTCP(TCPTIMER(raw: value), now: now) else { return [] }
            interrupts.raiseTCPTimer()
            return .interrupts
        case .WDSTP: state.timers.armWatchdog(registers[WDSTP.self], now: now)
        case .SWDSTS: return writeWatchdogStatus(SWDSTS(raw: value), now: now, &interrupts)
        default: break
        }
        return []
    }

    private mutating func writeSystemTime(_ entry: RegisterMap.Entry, _ value: UInt32, now: UInt64) {
        let before = systemTime(at: now)
        switch entry.name {
        // Each half takes effect at once; what SYSTIML carries over while SYSTIMH is still to come is overwritten by it.
        case .SYSTIML: state.system.set(before & 0xFFFF_FFFF_0000_0000 | UInt64(value), now: now)
        case .SYSTIMH: state.system.set(before & 0xFFFF_FFFF | UInt64(value) << 32, now: now)
        case .TIMINCA: state.system.setAttributes(registers[TIMINCA.self], now: now)
        default: state.system.adjust(low: registers[TIMADJL.self], high: TIMADJH(raw: value))
        }
    }

    private mutating func writeWatchdogStatus(
        _ command: SWDSTS, now: UInt64, _ interrupts: inout Interrupts
    ) -> RegisterEffects {
        let setup = registers[WDSTP.self]
        if command.isFunctional { state.timers.armWatchdog(setup, now: now) }
        guard command.forces, setup.isEnabled else { return [] }
        state.timers.stopWatchdog()
        interrupts.raise(.softwareWatchdog)
        return .interrupts
    }
}
