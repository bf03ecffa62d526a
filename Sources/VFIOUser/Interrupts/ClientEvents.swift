// SPDX-License-Identifier: Apache-2.0

import CKawela
import HostSystem

/// Signals and takes the eventfds of one client, which never holds up the calling thread for longer than some milliseconds.
///
/// A client can make an eventfd block at any time, by its flags and its counter. The first call that would have slept is
/// interrupted, and no other is made: the session is to end.
final class ClientEvents {
    /// A call was interrupted, or could not be made.
    private(set) var haveFailed = false

    /// Adds 1. A counter that is full means that the client has not taken the last signal yet; another would tell it
    /// nothing new.
    func signal(_ event: Descriptor) {
        if !haveFailed { haveFailed = kw_event_signal(event.number) < 0 }
    }

    /// Takes the count. False when it was 0.
    func take(_ event: Descriptor) -> Bool {
        if haveFailed { return false }
        let taken = kw_event_take(event.number)
        haveFailed = taken < 0
        return taken > 0
    }
}
