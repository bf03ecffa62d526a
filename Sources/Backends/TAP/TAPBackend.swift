import HostSystem
import Intel82576
import SystemPackage

/// A port's wire plugged into an existing TAP interface, segmentation and checksums left to the kernel.
///
/// The link is up while the interface is administratively up; its carrier is the port's link. When it is deleted, the backend waits for one of that name.
package final class TAPBackend: Backend {
    private static let retryMilliseconds = 1000
    /// `TUN_F_USO4 | TUN_F_USO6`.
    private static let segmentsUDP: UInt32 = 0x60

    private let name: String
    private let timer: Timer
    private var device: TAPDevice
    private var isAttached = true
    private var isClosed = false
    /// `ip link set NAME up`.
    private var isUp = true
    private let watch: LinkWatch
    private var hasPortLink = true
    private var arena = TAPArena()
    private var store = FrameStore()
    private var traffic = TrafficCounters(
        drops: .sendNoPeer, .sendInterfaceDown, .sendRefused, .sendLength, .sendStoreFull, .receiveLength,
        .receiveMalformed)

    init(name: String) throws(Errno) {
        self.name = name
        timer = try Timer()
        watch = LinkWatch(name)
        device = try TAPDevice(attachingTo: name)
        isUp = watch.state?.isUp ?? true
    }

    package var descriptor: CInt { isClosed ? -1 : isAttached ? device.descriptor : timer.descriptor }
    package var wantsWritable: Bool { isAttached && isCongested }
    package var linkDescriptor: CInt { isClosed ? -1 : watch.descriptor }
    package var isLinkUp: Bool { isAttached && isUp }
    package var isCongested: Bool { !store.isEmpty }

    /// A kernel that lets a TAP's user ask for UDP segmentation also takes it (Linux 6.2).
    package var offloads: UplinkOffloads {
        guard device.hasHeader else { return [] }
        let tcp: UplinkOffloads = [.checksum, .segmentTCP4, .segmentTCP6]
        return device.kernelOffloads & Self.segmentsUDP == Self.segmentsUDP ? tcp.union(.segmentUDP) : tcp
    }

    package var counters: [(name: String, value: UInt64)] { traffic.report }

    package var status: String {
        guard isAttached else { return "waiting for TAP interface \(name)" }
        return isUp ? "attached to \(name)" : "attached to \(name), which is down"
    }

    package func handleEvent() {
        if isAttached { flush() } else if !isClosed { reattach() }
    }

    /// An interface that went is found out by the device.
    package func handleLinkEvent() {
        guard !isClosed else { return }
        watch.consume()
        if let state = watch.state { isUp = state.isUp }
    }

    package func portLinkChanged(isUp: Bool) {
        hasPortLink = isUp
        if isAttached { device.setCarrier(isUp) }
    }

    package func close() {
        detach()
        isClosed = true
        watch.close()
        device.close()
        timer.close()
    }

    private func detach() {
        guard isAttached else { return }
        isAttached = false
        traffic.dropped(.sendNoPeer, frames: store.count)
        store.removeAll()
        timer.start(milliseconds: Self.retryMilliseconds)
    }

    private func reattach() {
        guard timer.take() else { return }
        do throws(Errno) {
            device = try TAPDevice(attachingTo: name)
            isAttached = true
            isUp = watch.state?.isUp ?? true
            if !hasPortLink { device.setCarrier(false) }
        } catch {
            timer.start(milliseconds: Self.retryMilliseconds)
        }
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
