// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import HostSystem
import HostTestSupport
import Intel82576
import Synchronization
import Testing

@testable import Backends

extension BackendTests.VhostUser {
    /// What a back end may do to both rings, the messages and the descriptors it was given.
    @Suite("A hostile vhost-user back end") struct Hostile {
        let suite = BackendTests.VhostUser()

        /// Has the back end do something, and expects the connection to end with a reason.
        private func expectEnd(
            _ harness: Harness, _ counter: String, _ reason: String, _ comment: Comment? = nil,
            sourceLocation: SourceLocation = #_sourceLocation
        ) {
            #expect(harness.run { !harness.backend.isLinkUp }, comment, sourceLocation: sourceLocation)
            #expect(harness.counter(counter) == 1, comment, sourceLocation: sourceLocation)
            let status = harness.backend.status
            #expect(status.contains(reason), "\(status)", sourceLocation: sourceLocation)
        }

        private func use(_ backEnd: VhostUserBackEnd, _ queue: Int, _ entries: (head: UInt32, count: Int)...) {
            for entry in entries { backEnd.use(entry.head, entry.count, queue) }
            backEnd.publish(queue)
            backEnd.signal(queue)
        }

        @Test("used buffers of the receive queue that cannot be end the connection")
        func receivedBuffers() throws {
            let cases: [(entries: [(head: UInt32, count: Int)], reason: String)] = [
                ([(512, 72)], "used buffer 512"), ([(0xFFFF_FFFF, 72)], "used buffer 4294967295"),
                ([(0, 2049)], "put 2049 bytes"), ([(0, 0xFFFF_FFFF)], "put 4294967295 bytes"),
                ([(0, 11)], "put 11 bytes"),
                ([(3, 72), (3, 72)], "used buffer 3"),
            ]
            for (entries, reason) in cases {
                let (harness, backEnd) = try suite.connected()
                // A header of one buffer in each.
                for index in 0..<4 {
                    backEnd.descriptor(UInt16(index), of: 0).place.storeBytes(of: 1, toByteOffset: 10, as: UInt16.self)
                }
                for entry in entries { backEnd.use(entry.head, entry.count, 0) }
                backEnd.publish(0)
                backEnd.signal(0)
                expectEnd(harness, "ring_errors", reason)
                unlink(suite.path)
            }
        }

        @Test("a number of buffers that were not used ends the connection", arguments: [0, 2, 65, 65_535] as [UInt16])
        func bufferCount(count: UInt16) throws {
            let (harness, backEnd) = try suite.connected()
            backEnd.descriptor(0, of: 0).place.storeBytes(of: count, toByteOffset: 10, as: UInt16.self)
            use(backEnd, 0, (0, 72))
            expectEnd(harness, "ring_errors", "a frame of \(count) buffers")
        }

        @Test("an index that jumps ends the connection", arguments: [0, 1], [513, 32_768, 65_535] as [UInt16])
        func jump(queue: Int, distance: UInt16) throws {
            let (harness, backEnd) = try suite.connected()
            backEnd.queues[queue].nextUsed = distance
            backEnd.publish(queue)
            backEnd.signal(queue)
            expectEnd(harness, "ring_errors", "more than it has")
        }

        @Test("frames that were not sent, or sent once, cannot be used")
        func sentBuffers() throws {
            for head in [7, 512, 0xFFFF_FFFF] as [UInt32] {
                let (harness, backEnd) = try suite.connected()
                harness.send([testFrame(1)])
                use(backEnd, 1, (head, 0))
                expectEnd(harness, "ring_errors", "used buffer \(head)")
                unlink(suite.path)
            }
            let (harness, backEnd) = try suite.connected()
            harness.send([testFrame(1), testFrame(2)])
            use(backEnd, 1, (0, 0), (0, 0))
            expectEnd(harness, "ring_errors", "used buffer 0")
        }

        @Test("frames too long, empty, or with a header that contradicts itself are dropped and counted")
        func frames() throws {
            let (harness, backEnd) = try suite.connected()
            backEnd.send([])
            backEnd.send(testFrame(1, count: 65_551))
            backEnd.send(testFrame(2), header: [1, 0, 0, 0, 0, 0, 0xFF, 0xFF, 16, 0])
            backEnd.send(testFrame(3), header: [1, 3, 0, 0, 1, 0, 14, 0, 16, 0])
            backEnd.send(testFrame(4))
            backEnd.publish(0)
            backEnd.signal(0)
            #expect(harness.run { !harness.received.isEmpty })
            #expect(harness.takeReceived() == [testFrame(4)])
            #expect(harness.counter("receive_dropped_length") == 2)
            #expect(harness.counter("receive_dropped_malformed") == 2)
            #expect(harness.backend.isLinkUp)
        }

        @Test("any bytes in the memory are survived", arguments: 0..<10)
        func noise(seed: Int) throws {
            var generator = SplitMix(seed: UInt64(seed))
            let (harness, backEnd) = try suite.connected()
            let memory = try #require(backEnd.memory)
            for _ in 0..<200 {
                for _ in 0..<64 {
                    // Descriptor tables and rings are in the first pages of each half.
                    let half = Bool.random(using: &generator) ? 0 : backEnd.memoryLength / 2
                    let offset = half + Int.random(in: 0..<32_768, using: &generator)
                    memory.storeBytes(
                        of: UInt8.random(in: 0...3, using: &generator), toByteOffset: offset, as: UInt8.self)
                }
                if Bool.random(using: &generator) { backEnd.signal(0) } else { backEnd.signal(1) }
                harness.send([testFrame(1), testFrame(2, count: 5000)])
                harness.step()
                harness.receive()
                if !harness.backend.isLinkUp { break }
            }
        }

