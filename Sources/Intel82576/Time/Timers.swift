// SPDX-License-Identifier: Apache-2.0

/// The port's timers for software: FRTIMER, TCPTIMER and the software watchdog, on the port's clock.
///
/// A plain value of only state.
///
/// - Datasheet: TCP timer interrupt, watchdog timer
struct Timers {
    struct Expired: OptionSet {
        let rawValue: UInt8

        static let tcp = Expired(rawValue: 1 << 0)
        static let watchdog = Expired(rawValue: 1 << 1)
    }

    /// Clock nanoseconds at which FRTIMER was 0.
    private var freeRunningStart: UInt64
    /// When TCPTIMER expires, in clock nanoseconds; while it does not count, what is left of it.
    private var tcpDeadline: UInt64?
    private var tcpRemainder: UInt64 = 0
    private var watchdogDeadline: UInt64?

    init(now: UInt64) { freeRunningStart = now }

    /// CTRL.RST leaves FRTIMER running.
    mutating func reset(keepsFreeRunning: Bool, now: UInt64) {
        let start = freeRunningStart
        self = Timers(now: now)
        if keepsFreeRunning { freeRunningStart = start }
    }

    /// FRTIMER: microseconds 9:0, milliseconds 19:10, seconds 31:20, which wrap.
    func freeRunning(now: UInt64) -> UInt32 {
        let microseconds = (now &- freeRunningStart) / 1000
        let seconds = UInt32(truncatingIfNeeded: microseconds / 1_000_000) & 0xFFF
        return seconds << 20 | UInt32(microseconds / 1000 % 1000) << 10 | UInt32(microseconds % 1000)
    }

    mutating func setFreeRunning(_ value: UInt32, now: UInt64) {
        let milliseconds = UInt64(value >> 20) &* 1000 &+ UInt64(value >> 10 & 0x3FF)
        let microseconds = milliseconds &* 1000 &+ UInt64(value & 0x3FF)
        freeRunningStart = now &- microseconds &* 1000
    }

    /// WD_Timer: seconds until the watchdog expires, begun ones counted; stuck at 0 once it has.
    func watchdogSeconds(now: UInt64) -> UInt32 {
        guard let watchdogDeadline, watchdogDeadline > now else { return 0 }
        return UInt32(truncatingIfNeeded: (watchdogDeadline &- now &+ 999_999_999) / 1_000_000_000) & 0xFF
    }

    var nextDeadline: UInt64? {
        guard let tcpDeadline else { return watchdogDeadline }
        return min(tcpDeadline, watchdogDeadline ?? tcpDeadline)
    }

    // MARK: TCPTIMER

    /// Does what a write of TCPTIMER asks for. Whether the timer expires by that. A duration of 0 does not count.
    mutating func setTCP(_ command: TCPTIMER, now: UInt64) -> Bool {
        if let deadline = tcpDeadline { tcpRemainder = deadline > now ? deadline &- now : 0 }
        if command.starts { tcpRemainder = command.duration }
        if command.finishes { tcpRemainder = command.repeats || command.starts ? command.duration : 0 }
        tcpDeadline = command.isCounting && tcpRemainder > 0 ? now &+ tcpRemainder : nil
        return command.finishes
    }

    // MARK: Watchdog

    /// Starts the watchdog, or stops it when it is not enabled.
    mutating func armWatchdog(_ setup: WDSTP, now: UInt64) {
        watchdogDeadline = setup.isEnabled ? now &+ setup.timeout : nil
    }

    mutating func stopWatchdog() { watchdogDeadline = nil }

    // MARK: Expiry

    /// The timers that have expired at `now`, once each. One that repeats and was missed for several rounds expires once.
    /// - Parameter command: TCPTIMER, which says whether it repeats.
    mutating func expire(repeating command: TCPTIMER, now: UInt64) -> Expired {
        var expired: Expired = []
        if let deadline = watchdogDeadline, now >= deadline {
            watchdogDeadline = nil
            expired.insert(.watchdog)
        }
        if let deadline = tcpDeadline, now >= deadline {
            tcpRemainder = 0
            let isRepeated = command.repeats && command.duration > 0
            tcpDeadline = isRepeated ? now &+ command.duration &- (now &- deadline) % command.duration : nil
            expired.insert(.tcp)
        }
        return expired
    }
}
