import CKawela
import Glibc

/// Nanoseconds of `CLOCK_MONOTONIC`: the clock of ports and of the event loop.
func monotonicNanoseconds() -> UInt64 {
    var time = timespec()
    // SAFETY: `time` is a valid timespec for the duration of the call.
    _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
}

/// Makes timed waits of this thread end on time rather than up to 50 µs late.
func useExactTimeouts() {
    kw_exact_timeouts()
}

/// Gives way for a moment to the other thread of this core.
func relax() { kw_relax() }

/// The size of the host's pages.
func hostPageSize() -> Int { sysconf(CInt(_SC_PAGESIZE)) }

/// The local time of day as `15:04:05.678`.
func timeOfDay() -> String {
    var now = timespec()
    // SAFETY: both structures are valid for the duration of the calls; only integers of `tm` are read.
    var parts = unsafe tm()
    _ = unsafe clock_gettime(CLOCK_REALTIME, &now)
    _ = unsafe localtime_r(&now.tv_sec, &parts)
    let fields = unsafe [parts.tm_hour, parts.tm_min, parts.tm_sec]
    return fields.map { padded(Int($0), to: 2) }.joined(separator: ":") + "." + padded(now.tv_nsec / 1_000_000, to: 3)
}

private func padded(_ number: Int, to width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
