import CKawela
import Glibc

/// Wakes the thread that waits for its descriptor; any other may ring it.
final class Bell: Sendable {
    /// Readable from a ``ring()`` to the next ``silence()``.
    let descriptor: CInt

    init() throws(Failure) {
        descriptor = eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))
        guard descriptor >= 0 else { throw .failed("cannot make an event descriptor: \(systemMessage(errno))") }
    }

    deinit { close(descriptor) }

    func ring() { eventfd_write(descriptor, 1) }

    func silence() {
        var count: eventfd_t = 0
        // SAFETY: `count` is valid for the duration of the call.
        _ = unsafe eventfd_read(descriptor, &count)
    }
}
