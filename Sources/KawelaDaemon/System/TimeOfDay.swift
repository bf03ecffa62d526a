// SPDX-License-Identifier: Apache-2.0

import Glibc
import HostSystem

/// The local time of day as `15:04:05.678`.
func timeOfDay() -> String {
    let (now, nanoseconds) = wallClock()
    var seconds: time_t = now
    // SAFETY: both structures are valid for the duration of the call; only integers of `tm` are read.
    var parts = unsafe tm()
    _ = unsafe localtime_r(&seconds, &parts)
    let fields = unsafe [parts.tm_hour, parts.tm_min, parts.tm_sec]
    return fields.map { padded(Int($0), to: 2) }.joined(separator: ":") + "." + padded(nanoseconds / 1_000_000, to: 3)
}

private func padded(_ number: Int, to width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
