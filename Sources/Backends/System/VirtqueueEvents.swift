// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import HostSystem
import SystemPackage

/// The two eventfds of a virtqueue: kicks go to the back end, calls come from it.
///
/// The back end has both files too, and with them the flag that says whether a write or read of them sleeps. So both are
/// interrupted when they do.
struct VirtqueueEvents {
    let kickFile: Descriptor
    /// Readable when the back end has called.
    let callFile: Descriptor

    init() throws(Errno) {
        let flags = CInt(EFD_CLOEXEC | EFD_NONBLOCK)
        kickFile = try Descriptor(result: eventfd(0, flags))
        callFile = try Descriptor(result: eventfd(0, flags))
    }

    /// Tells the back end of descriptors it was given. False when that would have taken long.
    func kick() -> Bool { kw_event_signal(kickFile.number) == 0 }

    /// Takes the calls that came. False when that would have taken long.
    func takeCalls() -> Bool { kw_event_take(callFile.number) >= 0 }
}
