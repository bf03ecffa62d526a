// SPDX-License-Identifier: Apache-2.0

import Intel82576
import Testing

@testable import Backends

extension BackendTests {
    @Suite("null and loopback") struct Local {
        @Test("null counts what it drops and never has anything to say")
        func null() throws {
            let harness = try Harness("null")
            harness.send([
                TestFrame(testFrame(1)), TestFrame(testFrame(2, count: 100)), TestFrame([], goesToUplink: false),
            ])
            #expect(harness.counter("sent_frames") == 2 && harness.counter("sent_bytes") == 160)
            #expect(harness.backend.descriptor == -1 && harness.backend.isLinkUp)
            #expect(harness.backend.offloads.isEmpty && !harness.backend.isCongested)
        }

        @Test("loopback returns what is sent, in order and complete")
        func loopback() throws {
            let harness = try Harness("loopback")
            #expect(harness.backend.offloads.isEmpty && harness.backend.isLinkUp)
            #expect(harness.settle() == 0)
            let frames = (0..<256).map { testFrame($0, count: 14 + $0 * 37) }
            harness.send(frames.enumerated().map { TestFrame($1, goesToUplink: $0 % 2 == 0, pieceLength: 1000) })
            harness.send([testFrame(999)])
            harness.settle()
            #expect(harness.takeReceived() == stride(from: 0, to: 256, by: 2).map { frames[$0] } + [testFrame(999)])
            #expect(harness.settle() == 0)
        }

        @Test("a received batch stays as it is while more is sent")
        func stability() throws {
            let loopback = try LoopbackBackend()
            var sent = FrameBatch.of(testFrame(1))
            loopback.transmit(&sent)
            var received = FrameBatch()
            loopback.receive(into: &received)
            for tag in 2..<300 {
                var other = FrameBatch.of(testFrame(tag))
                loopback.transmit(&other)
            }
            #expect(received.bytes(of: 0) == testFrame(1))
        }

        @Test("loopback drops and counts what its queue does not hold")
        func overflow() throws {
            let harness = try Harness("loopback")
            for start in stride(from: 0, to: 1280, by: 256) {
                harness.send((start..<start + 256).map { testFrame($0) })
            }
            #expect(harness.counter("receive_dropped_queue_full") == 256)
            #expect(!harness.backend.isCongested)
            harness.settle()
            #expect(harness.takeReceived() == (0..<1024).map { testFrame($0) })
        }
    }
}
