// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import HostSystem
import SystemPackage

/// The kernel's vhost-net (`/dev/vhost-net`): a task of the kernel's moves frames between a pair of virtqueues and a TAP
/// interface.
///
/// It works in a mapping of its own of the queues' memory, which stays until it has let go of them. Once this is open, other
/// rings and other interfaces take neither a file to open nor a right.
@safe final class VhostNetDevice {
    /// What the kernel must know, beside what is a gain where it does.
    private static let needed: VirtioFeatures = [.version1, .mergedBuffers]

    private let file: Descriptor
    /// What both sides know of how queues work. What is left to the kernel for a frame is the TAP interface's.
    let features: VirtioFeatures
    private var mapping: UnsafeMutableRawBufferPointer?

    /// - Throws: `Errno.noSuchFileOrDirectory`, `operationNotSupportedByDevice` or `noSuchAddressOrDevice` where the kernel has
    ///   none, `notSupported` where it is too old.
    init() throws(Errno) {
        // To close it waits for all processors.
        let closer = try Closer()
        var offer: UInt64 = 0
        // SAFETY: `offer` outlives the call.
        file = try unsafe Descriptor(result: kw_vhost_open(&offer), closer: closer)
        features = VirtioFeatures(rawValue: offer).intersection(Self.needed.union(.eventIndex))
        guard features.isSuperset(of: Self.needed) else { throw .notSupported }
        if kw_vhost_accept(file.number, features.rawValue) < 0 { throw .last }
    }

    deinit { close() }

    func close() {
        end()
        file.close()
    }

    /// Has frames cross between `rings`, which are new, and the interface of `tap`, which nobody else reads or writes.
    func begin(_ rings: VhostUserRings, _ tap: TAPDevice) throws(Errno) {
        end()
        guard tap.hasHeader else { throw .notSupported }
        do throws(Errno) {
            try map(rings)
            for queue in [VhostUserRings.receiveIndex, VhostUserRings.transmitIndex] {
                try setUp(queue, of: rings)
                if kw_vhost_attach(file.number, UInt32(queue), tap.descriptor) < 0 { throw .last }
            }
        } catch {
            end()
            throw error
        }
    }

    /// The rings, and the TAP interface, are nobody's afterwards. Waits for what the task has at hand: some hundred frames.
    func end() {
        guard let former = unsafe mapping else { return }
        for queue in [VhostUserRings.receiveIndex, VhostUserRings.transmitIndex] {
            // Memory that the kernel may still write to stays where it is.
            guard kw_vhost_attach(file.number, UInt32(queue), -1) == 0 else { return }
        }
        // SAFETY: mapped with this size; the kernel has let go of it, and nobody else knows it.
        unsafe munmap(former.baseAddress, former.count)
        unsafe mapping = nil
    }

    private func map(_ rings: VhostUserRings) throws(Errno) {
        let size = rings.memoryLength
        let place = unsafe mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, rings.memoryFile, 0)
        guard unsafe place != MAP_FAILED else { throw .last }
        unsafe mapping = UnsafeMutableRawBufferPointer(start: place, count: size)
        // SAFETY: the memory stays mapped until the kernel has let go of it, see `end`.
        let result = unsafe kw_vhost_set_memory(
            file.number, VirtqueueDescriptor.memoryAddress, place, UInt64(size))
        if result < 0 { throw .last }
    }

    private func setUp(_ queue: Int, of rings: VhostUserRings) throws(Errno) {
        guard let start = unsafe mapping?.baseAddress else { throw .badAddress }
        let (layout, events) = (rings.layout(of: queue), rings.events(of: queue))
        // SAFETY: the parts lie in the mapping as they lie in the rings' memory.
        var ring = unsafe kw_vhost_ring(
            index: UInt32(queue), size: UInt32(VirtqueueLayout.size), descriptors: start + layout.descriptorTable,
            avail: start + layout.availRing, used: start + layout.usedRing, kick: events.kickFile.number,
            call: events.callFile.number)
        if unsafe kw_vhost_set_ring(file.number, &ring) < 0 { throw .last }
    }
}
