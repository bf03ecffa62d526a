// SPDX-License-Identifier: Apache-2.0

// Generated from the comments in TimerRegisters.swift by Scripts/rules/fields.py; do not edit. `make docs`
// writes it anew.
// swift-format-ignore-file

extension TCPTIMER {
    package static var fields: [RegisterField] {
        [
            RegisterField("Duration", 0...7, "The time to count, in milliseconds in the register"),
            RegisterField("KickStart", 8...8, "Counts from the duration"),
            RegisterField("TCPCountEn", 9...9, "The counter runs; without it, it keeps its place"),
            RegisterField("TCPCountFinish", 10...10, "Expires at once"),
            RegisterField("Loop", 11...11, "Starts again when it expires"),
        ]
    }
}

extension WDSTP {
    package static var fields: [RegisterField] {
        [
            RegisterField("WD_Enable", 0...0, "The watchdog runs"),
            RegisterField("WD_Timer", 16...23, "Seconds that are left"),
            RegisterField("WD_Timeout", 24...31, "The time without a sign of life, in seconds in the register"),
        ]
    }
}

extension FRTIMER {
    package static var fields: [RegisterField] {
        [
            RegisterField("Microsecond", 0...9, "0 to 999"),
            RegisterField("Millisecond", 10...19, "0 to 999"),
            RegisterField("Seconds", 20...31, "Which wrap"),
        ]
    }
}

extension SWDSTS {
    package static var fields: [RegisterField] {
        [
            RegisterField("Dev_Functional", 0...0, "The driver lives: the watchdog starts again"),
            RegisterField("Force_WD", 1...1, "The watchdog expires at once"),
        ]
    }
}
