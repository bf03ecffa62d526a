// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import KawelaGuest
import Synchronization

/// Ctrl-C and its like: everything of the run is gone before the program is.
final class Interruption: Sendable {
    private let happened = Atomic(false)

    /// Watches until the program ends.
    init(closing run: Run) {
        for number in [SIGINT, SIGTERM, SIGHUP] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [self, source] in
                source.cancel()
                happened.store(true, ordering: .relaxed)
                FileHandle.standardError.write(Data("\ninterrupted; tidying up\n".utf8))
                run.close()
                exit(128 + number)
            }
            source.resume()
        }
    }

    /// For whoever fails because the run is being closed: lets the signal's handler end the program.
    func waitIfInterrupted() {
        usleep(100_000)  // The failure may be seen before the signal is.
        while happened.load(ordering: .relaxed) { sleep(1) }
    }
}
