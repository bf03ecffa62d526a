// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import HostSystem
import HostTestSupport

@testable import Backends
@testable import Intel82576

/// A front end and one back end after the other, that do what an input says.
final class VhostUserScript {
    private static let closer: Closer = {
        do { return try Closer() } catch { violated("no closer: \(error)") }
    }()
    static let file = kw_memfd("file")
    /// Bytes of frames. Those of each begin elsewhere.
    private static let payload = (0..<maximumFrameLength + 256).map { UInt8(truncatingIfNeeded: $0 &* $0 / 7) }

    /// Has what all inputs share made.
    static func prepare() { _ = (closer, file, payload) }

    var input: Input
    private let plug = Plug()
    let backend: VhostUserBackend
    /// The back end that is connected, until it leaves.
    private(set) var peer: VhostUserPeer?
    /// The one before, which still has its memory.
    private(set) var former: VhostUserPeer?
    /// Frames that were handed over last, which stay readable.
    private(set) var held = FrameBatch()
    private var batch = FrameBatch()
    private var number = 0

    init(_ input: Input) {
        self.input = input
        do { backend = try VhostUserBackend(plug, Self.closer, pauseMilliseconds: 1) } catch {
            violated("no vhost-user: \(error)")
        }
    }

    func run() {
        connect()
        for _ in 0..<64 where !input.isAtEnd {
            step(input.byte())
            touchHeld()
        }
    }

    // MARK: Coming and going

    /// Another back end comes, which begins as it should unless its first byte says otherwise.
    func connect() { connect(VhostUserPeer.Shape(code: input.byte())) }

    private func connect(_ shape: VhostUserPeer.Shape) {
        leave()
        var ends: [CInt] = [-1, -1]
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { violated("no sockets: \(errno)") }
        plug.put(ends[0])
        for _ in 0..<2000 where plug.isFull {
            wait(for: backend.linkDescriptor, milliseconds: 5)
            backend.handleLinkEvent()
        }
        require(!plug.isFull, "nobody is taken after the last one has left")
        peer = VhostUserPeer(ends[1], shape, errors: errors)
        guard !shape.isScripted else { return }
        for _ in 0..<64 where !backend.isLinkUp {
            peer?.serve()
            turn()
        }
        require(backend.isLinkUp, "an honest back end is not taken: \(backend.status)")
    }

    func leave() {
        guard let peer else { return }
        (self.peer, former) = (nil, peer)
        close(peer.backEnd.socket)
        peer.backEnd.socket = -1
        for _ in 0..<64 where !isAway { backend.handleLinkEvent() }
        require(!backend.isLinkUp, "a back end that left leaves the link up")
        require(!backend.isCongested, "frames wait for a back end that left")
        require(errors - peer.errorsBefore <= 1, "a connection ends with several errors")
    }

    /// Nobody is connected, as people are told.
    private var isAway: Bool { backend.status.hasPrefix("waiting") }

    /// Whether the front end has left, which it may for a reason that it counts.
    private func checkEnd(wasUp: Bool) {
        guard let peer, !peer.isOver else { return }
        guard peer.isLeft else {
            require(errors == peer.errorsBefore, "an error is counted and the back end not left")
            return
        }
        peer.isOver = true
        require(errors == peer.errorsBefore + 1, "a back end is left without a reason")
        require(wasUp || !peer.isHonest, "an honest back end is left: \(backend.status)")
        require(!backend.isLinkUp && !backend.isCongested && backend.offloads == [], "a connection ends by half")
    }

    // MARK: Counters

    func counter(_ name: String) -> UInt64 { backend.counters.first { $0.name == name }!.value }
    var errors: UInt64 { counter("protocol_errors") + counter("ring_errors") }

    // MARK: Events

    /// What the owner of the uplink does with events.
    func turn() {
        if isReadable(backend.linkDescriptor) { handleLinkEvent() }
        if isReadable(backend.descriptor) { handleEvent() }
    }

