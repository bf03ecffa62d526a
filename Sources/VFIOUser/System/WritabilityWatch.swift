import CKawela
import Glibc
import HostSystem

/// A descriptor that is *readable* while another one is *writable*.
///
/// The owner of the event loop then only ever waits for descriptors to become readable.
final class WritabilityWatch {
    private let poller: Descriptor

    var descriptor: CInt { poller.number }

    /// Nil when the process has no descriptor left.
    init?(_ watched: CInt) {
        let number = epoll_create1(CInt(EPOLL_CLOEXEC))
        if number < 0 { return nil }
        poller = Descriptor(number)
        // SAFETY: epoll_ctl reads one event, a local; the data in it is never used.
        var event = unsafe epoll_event()
        unsafe event.events = EPOLLOUT.rawValue
        if unsafe epoll_ctl(number, EPOLL_CTL_ADD, watched, &event) < 0 { return nil }
    }
}
