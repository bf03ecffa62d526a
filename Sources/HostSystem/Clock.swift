// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc

/// Nanoseconds of `CLOCK_MONOTONIC`: the clock of ports and of the event loop.
package func monotonicNanoseconds() -> UInt64 { nanoseconds(of: CLOCK_MONOTONIC) }

/// Nanoseconds that a processor has worked for this thread. A system call, unlike the other clocks.
package func threadNanoseconds() -> UInt64 { nanoseconds(of: CLOCK_THREAD_CPUTIME_ID) }

private func nanoseconds(of clock: clockid_t) -> UInt64 {
    let now = time(of: clock)
    return UInt64(now.tv_sec) &* 1_000_000_000 &+ UInt64(now.tv_nsec)
}

/// Seconds and nanoseconds of the wall clock.
package func wallClock() -> (seconds: Int, nanoseconds: Int) {
    let now = time(of: CLOCK_REALTIME)
    return (now.tv_sec, now.tv_nsec)
}

/// Makes timed waits of this thread end on time rather than up to 50 µs late.
package func useExactTimeouts() { kw_exact_timeouts() }

/// Lets other threads that wait for this processor go first. Returns at once when there are none.
package func yieldProcessor() { sched_yield() }

private func time(of clock: clockid_t) -> timespec {
    var now = timespec()
    // SAFETY: `now` outlives the call.
    _ = unsafe clock_gettime(clock, &now)
    return now
}
