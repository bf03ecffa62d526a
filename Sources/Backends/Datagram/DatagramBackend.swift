// SPDX-License-Identifier: Apache-2.0

import HostSystem
import Intel82576
import SystemPackage

/// A port's wire plugged into UNIX datagram sockets or UDP, one frame per datagram: QEMU's `-netdev dgram`.
///
/// A UNIX socket is bound to the local path and never connected, so the peer may come, go and come back; so it may with UDP,
/// where no other's datagrams are taken. Nobody can tell whether it is there before sending: the link is always up.
package final class DatagramBackend: Backend {
    /// What a refused datagram waits for.
    private enum Congestion {
        case none
        /// Space in this socket's own send buffer.
        case socket
        /// Space in the receive queue of the peer. Only a socket connected to the peer can be polled for that.
        case peer
    }

    private let closer: Closer
    /// Nothing is sent or received until the files that came with datagrams are closed.
    private var isPaused = false
    private let socket: DatagramSocket
    /// Connected to the peer while its queue is full, only to be polled.
    private let watch: Descriptor
    /// The socket (readable) and the watch (writable).
    private let both: EventSet
    private var congestion = Congestion.none
    private var store = FrameStore()
    private var slots: DatagramSlots
    private var isClosed = false
    private var traffic = TrafficCounters(
        drops: .sendNoPeer, .sendRefused, .sendLength, .sendStoreFull, .receiveLength)

    private init(_ socket: DatagramSocket, _ closer: Closer) throws(Errno) {
        (self.socket, self.closer) = (socket, closer)
        slots = DatagramSlots(closer)
        watch = try UnixSocket.make(.datagram)
        both = try EventSet()
        try both.add(socket.descriptor, writable: false)
        try both.add(watch.number, writable: true)
    }

    convenience init(local: String, remote: String) throws(Errno) {
        let closer = try Closer()
        let socket = try BoundSocket(path: local, kind: .datagram, closer)
        socket.refuseFiles()
        try self.init(.unix(socket, remote: remote), closer)
    }

    convenience init(local: InternetAddress, remote: InternetAddress) throws(Errno) {
        let socket = try InternetSocket.datagrams(from: local, to: remote)
        try self.init(.udp(socket, remote: remote), try Closer())
    }

    package var descriptor: CInt {
        if isClosed { return -1 }
        if isPaused { return closer.caughtUp }
        return congestion == .peer ? both.descriptor : socket.descriptor
    }

    package var wantsWritable: Bool { congestion == .socket && !isPaused }
    package var isLinkUp: Bool { !isClosed }
    package var isCongested: Bool { !store.isEmpty }
    package var offloads: UplinkOffloads { [] }
    package var counters: [(name: String, value: UInt64)] { traffic.report }

    package var status: String {
        congestion == .peer ? "waiting for \(socket.remote) to take frames" : "sending to \(socket.remote)"
    }

    package func handleEvent() {
        if isPaused {
            closer.acknowledge()
            isPaused = closer.isBehind
        }
        if isCongested { flush() }
    }

    package func close() {
        guard !isClosed else { return }
        isClosed = true
        congestion = .none
        traffic.dropped(.sendNoPeer, frames: store.count)
        store.removeAll()
        both.close()
        watch.close()
        socket.close()
    }
}

// MARK: Sending

extension DatagramBackend {
    package func transmit(_ batch: inout FrameBatch) {
        traffic.dropped(.sendLength, frames: batch.unsendableCount)
        var next = 0
        while let run = batch.sendableRun(from: next) {
            next = run.lowerBound + send(run, of: batch)
        }
        if isCongested { flush() }
    }

    /// Sends, keeps or drops the first frames of `run`, at least one.
    /// - Returns: how many.
    private func send(_ run: Range<Int>, of batch: borrowing FrameBatch) -> Int {
        guard !isClosed else { return drop(run, .sendNoPeer) }
        let direct = run.prefix { batch[$0].fitsOneCall }
        guard store.isEmpty, !direct.isEmpty else { return keep(run.lowerBound, of: batch) }
        switch batch.sendDatagrams(direct, from: socket.descriptor, to: socket.remotePath) {
        case .moved(let count):
            traffic.sent(frames: count, bytes: batch.byteCount(of: direct.prefix(count)))
            return count
        // A guest's memory that went away reads as zeros here, but not in the kernel.
        case .wouldBlock, .failed(.badAddress): return keep(run.lowerBound, of: batch)
        case .failed(let error):
            let reason = Self.reason(for: error)
            return drop(reason == .sendNoPeer ? run : run.prefix(1), reason)
        }
    }

    private func keep(_ index: Int, of batch: borrowing FrameBatch) -> Int {
        if !store.append(index, of: batch) { traffic.dropped(.sendStoreFull) }
        return 1
    }

    private func drop(_ run: Range<Int>, _ reason: TrafficCounters.Drop) -> Int {
        traffic.dropped(reason, frames: run.count)
        return run.count
    }

    private static func reason(for error: Errno) -> TrafficCounters.Drop {
        switch error {
        case .noSuchFileOrDirectory, .connectionRefused, .connectionReset: .sendNoPeer
        default: .sendRefused
        }
    }

    private func flush() {
        congestion = .none
        while !store.isEmpty {
            switch store.sendDatagrams(from: socket.descriptor, to: socket.remotePath) {
            case .moved(let count):
                for _ in 0..<count { traffic.sent(bytes: store.removeFirst()) }
            case .wouldBlock: return awaitRoom()
            case .failed(let error):
                traffic.dropped(Self.reason(for: error))
                store.removeFirst()
            }
        }
    }

    private func awaitRoom() {
        guard let remote = socket.remotePath,
            (try? readiness(of: socket.descriptor, writable: true))?.contains(.writable) == true
        else {
            congestion = .socket
            return
        }
        congestion = .peer
        // If this fails the watch is writable, and the next attempt to send tells why.
        try? UnixSocket.connect(watch, to: remote)
        both.refresh(watch.number, writable: true)
    }
}

// MARK: Receiving

extension DatagramBackend {
    package func receive(into batch: inout FrameBatch) {
        guard !isClosed, !isPaused, case .moved(let count) = slots.receive(from: socket.descriptor) else { return }
        isPaused = closer.isBehind
        for slot in 0..<count { accept(slot, into: &batch) }
    }

    private func accept(_ slot: Int, into batch: inout FrameBatch) {
        let length = slots.length(of: slot)
        guard (1...maximumFrameLength).contains(length) else { return traffic.dropped(.receiveLength) }
        if slots.appendFrame(slot, to: &batch) { traffic.received(bytes: length) }
    }
}
