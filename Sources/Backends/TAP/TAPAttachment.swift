// SPDX-License-Identifier: Apache-2.0

import HostSystem
import SystemPackage

/// A TAP interface by its name, which may be deleted and made again, and the link that it gives a port.
///
/// The link is up while the interface is administratively up; the interface's carrier is the port's link.
struct TAPAttachment {
    private static let retryMilliseconds = 1000

    private let name: String
    private let headerLength: Int
    private let timer: Timer
    private let watch: LinkWatch
    /// Stays open until the next one is there, or it is closed.
    private(set) var device: TAPDevice
    private(set) var isAttached = true
    private(set) var isClosed = false
    /// `ip link set NAME up`.
    private(set) var isUp: Bool
    private var hasPortLink = true

    /// - Parameter headerLength: see ``TAPDevice/init(attachingTo:headerLength:)``.
    init(to name: String, headerLength: Int) throws(Errno) {
        (self.name, self.headerLength) = (name, headerLength)
        timer = try Timer()
        watch = LinkWatch(name)
        device = try TAPDevice(attachingTo: name, headerLength: headerLength)
        isUp = watch.state?.isUp ?? true
    }

    /// Readable when it is time for ``reattach()``.
    var retryDescriptor: CInt { timer.descriptor }
    /// Readable when it is time for ``handleLinkEvent()``; -1 where the kernel does not tell.
    var linkDescriptor: CInt { isClosed ? -1 : watch.descriptor }
    var isLinkUp: Bool { isAttached && isUp }

    var status: String {
        guard isAttached else { return "waiting for TAP interface \(name)" }
        return isUp ? "attached to \(name)" : "attached to \(name), which is down"
    }

    /// Whether the interface is still there: another one of its name may be.
    mutating func handleLinkEvent() -> Bool {
        guard !isClosed else { return false }
        watch.consume()
        if let state = watch.state { isUp = state.isUp }
        return !isAttached || !device.isGone
    }

    mutating func portLinkChanged(isUp: Bool) {
        hasPortLink = isUp
        if isAttached { device.setCarrier(isUp) }
    }

    /// The interface is gone, or of no use: another attempt follows in a second.
    mutating func detach() {
        guard isAttached else { return }
        isAttached = false
        timer.start(milliseconds: Self.retryMilliseconds)
    }

    /// Attaches to an interface of the name, if the time has come and there is one. Whether it did.
    mutating func reattach() -> Bool {
        guard !isClosed, timer.take() else { return false }
        do throws(Errno) {
            device = try TAPDevice(attachingTo: name, headerLength: headerLength)
        } catch {
            timer.start(milliseconds: Self.retryMilliseconds)
            return false
        }
        isAttached = true
        isUp = watch.state?.isUp ?? true
        if !hasPortLink { device.setCarrier(false) }
        return true
    }

    mutating func close() {
        (isAttached, isClosed) = (false, true)
        watch.close()
        device.close()
        timer.close()
    }
}
