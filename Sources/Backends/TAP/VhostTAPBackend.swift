// SPDX-License-Identifier: Apache-2.0

import HostSystem
import Intel82576
import SystemPackage

/// A port's wire plugged into an existing TAP interface by the kernel's vhost-net: frames cross in queues of shared memory,
/// without a system call each, and a task of the kernel's moves them on another processor. Segmentation and checksums are left
/// to the kernel.
///
/// A frame counts as sent when the kernel has it in its queue; whether the interface took it is not told. The kernel stops at a
/// frame whose open checksum lies behind its end, and tries it again; a port leaves none such open. When the interface is deleted,
/// the backend waits for one of that name, with new queues.
package final class VhostTAPBackend: Backend {
    private var attachment: TAPAttachment
    private let vhost: VhostNetDevice
    /// Everything to wait for but frames.
    private let watch: EventSet
    /// Those that were used last, as long as there are no others (see ``Backend/descriptor``).
    private var rings: VhostUserRings
    private var frames: RingTraffic
    private var ringErrors: UInt64 = 0
    /// Why the last queues were given up, if the interface was not.
    private var lastEnd: String?

    init(name: String, _ vhost: VhostNetDevice) throws(Errno) {
        self.vhost = vhost
        watch = try EventSet()
        attachment = try TAPAttachment(to: name, headerLength: VirtioNetBufferHeader.length)
        frames = try RingTraffic(
            counting: TrafficCounters(
                drops: .sendNoPeer, .sendInterfaceDown, .sendLength, .sendStoreFull, .receiveLength, .receiveMalformed))
        rings = try Self.rings(of: vhost)
        if attachment.linkDescriptor >= 0 { try watch.add(attachment.linkDescriptor, writable: false) }
        try begin()
    }

    deinit { close() }

    package var descriptor: CInt {
        if attachment.isClosed { return -1 }
        return attachment.isAttached ? frames.descriptor(of: rings) : attachment.retryDescriptor
    }

    package var wantsWritable: Bool { false }
    package var linkDescriptor: CInt { attachment.isClosed ? -1 : watch.descriptor }
    package var isLinkUp: Bool { attachment.isLinkUp }
    package var isCongested: Bool { frames.isCongested }
    package var offloads: UplinkOffloads { attachment.device.offloads }

    package var counters: [(name: String, value: UInt64)] { frames.report + [("ring_errors", ringErrors)] }

    package var status: String {
        attachment.status + ", by vhost-net" + (lastEnd.map { "; queues were given up: \($0)" } ?? "")
    }

    package func portLinkChanged(isUp: Bool) { attachment.portLinkChanged(isUp: isUp) }

    package func close() {
        end()
        vhost.close()
        attachment.close()
        watch.close()
    }
}

// MARK: Coming and going

extension VhostTAPBackend {
    /// A TAP interface knows what to do with a segment that has CWR (HOST_ECN).
    private static func rings(of vhost: VhostNetDevice) throws(Errno) -> VhostUserRings {
        try VhostUserRings(vhost.features.union(.hostECN))
    }

    /// Has frames cross between the rings, which are new, and the interface. Both queues are kicked to start them.
    private func begin() throws(Errno) {
        try vhost.begin(rings, attachment.device)
        try watch.add(rings.transmitEvents.callFile.number, writable: false)
        guard rings.receiveEvents.kick(), rings.transmitEvents.kick() else { throw .last }
    }

    private func end() {
        guard attachment.isAttached else { return }
        vhost.end()
        watch.remove(rings.transmitEvents.callFile.number)
        frames.end()
        attachment.detach()
        // Nobody waits for it, and it would keep the interface from being attached to again.
        attachment.device.close()
    }

    private func reattach() {
        guard attachment.reattach() else { return }
        do throws(Errno) {
            rings = try Self.rings(of: vhost)
            try begin()
            lastEnd = nil
        } catch {
            lastEnd = error.description
            end()
        }
    }

    /// Does something with the rings; what the kernel did to them that cannot be has them given up.
    private func attempt(_ work: () throws(VirtqueueError) -> Void) {
        do throws(VirtqueueError) {
            try work()
        } catch {
            ringErrors &+= 1
            lastEnd = error.description
            end()
        }
    }
}

// MARK: Frames

extension VhostTAPBackend {
    package func handleEvent() {
        guard attachment.isAttached else { return reattach() }
        attempt { () throws(VirtqueueError) in try frames.handleEvent(of: rings) }
    }

    /// The interface changed, or there is room for frames. The queues do not say that it has gone.
    package func handleLinkEvent() {
        guard attachment.handleLinkEvent() else { return end() }
        guard attachment.isAttached else { return }
        attempt { () throws(VirtqueueError) in try frames.handleRoom(of: rings) }
    }

    package func transmit(_ batch: inout FrameBatch) {
        guard attachment.isLinkUp else {
            return frames.drop(batch, attachment.isAttached ? .sendInterfaceDown : .sendNoPeer)
        }
        attempt { () throws(VirtqueueError) in try frames.transmit(&batch, to: rings) }
    }

    package func receive(into batch: inout FrameBatch) {
        attempt { () throws(VirtqueueError) in
            try frames.receive(into: &batch, from: attachment.isAttached ? rings : nil)
        }
    }
}
