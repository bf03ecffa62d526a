// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import SystemPackage

/// The socket of the service manager that started this process and waits to hear how it goes (sd_notify(3)), if there is one.
package final class NotifySocket {
    private let socket: Descriptor?

    /// The one that the environment names (NOTIFY_SOCKET). To be made while files are in reach.
    package convenience init() {
        // SAFETY: both are C strings; the result is copied before anything changes the environment, which nothing does.
        self.init(unsafe getenv("NOTIFY_SOCKET").map { unsafe String(cString: $0) })
    }

    /// A manager that cannot be reached is told nothing, as if there were none: it finds out by itself.
    /// - Parameter name: an absolute path, or an abstract name after an @.
    package init(_ name: String?) {
        // SAFETY: the string is a valid C string during the call.
        socket = try? name.map { name throws(Errno) in try unsafe Descriptor(result: kw_notify_socket(name)) }
    }

    /// The service does what it is there for.
    package func ready() { tell("READY=1") }

    /// The service begins to stop.
    package func stopping() { tell("STOPPING=1") }

    /// The service reads its configuration again while `work` runs.
    package func reloading(_ work: () -> Void) {
        tell("RELOADING=1\nMONOTONIC_USEC=\(monotonicNanoseconds() / 1000)")
        work()
        ready()
    }

    private func tell(_ state: String) {
        guard let socket else { return }
        var state = state
        state.withUTF8 { bytes in
            guard let start = bytes.baseAddress else { return }
            // SAFETY: the bytes are valid for the duration of the call.
            _ = unsafe write(socket.number, start, bytes.count)
        }
    }
}
