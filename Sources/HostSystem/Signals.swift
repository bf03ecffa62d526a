// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import SystemPackage

/// Signals as something to wait for. While one exists its signals are blocked in the thread that made it.
///
/// Make it before any other thread starts: threads inherit the mask, and a thread without it would take the signal.
package final class Signals {
    private let file: Descriptor
    /// Readable when a signal came.
    package var descriptor: CInt { file.number }

    package init(_ numbers: [CInt]) throws(Errno) {
        var set = sigset_t()
        // SAFETY: `set` is valid for the duration of each call; the mask before it is not asked for.
        unsafe sigemptyset(&set)
        for number in numbers { unsafe sigaddset(&set, number) }
        _ = unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        file = try unsafe Descriptor(result: signalfd(-1, &set, CInt(SFD_CLOEXEC | SFD_NONBLOCK)))
    }

    /// The number of a signal that came, or `nil`.
    package func next() -> CInt? {
        var information = signalfd_siginfo()
        let size = MemoryLayout<signalfd_siginfo>.size
        // SAFETY: `information` has room for the `size` bytes asked for.
        guard unsafe read(descriptor, &information, size) == size else { return nil }
        return CInt(truncatingIfNeeded: information.ssi_signo)
    }

    /// Whether this process was started with `number` ignored, as `nohup` does with SIGHUP.
    package static func isIgnored(_ number: CInt) -> Bool {
        var action = sigaction()
        // SAFETY: only reads the present action into `action`, of which the union's handler is always valid to compare.
        return unsafe sigaction(number, nil, &action) == 0
            && unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }

    /// Has writes to a closed socket fail with EPIPE rather than end the process.
    package static func ignoreBrokenPipes() {
        _ = signal(SIGPIPE, SIG_IGN)
    }
}
