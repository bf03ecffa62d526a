// SPDX-License-Identifier: Apache-2.0

import Intel82576
import SystemPackage

/// A port's wire plugged into a network interface of the host by a packet socket, segmentation and checksums left to the
/// kernel.
///
/// The interface is promiscuous meanwhile, and what the host itself sends there is not seen. The link is the interface's:
/// up while it is up and has a carrier. When the interface is deleted, the backend waits for one of that name.
package final class PacketBackend: Backend {
    private let name: String
    private let watch: LinkWatch
    private let socket: PacketSocket
    /// Index of the interface that the socket is on.
    private var index: CInt
    private var isAttached = true
    private var isClosed = false
    package private(set) var isLinkUp: Bool
    private var slots = PacketSlots()
    private var store = FrameStore()
    private var traffic = TrafficCounters(
        drops: .sendNoPeer, .sendInterfaceDown, .sendRefused, .sendLength, .sendStoreFull, .receiveLength,
        .receiveMalformed)

    init(name: String) throws(Errno) {
        self.name = name
        watch = LinkWatch(name)
        socket = try PacketSocket(on: name)
        guard let state = watch.state else { throw .noSuchAddressOrDevice }
        (index, isLinkUp) = (state.index, state.isRunning)
    }

    package var descriptor: CInt { isAttached ? socket.descriptor : -1 }
    package var linkDescriptor: CInt { isClosed ? -1 : watch.descriptor }
    package var wantsWritable: Bool { isAttached && isCongested }
    package var isCongested: Bool { !store.isEmpty }
    /// Not UDP, which kernels before Linux 6.2 refuse.
    package var offloads: UplinkOffloads { [.checksum, .segmentTCP4, .segmentTCP6] }
    package var counters: [(name: String, value: UInt64)] { traffic.report }

    package var status: String {
        guard isAttached else { return "waiting for interface \(name)" }
        return isLinkUp ? "attached to \(name)" : "attached to \(name), which is down or without a carrier"
    }

    package func handleEvent() {
        if isAttached { flush() }
    }

    package func handleLinkEvent() {
        guard !isClosed else { return }
        watch.consume()
        let state = watch.state
        if isAttached, state?.index != index { detach() }
        if !isAttached, let state { attach(state.index) }
        isLinkUp = isAttached && state?.isRunning == true
    }

    package func close() {
        detach()
        isClosed = true
        socket.close()
        watch.close()
    }

    private func detach() {
        guard isAttached else { return }
        (isAttached, isLinkUp) = (false, false)
        traffic.dropped(.sendNoPeer, frames: store.count)
        store.removeAll()
    }

    /// What keeps it from attaching now may be gone with the next change of an interface. The socket stays: the right to
    /// make another may have been given up.
    private func attach(_ index: CInt) {
        guard (try? socket.move(to: name, from: self.index)) != nil else { return }
        (self.index, isAttached) = (index, true)
    }
}

// MARK: Sending

extension PacketBackend {
    package func transmit(_ batch: inout FrameBatch) {
        traffic.dropped(.sendLength, frames: batch.unsendableCount)
        var next = 0
        while let run = batch.sendableRun(from: next) {
            for index in run { batch.setVirtioNetHeader(of: index) }
            next = run.lowerBound + send(run, of: batch)
        }
        if isCongested { flush() }
    }

    /// Sends, keeps or drops the first frames of `run`, at least one.
    /// - Returns: how many.
    private func send(_ run: Range<Int>, of batch: borrowing FrameBatch) -> Int {
        guard isAttached else {
            traffic.dropped(.sendNoPeer, frames: run.count)
            return run.count
        }
        let direct = run.prefix { batch[$0].fitsOneCall }
        guard store.isEmpty, !direct.isEmpty else { return keep(run.lowerBound, of: batch) }
        switch batch.sendDatagrams(direct, from: socket.descriptor, to: nil) {
        case .moved(let count):
            traffic.sent(frames: count, bytes: batch.byteCount(of: direct.prefix(count)))
            return count
        // A guest's memory that went away reads as zeros here, but not in the kernel.
        case .wouldBlock, .failed(.badAddress): return keep(run.lowerBound, of: batch)
        case .failed(let error):
            traffic.dropped(Self.reason(for: error))
            return 1
        }
    }

    private func keep(_ index: Int, of batch: borrowing FrameBatch) -> Int {
        if !store.append(index, of: batch) { traffic.dropped(.sendStoreFull) }
        return 1
    }

    private func flush() {
        while !store.isEmpty {
            switch store.sendDatagrams(from: socket.descriptor, to: nil) {
            case .moved(let count): for _ in 0..<count { traffic.sent(bytes: store.removeFirst()) }
            case .wouldBlock: return
            case .failed(let error):
                traffic.dropped(Self.reason(for: error))
                store.removeFirst()
            }
        }
    }

    private static func reason(for error: Errno) -> TrafficCounters.Drop {
        switch error {
        case .networkDown, .noSuchAddressOrDevice: .sendInterfaceDown
        default: .sendRefused
        }
    }
}

// MARK: Receiving

extension PacketBackend {
    package func receive(into batch: inout FrameBatch) {
        guard isAttached else { return }
        switch slots.receive(from: socket) {
        case .moved(let count): for slot in 0..<count { accept(slot, into: &batch) }
        // A frame that the header cannot describe is lost; going down is told by the watch.
        case .failed(.invalidArgument): traffic.dropped(.receiveMalformed)
        case .wouldBlock, .failed: return
        }
    }

    private func accept(_ slot: Int, into batch: inout FrameBatch) {
        slots.open(slot)
        let byteCount = slots.byteCount
        guard (1...maximumFrameLength).contains(byteCount) else { return traffic.dropped(.receiveLength) }
        guard let offload = slots.header.offload(ofFrame: byteCount, byteAt: { slots.frameByte($0) }) else {
            return traffic.dropped(.receiveMalformed)
        }
        if slots.appendFrame(to: &batch, offload: offload) { traffic.received(bytes: byteCount) }
    }
}
