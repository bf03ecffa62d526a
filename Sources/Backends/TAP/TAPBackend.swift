// SPDX-License-Identifier: Apache-2.0

import Intel82576
import SystemPackage

/// A port's wire plugged into an existing TAP interface, a system call for each frame, segmentation and checksums left to the
/// kernel.
package final class TAPBackend: Backend {
    private var attachment: TAPAttachment
    private var arena = TAPArena()
    private var store = FrameStore()
    private var traffic = TrafficCounters(
        drops: .sendNoPeer, .sendInterfaceDown, .sendRefused, .sendLength, .sendStoreFull, .receiveLength,
        .receiveMalformed)

    init(name: String) throws(Errno) {
        attachment = try TAPAttachment(to: name, headerLength: VirtioNetHeader.length)
    }

    private var device: TAPDevice { attachment.device }
    private var isAttached: Bool { attachment.isAttached }

    package var descriptor: CInt {
        attachment.isClosed ? -1 : isAttached ? device.descriptor : attachment.retryDescriptor
    }

    package var wantsWritable: Bool { isAttached && isCongested }
    package var linkDescriptor: CInt { attachment.linkDescriptor }
    package var isLinkUp: Bool { attachment.isLinkUp }
    package var isCongested: Bool { !store.isEmpty }
    package var offloads: UplinkOffloads { device.offloads }
    package var counters: [(name: String, value: UInt64)] { traffic.report }
    package var status: String { attachment.status }

    package func handleEvent() {
        if isAttached { flush() } else { _ = attachment.reattach() }
    }

    package func handleLinkEvent() {
        if !attachment.handleLinkEvent() { detach() }
    }

    package func portLinkChanged(isUp: Bool) { attachment.portLinkChanged(isUp: isUp) }

    package func close() {
        detach()
        attachment.close()
    }

    private func detach() {
        guard isAttached else { return }
        attachment.detach()
        traffic.dropped(.sendNoPeer, frames: store.count)
        store.removeAll()
    }
}

// MARK: Sending

extension TAPBackend {
    package func transmit(_ batch: inout FrameBatch) {
        traffic.dropped(.sendLength, frames: batch.unsendableCount)
        for index in 0..<batch.count where batch[index].isSendable { send(index, of: &batch) }
        if isCongested { flush() }
    }

    private func send(_ index: Int, of batch: inout FrameBatch) {
        guard isAttached else { return traffic.dropped(.sendNoPeer) }
        if device.hasHeader { batch.setVirtioNetHeader(of: index) }
        guard store.isEmpty, batch[index].fitsOneCall else { return keep(index, of: batch) }
        switch batch.write(index, to: device.descriptor) {
        case .moved: traffic.sent(bytes: Int(batch[index].byteCount))
        // A guest's memory that went away reads as zeros here, but not in the kernel.
        case .wouldBlock, .failed(.badAddress): keep(index, of: batch)
        case .failed(let error): lose(error)
        }
    }

    private func keep(_ index: Int, of batch: borrowing FrameBatch) {
        if !store.append(index, of: batch) { traffic.dropped(.sendStoreFull) }
    }

    private func flush() {
        while !store.isEmpty {
            switch store.writeFirst(to: device.descriptor) {
            case .moved: traffic.sent(bytes: store.removeFirst())
            case .wouldBlock: return
            case .failed(let error):
                store.removeFirst()
                lose(error)
            }
        }
    }

    /// Counts a frame the kernel did not take.
    private func lose(_ error: Errno) {
        switch error {
        case .ioError: traffic.dropped(.sendInterfaceDown)
        case TAPDevice.interfaceGone:
            traffic.dropped(.sendNoPeer)
            detach()
        default: traffic.dropped(.sendRefused)
        }
    }
}

// MARK: Receiving

extension TAPBackend {
    package func receive(into batch: inout FrameBatch) {
        guard isAttached else { return }
        arena.removeAll()
        for _ in 0..<FrameBatch.capacity where arena.hasRoom {
            switch arena.read(from: device) {
            case .moved(let byteCount):
                accept(byteCount - (device.hasHeader ? VirtioNetHeader.length : 0), into: &batch)
            case .wouldBlock, .failed(.ioError): return
            case .failed: return detach()
            }
        }
    }

    private func accept(_ byteCount: Int, into batch: inout FrameBatch) {
        guard (1...maximumFrameLength).contains(byteCount) else { return traffic.dropped(.receiveLength) }
        guard let offload = arena.header.offload(ofFrame: byteCount, byteAt: { arena.frameByte($0) }) else {
            return traffic.dropped(.receiveMalformed)
        }
        if arena.appendFrame(to: &batch, offload: offload) { traffic.received(bytes: byteCount) }
    }
}
