import Intel82576

/// An uplink with something to wait for. Single-threaded, driven by the event loop of its owner.
public protocol Backend: Uplink {
    /// The descriptor to poll; -1 when there is nothing to wait for. It may change with any call.
    var descriptor: CInt { get }
    /// Wait for the descriptor to be writable too (it is always waited for to be readable).
    var wantsWritable: Bool { get }
    /// The descriptor is readable and ``Uplink/receive(into:)`` does not apply (connecting, accepting), or writable.
    /// Called on every event before `receive`.
    func handleEvent()
    /// Frames and bytes sent, received and dropped, by reason.
    var counters: [(name: String, value: UInt64)] { get }
    /// Closes descriptors, removes socket files this backend made, flushes files.
    func close()
}