    private func handleLinkEvent() {
        let wasUp = backend.isLinkUp
        let isToEnd = wasUp && peer?.hasSpoken == true
        act(reclaims: wasUp && !isToEnd) { backend.handleLinkEvent() }
        require(!isToEnd || !backend.isLinkUp, "a message that nobody asked for is taken")
        if !wasUp, backend.isLinkUp { peer?.checkAgreement() }
        require(peer.map { !$0.isWrong || $0.isLeft } ?? true, "a wrong answer is taken")
    }

    private func handleEvent() {
        act(reclaims: backend.isCongested) { backend.handleEvent() }
        receive()
    }

    /// Calls the front end, which may send what waits.
    /// - Parameter reclaims: it takes back what the back end used.
    private func act(reclaims: Bool, _ frames: [[UInt8]] = [], _ call: () -> Void) {
        let wasUp = backend.isLinkUp
        guard wasUp, let peer, let memory = peer.memory, peer.sends != nil else {
            call()
            return checkEnd(wasUp: wasUp)
        }
        let isLegal = reclaims ? peer.sends!.reclaim(memory) : true
        let (sent, dropped) = (counter("sent_frames"), counter("send_dropped_store_full"))
        call()
        if backend.isLinkUp {
            require(isLegal, "a back end that uses what it was not sent is not left")
            let accepted = frames.count - Int(counter("send_dropped_store_full") - dropped)
            peer.sends!.accept(frames.prefix(accepted))
            if reclaims { peer.sends!.check(sent: Int(counter("sent_frames") - sent), memory) }
            require(backend.isCongested == !peer.sends!.waiting.isEmpty, "congested or not, and not so")
        } else {
            require(!isLegal || peer.mayBlock || peer.hasSpoken, "an honest back end is left: \(backend.status)")
        }
        checkEnd(wasUp: true)
    }

    // MARK: Frames of the front end

    /// Sends frames of one length, which the other side may have to cut.
    func send(_ count: Int, of length: Int, isCut: Bool) {
        batch.removeAll()
        var frames: [[UInt8]] = []
        Self.payload.withUnsafeBytes { bytes in
            for _ in 0..<count {
                number += 1
                let start = bytes.baseAddress! + number % 256
                append(start, length)
                let frame = Array(UnsafeRawBufferPointer(start: start, count: length))
                frames.append(header(isCut && length > 128) + frame)
            }
            act(reclaims: true, frames) { backend.transmit(&batch) }
        }
    }

    private func append(_ start: UnsafeRawPointer, _ length: Int) {
        guard length > 128 else {
            _ = batch.append(start, count: length)
            return
        }
        guard batch.beginFrame(segments: 3, headerBytes: 128) else { violated("no room in a batch") }
        batch.addHeader(copying: start, 128)
        let middle = length / 2 + 64
        batch.addSegment(start + 128, count: middle - 128)
        batch.addSegment(start + middle, count: length - middle)
    }

    /// The header of the frame appended last, whose work is left to the back end if it takes that.
    private func header(_ isCut: Bool) -> [UInt8] {
        guard isCut, backend.offloads.contains(.segmentTCP4) else { return [UInt8](repeating: 0, count: 12) }
        var offload = FrameBatch.Offload()
        offload.needsChecksum = true
        (offload.checksumStart, offload.checksumOffset) = (34, 16)
        (offload.segmentation, offload.segmentSize, offload.headerLength) = (.tcp4, 1460, 54)
        batch[batch.count - 1].offload = offload
        let carriesCWR = Self.payload[number % 256 + 34 + 13] & 0x80 != 0
        return [1, carriesCWR ? 0x81 : 1, 54, 0, 0xB4, 5, 34, 0, 16, 0, 0, 0]
    }

    // MARK: Frames of the back end

