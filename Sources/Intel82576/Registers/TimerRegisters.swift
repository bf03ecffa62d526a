// SPDX-License-Identifier: Apache-2.0

/// TCPTIMER — TCP Timer.
package struct TCPTIMER: Register {
    package static var name: RegisterName { .TCPTIMER }
    package static var offset: Int { 0x104C }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0x0AFF, section: "8.15", in: "Time/Timers.swift",
                "Periodic TCP timer: duration 7:0, start 8, enable 9, finish 10, loop 11")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// Duration, bits 7:0: the time to count, in milliseconds in the register.
    package var duration: UInt64 { UInt64(self[0...7]) &* 1_000_000 }
    /// KickStart, bit 8. Counts from the duration.
    package var starts: Bool {
        get { self[8] }
        set { self[8] = newValue }
    }
    /// TCPCountEn, bit 9. The counter runs; without it, it keeps its place.
    package var isCounting: Bool {
        get { self[9] }
        set { self[9] = newValue }
    }
    /// TCPCountFinish, bit 10. Expires at once.
    package var finishes: Bool {
        get { self[10] }
        set { self[10] = newValue }
    }
    /// Loop, bit 11. Starts again when it expires.
    package var repeats: Bool {
        get { self[11] }
        set { self[11] = newValue }
    }
}

/// WDSTP — Watchdog Setup. The fields are those of the I210, the same block; none of our sources has the 82576's.
///
/// - WD_Timer, bits 23:16: seconds that are left.
package struct WDSTP: Register {
    package static var name: RegisterName { .WDSTP }
    package static var offset: Int { 0x1040 }
    // Fields and reset of the watchdog are the I210's.
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0xFF00_0001, reset: 0x0200_0000, section: "8.15", in: "Time/Timers.swift",
                "Software watchdog: enable 0, seconds left 23:16, seconds 31:24")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// WD_Enable, bit 0. The watchdog runs.
    package var isEnabled: Bool {
        get { self[0] }
        set { self[0] = newValue }
    }
    /// WD_Timeout, bits 31:24: the time without a sign of life, in seconds in the register.
    package var timeout: UInt64 { UInt64(self[24...31]) &* 1_000_000_000 }
}

/// FRTIMER — Free Running Timer.
package struct FRTIMER: Register {
    package static var name: RegisterName { .FRTIMER }
    package static var offset: Int { 0x1048 }
    package static var window: VirtualWindow? { VirtualWindow(at: 0x1048, .VTFRTIMER, perVF: 0, isReadOnly: true) }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, resetBy: .function, section: "8.15", in: "Time/Timers.swift",
                "Free-running microsecond/millisecond/second timer")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// Microsecond, bits 9:0: 0 to 999.
    package var microseconds: UInt32 {
        get { self[0...9] }
        set { self[0...9] = newValue }
    }
    /// Millisecond, bits 19:10: 0 to 999.
    package var milliseconds: UInt32 {
        get { self[10...19] }
        set { self[10...19] = newValue }
    }
    /// Seconds, bits 31:20, which wrap.
    package var seconds: UInt32 {
        get { self[20...31] }
        set { self[20...31] = newValue }
    }
}

/// SWDSTS — Software Device Status, the sign of life of the software watchdog.
package struct SWDSTS: Register {
    package static var name: RegisterName { .SWDSTS }
    package static var offset: Int { 0x1044 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0xFF00_0000, section: "8.15", in: "Time/Time.swift",
                "Software watchdog: alive 0, expire 1, reason 31:24")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// Dev_Functional, bit 0. The driver lives: the watchdog starts again.
    package var isFunctional: Bool {
        get { self[0] }
        set { self[0] = newValue }
    }
    /// Force_WD, bit 1. The watchdog expires at once.
    package var forces: Bool {
        get { self[1] }
        set { self[1] = newValue }
    }
}
