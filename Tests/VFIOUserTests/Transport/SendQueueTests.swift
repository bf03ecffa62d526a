// SPDX-License-Identifier: Apache-2.0

import HostSystem
import Testing

@testable import VFIOUser

/// A transport that takes as much as it is told and keeps each send apart.
private final class MeteredTransport: Transport {
    let descriptor: CInt = -1
    var sends: [[UInt8]] = []
    var room = Int.max

    func receive(into queue: ByteQueue, _ descriptors: inout [Descriptor]) -> ReceiveResult { .nothing }

    func send(_ count: Int, from queue: ByteQueue) -> SendResult {
        let taken = min(count, room)
        if taken == 0 { return .wouldBlock }
        room -= taken
        sends.append(queue.bytes(at: 0, count: taken))
        queue.removeFirst(taken)
        return .sent(taken)
    }

    func wait(forWriting: Bool, for duration: Duration) -> Bool { false }
    let hasHungUp = false
}

@Suite("Send queue")
struct SendQueueTests {
    private let queue = SendQueue(capacity: 1 << 20)
    private let transport = MeteredTransport()

    private func add(_ size: Int) {
        Header(id: 1, command: 9, size: UInt32(size), flags: .reply).append(to: queue.bytes)
        for _ in 16..<size { queue.bytes.append(UInt8(0xDA)) }
    }

    @Test("small messages go out together")
    func coalesced() {
        for _ in 0..<10 { add(36) }
        #expect(queue.flush(to: transport) == nil)
        #expect(transport.sends.map(\.count) == [360])
    }

    @Test("a send never ends inside a message that another could begin in")
    func wholeMessages() {
        for _ in 0..<1000 { add(36) }
        _ = queue.flush(to: transport)
        #expect(transport.sends.allSatisfy { $0.count % 36 == 0 && $0.count <= 16_384 })
        #expect(transport.sends.reduce(0) { $0 + $1.count } == 36_000)
    }

    @Test("a large message goes alone, and after a part of it only its rest")
    func large() {
        add(36)
        add(50_000)
        add(36)
        transport.room = 20_036
        _ = queue.flush(to: transport)
        #expect(transport.sends.map(\.count) == [36, 20_000])
        #expect(!queue.isEmpty)
        transport.room = .max
        _ = queue.flush(to: transport)
        #expect(transport.sends.map(\.count) == [36, 20_000, 30_000, 36])
        #expect(queue.isEmpty)
    }
}