    /// Has the front end hand over frames, and looks at each.
    func receive() {
        held.removeAll()
        let (received, dropped) = (counter("received_frames"), droppedFrames)
        guard backend.isLinkUp, let peer, let memory = peer.memory, let expected = peer.receives?.expect(memory) else {
            backend.receive(into: &held)
            return require(held.count == 0, "frames come from nobody")
        }
        let outcome = expected.outcome
        backend.receive(into: &held)
        guard backend.isLinkUp || !peer.mayBlock else { return checkEnd(wasUp: true) }
        require(backend.isLinkUp != outcome.isViolation, "the link is up after what cannot be, or down without it")
        checkHeld(outcome.frames)
        require(counter("received_frames") - received == outcome.frames.count, "frames are counted that were not")
        require(droppedFrames - dropped == outcome.dropped, "frames are dropped that were not counted")
        if backend.isLinkUp {
            peer.receives!.checkGivenBack(expected.givenBack, memory)
            peer.buffers += expected.givenBack
            require(!outcome.isMore || isReadable(backend.descriptor), "frames are left and nobody is told")
        }
        checkEnd(wasUp: true)
    }

    private var droppedFrames: UInt64 { counter("receive_dropped_length") + counter("receive_dropped_malformed") }

    private func checkHeld(_ expected: [ReceiveModel.Frame]) {
        require(held.count <= FrameBatch.capacity, "a batch of \(held.count) frames")
        require(held.count == expected.count, "\(held.count) frames come in place of \(expected.count)")
        for (index, frame) in expected.enumerated() {
            let length = Int(held[index].byteCount)
            require(length == frame.bytes.count, "a frame of \(frame.bytes.count) bytes says \(length)")
            require(held[index].offload == frame.offload, "a frame's header is taken for another")
            var place = 0
            for segment in held.segments(of: index).dropFirst() {
                require(place + segment.iov_len <= length, "a frame of \(length) bytes has more")
                let isSame = frame.bytes.withUnsafeBytes {
                    memcmp($0.baseAddress! + place, segment.iov_base, segment.iov_len) == 0
                }
                require(isSame, "a frame has other bytes than the back end wrote")
                place += segment.iov_len
            }
            require(place == length, "a frame of \(length) bytes has \(place)")
        }
    }

    /// Frames stay readable until the next ones are asked for.
    private func touchHeld() {
        for index in 0..<held.count {
            for segment in held.segments(of: index).dropFirst() where segment.iov_len > 0 {
                let bytes = UnsafeRawBufferPointer(start: segment.iov_base, count: segment.iov_len)
                lastTouched = bytes[0] ^ bytes[bytes.count - 1]
            }
        }
    }

    private var lastTouched: UInt8 = 0

    // MARK: The end

    /// Whatever was, a clean back end that comes now gets and sends frames.
    func finish() {
        connect(VhostUserPeer.Shape(code: 0))
        guard let peer else { return }
        receive()
        let before = number
        send(1, of: 60, isCut: false)
        send(1, of: 5000, isCut: false)
        for (index, length) in [60, 5000].enumerated() {
            let start = (before + index + 1) % 256
            let frame = [UInt8](repeating: 0, count: 12) + Self.payload[start..<start + length]
            require(peer.backEnd.takeFrame() == frame, "a clean back end does not get a frame of \(length) bytes")
            require(peer.backEnd.send(Array(Self.payload[..<length])), "a clean back end has no buffers")
        }
        for queue in 0..<2 {
            peer.backEnd.publish(queue)
            peer.backEnd.call(queue)
        }
        for _ in 0..<4 where held.count == 0 { turn() }
        require(held.count == 2, "a clean back end's frames do not come")
        leave()
        touchHeld()
        backend.close()
        peer.backEnd.end()
        former = nil
    }
}

// MARK: Waiting

func isReadable(_ descriptor: CInt) -> Bool { wait(for: descriptor, milliseconds: 0) }

@discardableResult
func wait(for descriptor: CInt, milliseconds: CInt) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, milliseconds) > 0
}