        @Test("a back end that writes while frames cross is survived")
        func race() throws {
            let (harness, backEnd) = try suite.connected()
            let memory = UInt(bitPattern: backEnd.memory)
            let (length, queues) = (backEnd.memoryLength, backEnd.queues)
            let isOver = SharedFlag()
            let writer = try NamedThread(name: "writer") {
                let place = UnsafeMutableRawPointer(bitPattern: memory)!
                var generator = SplitMix(seed: 3)
                while !isOver.value.load(ordering: .relaxed) {
                    let offset = Int.random(in: 0..<length, using: &generator)
                    place.storeBytes(
                        of: UInt8.random(in: 0...255, using: &generator), toByteOffset: offset, as: UInt8.self)
                }
            }
            for index in 0..<2000 where harness.backend.isLinkUp {
                backEnd.queues = queues
                backEnd.queues[0].nextUsed = UInt16(truncatingIfNeeded: index)
                backEnd.use(UInt32(index % 512), 100, 0)
                backEnd.publish(0)
                backEnd.signal(0)
                harness.send([testFrame(1), testFrame(2, count: 5000)])
                harness.step()
            }
            isOver.value.store(true, ordering: .relaxed)
            writer.join()
        }

        @Test("a message that nobody asked for, or is no answer, ends the connection")
        func messages() throws {
            let (harness, backEnd) = try suite.connected()
            backEnd.reply([1])
            expectEnd(harness, "protocol_errors", "nobody asked for")
            let answers: [[UInt8]] = [
                VhostUserBackEnd.answer(2, 0), [1, 0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0] + [UInt8](repeating: 0, count: 8),
                [UInt8](repeating: 0xFF, count: 4000),
            ]
            for answer in answers {
                unlink(suite.path)
                let listener = Peer.listening(at: suite.path)
                let harness = try Harness("vhost-user:\(suite.path)")
                let peer = try #require(listener.accept())
                peer.send(answer)
                #expect(harness.run { harness.counter("protocol_errors") == 1 })
                #expect(harness.backend.status.contains("answer to GET_FEATURES is none"))
                #expect(!harness.backend.isLinkUp && harness.counter("connections") == 0)
            }
        }

        @Test("a back end without virtio 1, or that refuses a request, is told apart")
        func refusals() throws {
            let listener = Peer.listening(at: suite.path)
            let harness = try Harness("vhost-user:\(suite.path)")
            let peer = try #require(listener.accept())
            peer.send(VhostUserBackEnd.answer(1, 1 << 30 | 1 << 15))
            #expect(harness.run { harness.backend.status.contains("no virtio 1 (VIRTIO_F_VERSION_1)") })

            var next: Peer?
            #expect(
                harness.run(seconds: 3) {
                    next = listener.accept()
                    return next != nil
                })
            let backEnd = VhostUserBackEnd(try #require(next).handOver())
            #expect(
                harness.run {
                    while let request = backEnd.receive() {
                        if request.number == 5 {
                            backEnd.reply(VhostUserBackEnd.answer(5, 1))
                        } else {
                            backEnd.answer(request)
                        }
                    }
                    return harness.backend.status.contains("refused SET_MEM_TABLE")
                })
        }

        @Test("an answer that comes byte by byte, or with files, is one")
        func slowAnswer() throws {
            let listener = Peer.listening(at: suite.path)
            let harness = try Harness("vhost-user:\(suite.path)")
            let backEnd = VhostUserBackEnd(try #require(listener.accept()).handOver())
            #expect(backEnd.receive()?.number == 1)
            for byte in VhostUserBackEnd.answer(1, backEnd.features) {
                backEnd.reply([byte])
                harness.step()
            }
            #expect(suite.agree(harness, backEnd))
        }

        @Test("a back end that never answers holds nobody up and is left after ten seconds")
        func silence() throws {
            let harness = try Harness("vhost-user:\(suite.path),server")
            let peer = Peer.connected(to: suite.path)
            harness.settle()
            #expect(harness.settle() == 0, "one that is silent wakes nobody")
            #expect(harness.backend.status.contains("waiting for the answer to GET_FEATURES"))
            #expect(harness.run(seconds: 12) { harness.counter("protocol_errors") == 1 })
            #expect(harness.backend.status.contains("did not answer GET_FEATURES"))
            #expect(peer.receive()?.count == 12 && peer.isAtEnd)
        }

        @Test("a kick or call descriptor that was made to block ends the connection, and holds the port up for little")
        func blockingDescriptors() throws {
            let (harness, backEnd) = try suite.connected { $0.features &= ~(1 << 29) }
            let kick = backEnd.queues[1].kick
            #expect(fcntl(kick, F_SETFL, 0) == 0)
            _ = backEnd.takeKick(1)
            eventfd_write(kick, .max - 1)
            let start = ContinuousClock.now
            harness.send([testFrame(1)])
            #expect(ContinuousClock.now - start < .seconds(1))
            expectEnd(harness, "ring_errors", "its kick descriptor blocks")
        }

        @Test("memory that both sides have cannot be cut")
        func truncation() throws {
            let (harness, backEnd) = try suite.connected()
            for file in backEnd.files { #expect(ftruncate(file, 4096) != 0) }
            harness.send([testFrame(1)])
            #expect(backEnd.takeFrame() == BackendTests.VhostUser.noHeader + testFrame(1))
        }
    }
}

private final class SharedFlag: Sendable {
    let value = Atomic(false)
}
