// SPDX-License-Identifier: Apache-2.0

import HostSystem
import Intel82576
import SystemPackage

/// A port's wire plugged into a UNIX or TCP stream socket: each frame behind its length, 32 bits, big-endian.
///
/// That is what QEMU's `-netdev stream` and passt speak. The link is up while a peer is connected. A peer that sends a
/// length of 0 or of more than ``maximumFrameLength`` is disconnected.
package final class StreamBackend: Backend {
    private let rendezvous: any Rendezvous
    private let closer: Closer
    /// No peer is admitted until what earlier ones sent is closed.
    private var isPaused = false
    private var peer: Descriptor?
    /// The peer before, kept open so that the next does not get its number (see ``Backend/descriptor``).
    private var retired: Descriptor?
    /// Frames the peer has not taken yet.
    private var store = FrameStore()
    private var input: StreamBuffer
    /// Up while ``input`` holds frames that no event on the socket announces any more.
    private var leftovers: EventFlag
    private var isClosed = false
    private var lastEnd: String?
    private var connections: UInt64 = 0
    private var malformedLengths: UInt64 = 0
    private var traffic = TrafficCounters(drops: .sendNoPeer, .sendLength, .sendStoreFull)

    init(_ rendezvous: any Rendezvous, _ closer: Closer) throws(Errno) {
        (self.rendezvous, self.closer) = (rendezvous, closer)
        input = StreamBuffer(closer)
        leftovers = try EventFlag()
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

    convenience init(connectingTo address: InternetAddress) throws(Errno) {
        let closer = try Closer()
        try self.init(TCPConnector(address, closer), closer)
    }

    convenience init(listeningOn address: InternetAddress) throws(Errno) {
        let closer = try Closer()
        try self.init(TCPAcceptor(address, closer), closer)
    }

    deinit { close() }

    package var descriptor: CInt {
        if isClosed { return -1 }
        guard let peer else { return isPaused ? closer.caughtUp : rendezvous.descriptor }
        // With frames to send the socket has to be waited for, and a peer that waits for us to read has filled it.
        return leftovers.isUp && !isCongested ? leftovers.descriptor : peer.number
    }

    package var wantsWritable: Bool { isCongested }
    package var isLinkUp: Bool { peer != nil }
    package var isCongested: Bool { !store.isEmpty }
    package var offloads: UplinkOffloads { [] }

    package var counters: [(name: String, value: UInt64)] {
        traffic.report + [("connections", connections), ("malformed_lengths", malformedLengths)]
    }

    package var status: String {
        if peer != nil { return "connected" }
        guard let lastEnd else { return rendezvous.waiting }
        return "\(rendezvous.waiting); the last connection ended: \(lastEnd)"
    }

    package func handleEvent() {
        if let peer { return flush(to: peer) }
        closer.acknowledge()
        isPaused = closer.isBehind
        if !isClosed && !isPaused { admit(rendezvous.attempt()) }
    }

    package func close() {
        guard !isClosed else { return }
        disconnect("closed")
        isClosed = true
        retired = nil
        rendezvous.close()
    }

    private func admit(_ newcomer: Descriptor?) {
        guard let newcomer else { return }
        peer = newcomer
        retired = nil
        connections &+= 1
    }

    private func disconnect(_ reason: String) {
        guard let leaving = peer else { return }
        leaving.hangUp()
        (peer, retired) = (nil, leaving)
        lastEnd = reason
        traffic.dropped(.sendNoPeer, frames: store.count)
        store.removeAll()
        input.removeAll()
        leftovers.set(false)
        isPaused = closer.isBehind
        rendezvous.resume()
    }
}

// MARK: Sending

extension StreamBackend {
    package func transmit(_ batch: inout FrameBatch) {
        traffic.dropped(.sendLength, frames: batch.unsendableCount)
        var next = 0
        while let run = batch.sendableRun(from: next) {
            send(run, of: &batch)
            next = run.upperBound
        }
        if isCongested, let peer { flush(to: peer) }
    }

    private func send(_ run: Range<Int>, of batch: inout FrameBatch) {
        guard let peer else { return traffic.dropped(.sendNoPeer, frames: run.count) }
        for index in run { batch.setPrefix(of: index, to: UInt32(batch[index].byteCount).bigEndian) }
        guard store.isEmpty else { return keep(run, of: batch, skipping: 0) }
        let sent = batch.sendStream(run, to: peer.number)
        let (rest, skipped) = account(for: sent.bytes, of: run, in: batch)
        switch sent.end {
        case .moved: break
        // A guest's memory that went away reads as zeros here, but not in the kernel. The peer stays in step.
        case .wouldBlock, .failed(.badAddress): keep(rest, of: batch, skipping: skipped)
        case .failed(let error):
            traffic.dropped(.sendNoPeer, frames: rest.count)
            disconnect(error.description)
        }
    }

    /// Counts the frames of `run` that `bytes` completed.
    /// - Returns: the others, and how many bytes of the first of them left.
    private func account(
        for bytes: Int, of run: Range<Int>, in batch: borrowing FrameBatch
    ) -> (rest: Range<Int>, skipped: Int) {
        var left = bytes
        for index in run {
            let length = Int(batch[index].byteCount) + StreamBuffer.prefixLength
            guard left >= length else { return (index..<run.upperBound, left) }
            left -= length
            traffic.sent(bytes: length - StreamBuffer.prefixLength)
        }
        return (run.upperBound..<run.upperBound, 0)
    }

    private func keep(_ run: Range<Int>, of batch: borrowing FrameBatch, skipping skipped: Int) {
        for index in run
        where !store.append(index, of: batch, skipping: index == run.lowerBound ? skipped : 0) {
            traffic.dropped(.sendStoreFull)
        }
    }

    private func flush(to peer: Descriptor) {
        while !store.isEmpty {
            switch store.sendStream(to: peer.number) {
            case .moved(let bytes):
                let completed = store.consume(bytes)
                traffic.sent(frames: completed.frames, bytes: completed.bytes)
            case .wouldBlock: return
            case .failed(let error): disconnect(error.description)
            }
        }
    }
}

// MARK: Receiving

extension StreamBackend {
    package func receive(into batch: inout FrameBatch) {
        guard let peer else { return }
        let isOpen = input.front != .incomplete || fill(from: peer)
        guard isOpen else { return }
        moveFrames(to: &batch)
    }

    /// Reads what the peer sent. False when the connection ended.
    private func fill(from peer: Descriptor) -> Bool {
        switch input.fill(from: peer.number) {
        case .moved(0): disconnect("the peer closed it")
        case .failed(let error): disconnect(error.description)
        case .moved, .wouldBlock:
            if !closer.isBehind { return true }
            disconnect("files the peer sent take too long to close")
        }
        return false
    }

    private func moveFrames(to batch: inout FrameBatch) {
        while true {
            switch input.front {
            case .incomplete: return leftovers.set(false)
            case .malformed(let length): return refuse(length)
            case .frame(let length):
                guard input.moveFront(length, to: &batch) else { return leftovers.set(true) }
                traffic.received(bytes: length)
            }
        }
    }

    private func refuse(_ length: UInt32) {
        malformedLengths &+= 1
        disconnect("the peer announced a frame of \(length) bytes, 1 to \(maximumFrameLength) can be")
    }
}
