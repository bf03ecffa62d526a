// SPDX-License-Identifier: Apache-2.0

import HostSystem
import Intel82576
import SystemPackage

/// A port's wire plugged into a vhost-user back end: OVS-DPDK, DPDK's `net_vhost`, passt.
///
/// Kawela is the front end, which QEMU is for them else: it has the memory and the driver's side of the virtqueues. The memory
/// is its own, not a guest's, and new for each connection. The link is up from the moment both sides agree until the back end
/// leaves, does not answer, or writes into the queues what cannot be.
///
/// Not implemented: several queue pairs, packed virtqueues, telling the back end of the port's link.
///
/// - Specification: the vhost-user protocol, and Virtual I/O Device (VIRTIO) 1.2, 5.1.
package final class VhostUserBackend: Backend {
    /// How long the back end may take for each agreement, in milliseconds.
    private static let answerMilliseconds = 10_000

    private enum Phase {
        case pausing, waiting, agreeing, up, closed
    }

    private let rendezvous: any Rendezvous
    private let closer: Closer
    /// How long nobody is taken after a connection has ended, in milliseconds.
    private let pauseMilliseconds: Int
    /// Everything to wait for but frames.
    private let watch: EventSet
    /// Ends a pause, or a wait for an answer.
    private let timer: Timer
    private var phase = Phase.waiting
    private var channel: VhostUserChannel?
    private var handshake = VhostUserHandshake()
    /// The request at hand is on its way.
    private var isSent = false
    private var features: VirtioFeatures = []
    private var rings: VhostUserRings?
    /// The rings before, so that the next have other descriptors (see ``Backend/descriptor``).
    private var retired: VhostUserRings?
    private var frames: RingTraffic
    private var lastEnd: String?
    private var (connections, protocolErrors, ringErrors): (UInt64, UInt64, UInt64) = (0, 0, 0)

    init(_ rendezvous: any Rendezvous, _ closer: Closer, pauseMilliseconds: Int = 100) throws(Errno) {
        (self.rendezvous, self.closer, self.pauseMilliseconds) = (rendezvous, closer, pauseMilliseconds)
        (watch, timer) = (try EventSet(), try Timer())
        frames = try RingTraffic(
            counting: TrafficCounters(
                drops: .sendNoPeer, .sendLength, .sendStoreFull, .receiveLength, .receiveMalformed))
        try watch.add(timer.descriptor, writable: false)
        try watch.add(rendezvous.descriptor, writable: false)
        admit(rendezvous.attempt())
    }

    convenience init(connectingTo path: String) throws(Errno) {
        let closer = try Closer()
        try self.init(Connector(path: path, closer), closer)
    }

    convenience init(listeningOn path: String) throws(Errno) {
        let closer = try Closer()
        try self.init(Acceptor(path: path, closer), closer)
    }

    deinit { close() }

    package var descriptor: CInt { rings.map { frames.descriptor(of: $0) } ?? -1 }

    package var wantsWritable: Bool { false }
    package var linkDescriptor: CInt { phase == .closed ? -1 : watch.descriptor }
    package var isLinkUp: Bool { phase == .up }
    package var isCongested: Bool { frames.isCongested }
    package var offloads: UplinkOffloads { features.offloads }

    package var counters: [(name: String, value: UInt64)] {
        frames.report + [
            ("connections", connections), ("protocol_errors", protocolErrors), ("ring_errors", ringErrors),
        ]
    }

    package var status: String {
        switch phase {
        case .up: return "connected, offloads \(features.offloads.isEmpty ? "not " : "")accepted by the back end"
        case .agreeing: return "connected, waiting for the answer to \(handshake.next?.request.name ?? "all")"
        case .pausing, .waiting, .closed: break
        }
        guard let lastEnd else { return rendezvous.waiting }
        return "\(rendezvous.waiting); the last connection ended: \(lastEnd)"
    }

    package func handleLinkEvent() {
        switch phase {
        case .pausing: endPause()
        case .waiting: admit(rendezvous.attempt())
        case .agreeing: if timer.take() { fail(.silent(handshake.next?.request ?? .getFeatures)) } else { agree() }
        case .up: handlePeer()
        case .closed: break
        }
    }

    package func close() {
        guard phase != .closed else { return }
        disconnect("closed")
        phase = .closed
        watch.close()
        timer.close()
        rendezvous.close()
    }
}

// MARK: Coming and going

