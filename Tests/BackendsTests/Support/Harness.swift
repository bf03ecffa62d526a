// SPDX-License-Identifier: Apache-2.0

import Glibc
import Intel82576
import Testing

@testable import Backends

/// All suites of this module, one after the other: some count descriptors or wait for the clock.
@Suite("Backends", .serialized) struct BackendTests {}

/// A frame as a test wants it sent.
struct TestFrame {
    var bytes: [UInt8]
    var offload = FrameBatch.Offload()
    var goesToUplink = true
    /// Length of the pieces after the header; 0: one piece.
    var pieceLength = 0

    init(_ bytes: [UInt8], offload: FrameBatch.Offload = .init(), goesToUplink: Bool = true, pieceLength: Int = 0) {
        (self.bytes, self.offload) = (bytes, offload)
        (self.goesToUplink, self.pieceLength) = (goesToUplink, pieceLength)
    }
}

/// A frame as a backend delivered it.
struct ReceivedFrame: Equatable {
    var bytes: [UInt8]
    var offload = FrameBatch.Offload()
}

/// A broadcast frame of `count` bytes with the local experimental EtherType, told apart by `tag`.
func testFrame(_ tag: Int, count: Int = 60) -> [UInt8] {
    var bytes: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02, 0, 0, 0, 0, 1, 0x88, 0xB5]
    bytes += [UInt8(truncatingIfNeeded: tag >> 8), UInt8(truncatingIfNeeded: tag)]
    while bytes.count < count { bytes.append(UInt8(truncatingIfNeeded: bytes.count &* 7 &+ tag)) }
    return Array(bytes.prefix(count))
}

/// An Ethernet frame with IPv4 and TCP headers and `payload` bytes, its TCP checksum to be completed.
func segmentable(_ payload: Int, flags: UInt8 = 0x10) -> TestFrame {
    let length = UInt16(40 + payload)
    var frame: [UInt8] = Array(testFrame(0).prefix(12)) + [0x08, 0x00]
    frame += [
        0x45, 0, UInt8(length >> 8), UInt8(length & 0xFF), 0, 1, 0x40, 0, 64, 6, 0, 0, 192, 0, 2, 1, 192, 0, 2,
        2,
    ]
    frame += [0x10, 0, 0x10, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0x50, flags, 0x10, 0, 0, 0, 0, 0]
    frame += (0..<payload).map { UInt8(truncatingIfNeeded: $0 / 7) }
    var offload = FrameBatch.Offload()
    offload.needsChecksum = true
    (offload.checksumStart, offload.checksumOffset) = (34, 16)
    (offload.segmentation, offload.segmentSize, offload.headerLength) = (.tcp4, 1460, 54)
    return TestFrame(frame, offload: offload, pieceLength: 1000)
}

/// Plays the port: sends batches, and calls a backend when and only when its descriptor says so.
final class Harness {
    let backend: any Backend
    private(set) var received: [ReceivedFrame] = []
    private var batch = FrameBatch()
    private var memory: [UnsafeMutableRawPointer] = []

    init(_ backend: any Backend) { self.backend = backend }
    convenience init(_ specification: String) throws {
        self.init(try BackendSpecification(parsing: specification).open())
    }

    deinit { backend.close() }

    func send(_ frames: [[UInt8]]) { send(frames.map { TestFrame($0) }) }

    /// Sends one batch. The memory of the frames is overwritten and freed after it.
    func send(_ frames: [TestFrame]) {
        batch.removeAll()
        for frame in frames { add(frame) }
        backend.transmit(&batch)
        for place in memory { place.deallocate() }
        memory = []
    }

    private func add(_ frame: TestFrame) {
        let headerLength = min(128, frame.bytes.count)
        precondition(batch.beginFrame(segments: 1, headerBytes: headerLength))
        var header = batch.addHeader(headerLength)
        for offset in 0..<headerLength {
            header.storeBytes(of: frame.bytes[offset], toByteOffset: offset, as: UInt8.self)
        }
        let rest = frame.bytes[headerLength...]
        if !rest.isEmpty {
            let place = UnsafeMutableRawPointer.allocate(byteCount: rest.count, alignment: 1)
            rest.withUnsafeBytes { place.copyMemory(from: $0.baseAddress!, byteCount: rest.count) }
            memory.append(place)
            let step = frame.pieceLength == 0 ? rest.count : frame.pieceLength
            for start in stride(from: 0, to: rest.count, by: step) {
                batch.addSegment(place + start, count: min(step, rest.count - start))
            }
        }
        batch[batch.count - 1].offload = frame.offload
        batch[batch.count - 1].goesToUplink = frame.goesToUplink
    }

    /// Sends one frame whose bytes after the header lie at `place`.
    func send(_ header: [UInt8], then place: UnsafeRawPointer, count: Int) {
        batch.removeAll()
        add(TestFrame(header))
        batch.addSegment(place, count: count)
        backend.transmit(&batch)
    }

    /// Waits for an event, at most `milliseconds`, and handles it. False when none came.
    @discardableResult
    func step(_ milliseconds: Int = 0) -> Bool {
        let wanted = Int16(POLLIN) | (backend.wantsWritable ? Int16(POLLOUT) : 0)
        var entries = [
            pollfd(fd: backend.descriptor, events: wanted, revents: 0),
            pollfd(fd: backend.linkDescriptor, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&entries, 2, CInt(milliseconds)) > 0 else { return false }
        if entries[1].revents != 0 { backend.handleLinkEvent() }
        if entries[0].revents != 0 {
            backend.handleEvent()
            receive()
        }
        return true
    }

    func receive() {
        batch.removeAll()
        backend.receive(into: &batch)
        for index in 0..<batch.count {
            let bytes = batch.bytes(of: index)
            #expect(bytes.count == Int(batch[index].byteCount))
            received.append(ReceivedFrame(bytes: bytes, offload: batch[index].offload))
        }
    }

    /// Handles events until `condition` holds; false when it does not within `seconds`.
    func run(seconds: Double = 5, until condition: () -> Bool) -> Bool {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while !condition() {
            guard ContinuousClock.now < deadline else { return false }
            step(10)
        }
        return true
    }

    /// Handles what is there, and returns how many events that were (at most 10,000).
    @discardableResult
    func settle() -> Int {
        var events = 0
        while events < 10_000, step(20) { events += 1 }
        return events
    }

    func takeReceived() -> [[UInt8]] {
        defer { received = [] }
        return received.map(\.bytes)
    }

    func counter(_ name: String) -> UInt64? { backend.counters.first { $0.name == name }?.value }
}

extension FrameBatch {
    /// The bytes of a received frame.
    func bytes(of index: Int) -> [UInt8] {
        segments(of: index).dropFirst().reduce(into: []) { bytes, segment in
            bytes += UnsafeRawBufferPointer(start: segment.iov_base, count: segment.iov_len)
        }
    }

    /// A batch of one frame.
    static func of(_ bytes: [UInt8]) -> FrameBatch {
        var batch = FrameBatch()
        precondition(batch.beginFrame(segments: 1, headerBytes: bytes.count))
        do {
            var header = batch.addHeader(bytes.count)
            for (offset, byte) in bytes.enumerated() {
                header.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
            }
        }
        return batch
    }
}