extension VhostUserBackend {
    private func admit(_ newcomer: Descriptor?) {
        guard let newcomer, (try? watch.add(newcomer.number, writable: false)) != nil else { return }
        watch.remove(rendezvous.descriptor)
        channel = VhostUserChannel(newcomer, closer)
        (handshake, isSent, phase) = (VhostUserHandshake(), false, .agreeing)
        timer.start(milliseconds: Self.answerMilliseconds)
        agree()
    }

    /// Goes on with the agreement as far as the back end has answered.
    private func agree() {
        while phase == .agreeing, let request = handshake.next {
            guard isSent || send(request) else { return }
            guard request.answer == .none || takeAnswer(to: request) else { return }
            if request.answer == .none { handshake.skip() }
            isSent = false
        }
        if phase == .agreeing { begin() }
    }

    /// False when it has to wait, or the connection has ended.
    private func send(_ request: VhostUserMessage) -> Bool {
        guard let result = channel?.send(request), let number = channel?.socket.number else { return false }
        switch result {
        case .moved:
            isSent = true
            watch.refresh(number, writable: false)
        case .wouldBlock: watch.refresh(number, writable: true)
        case .failed(let error): fail(.system(error))
        }
        return isSent
    }

    /// False when it has to wait, or the connection has ended.
    private func takeAnswer(to request: VhostUserMessage) -> Bool {
        while let result = channel?.receive() {
            switch result {
            case .moved(0): fail(.left)
            case .failed(let error): fail(.system(error))
            case .wouldBlock: return false
            case .moved:
                guard let answer = channel?.takeAnswer() else { continue }
                guard let value = request.value(inAnswer: answer) else {
                    fail(.malformed(request.request))
                    return false
                }
                return accept(value)
            }
        }
        return false
    }

    private func accept(_ value: UInt64) -> Bool {
        do throws(VhostUserError) {
            try handshake.take(value)
            return true
        } catch {
            fail(error)
            return false
        }
    }

    /// All is agreed: frames may cross. A ring starts with its first kick.
    private func begin() {
        guard let rings = handshake.rings,
            (try? watch.add(rings.transmitEvents.callFile.number, writable: false)) != nil,
            rings.receiveEvents.kick(), rings.transmitEvents.kick()
        else { return disconnect("its events cannot be used") }
        timer.start(milliseconds: 0)
        (self.rings, retired, features, phase) = (rings, nil, handshake.agreed, .up)
        handshake = VhostUserHandshake()
        connections &+= 1
    }

    /// The back end has left, has said something, or has room for frames.
    private func handlePeer() {
        guard let result = channel?.receive(), let rings else { return }
        switch result {
        case .moved(0): fail(.left)
        case .moved: fail(.unasked)
        case .failed(let error): fail(.system(error))
        case .wouldBlock: attempt { () throws(VirtqueueError) in try frames.handleRoom(of: rings) }
        }
    }

    private func fail(_ error: VhostUserError) {
        if error != .left { protocolErrors &+= 1 }
        disconnect(error.description)
    }

    /// Does something with the rings; what the back end did to them that cannot be ends the connection.
    private func attempt(_ work: () throws(VirtqueueError) -> Void) {
        do throws(VirtqueueError) {
            try work()
        } catch {
            ringErrors &+= 1
            disconnect(error.description)
        }
    }

    private func disconnect(_ reason: String) {
        guard let number = channel?.socket.number else { return }
        watch.remove(number)
        channel?.socket.hangUp()
        channel = nil
        if let rings { watch.remove(rings.transmitEvents.callFile.number) }
        if rings != nil { (retired, rings) = (rings, nil) }
        (handshake, features, lastEnd, phase) = (VhostUserHandshake(), [], reason, .pausing)
        frames.end()
        timer.start(milliseconds: pauseMilliseconds)
    }

    /// Nobody is taken before the files that the last one sent are closed.
    private func endPause() {
        guard timer.take() else { return }
        guard !closer.isBehind, (try? watch.add(rendezvous.descriptor, writable: false)) != nil else {
            return timer.start(milliseconds: pauseMilliseconds)
        }
        phase = .waiting
        rendezvous.resume()
    }
}

// MARK: Frames

extension VhostUserBackend {
    package func handleEvent() {
        guard let rings else { return }
        attempt { () throws(VirtqueueError) in try frames.handleEvent(of: rings) }
    }

    package func transmit(_ batch: inout FrameBatch) {
        guard let rings else { return frames.drop(batch, .sendNoPeer) }
        attempt { () throws(VirtqueueError) in try frames.transmit(&batch, to: rings) }
    }

    package func receive(into batch: inout FrameBatch) {
        attempt { () throws(VirtqueueError) in try frames.receive(into: &batch, from: rings) }
    }
}
