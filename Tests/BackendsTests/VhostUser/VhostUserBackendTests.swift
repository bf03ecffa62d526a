// SPDX-License-Identifier: Apache-2.0

import Glibc
import HostTestSupport
import Intel82576
import Testing

@testable import Backends

extension BackendTests {
    @Suite("vhost-user") struct VhostUser {
        let scratch = Scratch()
        var path: String { scratch / "vhost" }

        static let noHeader = [UInt8](repeating: 0, count: 12)

        /// A front end and a back end that have agreed.
        func connected(_ change: (VhostUserBackEnd) -> Void = { _ in }) throws -> (Harness, VhostUserBackEnd) {
            let listener = Peer.listening(at: path)
            let harness = try Harness("vhost-user:\(path)")
            let backEnd = VhostUserBackEnd(try #require(listener.accept()).handOver())
            change(backEnd)
            #expect(agree(harness, backEnd))
            return (harness, backEnd)
        }

        func agree(_ harness: Harness, _ backEnd: VhostUserBackEnd) -> Bool {
            harness.run {
                backEnd.serve()
                return harness.backend.isLinkUp
            }
        }

        private func publish(_ backEnd: VhostUserBackEnd) {
            backEnd.publish(VhostUserBackEnd.toFront)
            backEnd.call(VhostUserBackEnd.toFront)
        }

        private func takeFrames(_ backEnd: VhostUserBackEnd) -> [[UInt8]] {
            var frames: [[UInt8]] = []
            while let frame = backEnd.takeFrame() { frames.append(frame) }
            backEnd.publish(VhostUserBackEnd.fromFront)
            backEnd.call(VhostUserBackEnd.fromFront)
            return frames
        }

        @Test("both sides agree as the protocol says, and rings are kicked to start them")
        func agreement() throws {
            let (harness, backEnd) = try connected()
            let ring: [UInt32] = [8, 10, 9, 13, 12]
            #expect(backEnd.requests.map(\.number) == [1, 15, 16, 3, 2, 5] + ring + ring + [18, 18])
            #expect(backEnd.requests.allSatisfy { $0.flags & 3 == 1 })
            #expect(backEnd.requests.dropFirst(3).allSatisfy { $0.flags == 0b1001 }, "each is acknowledged")
            #expect(backEnd.accepted == VhostUserBackEnd.allFeatures)
            #expect(backEnd.queues.allSatisfy { $0.isEnabled && $0.size == 512 })
            #expect(backEnd.takeKick(0) && backEnd.takeKick(1))
            #expect(harness.backend.offloads == [.checksum, .segmentTCP4, .segmentTCP6])
            #expect(harness.counter("connections") == 1)
            #expect(harness.settle() == 0, "an idle backend wakes nobody")
        }

        @Test("without protocol features there are no acknowledgements, and rings are not enabled by message")
        func plainProtocol() throws {
            let (harness, backEnd) = try connected { $0.features &= ~(1 << 30) }
            #expect(!backEnd.requests.map(\.number).contains { $0 == 15 || $0 == 18 })
            #expect(backEnd.requests.last?.number == 1, "an answer tells that all before it was done")
            harness.send([testFrame(1)])
            #expect(takeFrames(backEnd) == [Self.noHeader + testFrame(1)])
        }

        @Test("frames cross both ways in order, behind a header of virtio 1", arguments: [true, false])
        func bothWays(hasEventIndex: Bool) throws {
            let (harness, backEnd) = try connected { if !hasEventIndex { $0.features &= ~(1 << 29) } }
            for round in 0..<20 {
                let frames = (0..<100).map { testFrame($0 + round, count: 14 + $0 * 17) }
                harness.send(frames)
                #expect(takeFrames(backEnd) == frames.map { Self.noHeader + $0 })

                for frame in frames { #expect(backEnd.send(frame)) }
                publish(backEnd)
                #expect(harness.run { harness.received.count == 100 })
                #expect(harness.takeReceived() == frames)
            }
            #expect(harness.counter("sent_frames") == 2000 && harness.counter("received_frames") == 2000)
            #expect(harness.counter("ring_errors") == 0)
            #expect(harness.settle() < 3, "an idle backend wakes nobody")
        }

        @Test("more frames than a batch or half the buffers hold arrive after one call")
        func manyFrames() throws {
            let (harness, backEnd) = try connected()
            let frames = (0..<512).map { testFrame($0) }
            for frame in frames { #expect(backEnd.send(frame)) }
            #expect(!backEnd.send(testFrame(0)), "there are 512 buffers")
            publish(backEnd)
            #expect(harness.run { harness.received.count == 512 })
            #expect(harness.takeReceived() == frames)
            harness.receive()
            #expect(backEnd.availCount(VhostUserBackEnd.toFront) == 512, "all buffers are given back")
        }

        @Test("a frame of 64 KiB crosses in many buffers both ways, its cutting left to the other side")
        func largeFrames() throws {
            let (harness, backEnd) = try connected()
            let frame = segmentable(60_000)
            let header: [UInt8] = [1, 1, 54, 0, 0xB4, 0x05, 34, 0, 16, 0]
            for _ in 0..<20 {
                harness.send([frame])
                #expect(takeFrames(backEnd) == [header + [0, 0] + frame.bytes])
                #expect(backEnd.send(frame.bytes, header: header))
                publish(backEnd)
                #expect(harness.run { harness.received.count == 1 })
                #expect(harness.received[0].offload == frame.offload)
                #expect(harness.takeReceived() == [frame.bytes])
            }
        }

        @Test("a back end without checksums gets none to complete, one without merged buffers none to cut")
        func fewerFeatures() throws {
            let (harness, backEnd) = try connected { $0.features &= ~(1 << 15 | 1) }
            #expect(harness.backend.offloads == [])
            #expect(backEnd.accepted & (0b111 << 7 | 0b111 << 11) == 0)
            #expect(backEnd.send(testFrame(1)))
            publish(backEnd)
            #expect(harness.run { harness.received.count == 1 })
        }

        @Test("CWR is marked only for a back end that knows it", arguments: [true, false])
        func congestionNotification(isKnown: Bool) throws {
            let (harness, backEnd) = try connected { if !isKnown { $0.features &= ~(1 << 13) } }
            harness.send([segmentable(3000, flags: 0x90)])
            #expect(takeFrames(backEnd).first?[1] == (isKnown ? 0x81 : 1))
        }

        @Test("a back end that takes nothing makes the backend congested, and loses nothing once it does")
        func congestion() throws {
            let (harness, backEnd) = try connected()
            let frames = (0..<1000).map { testFrame($0, count: 1000 + $0) }
            for start in stride(from: 0, to: 1000, by: 200) { harness.send(Array(frames[start..<start + 200])) }
            #expect(harness.backend.isCongested)
            #expect(harness.settle() == 0, "a back end that takes nothing wakes nobody")
            var taken: [[UInt8]] = []
            #expect(
                harness.run {
                    taken += takeFrames(backEnd)
                    return taken.count == 1000
                })
            #expect(taken == frames.map { Self.noHeader + $0 })
            #expect(!harness.backend.isCongested && harness.counter("sent_frames") == 1000)
        }

        @Test("chains come back in any order, and each frame is whole in those made of them", arguments: [0, 1, 2])
        func anyOrder(kept: Int) throws {
            let (harness, backEnd) = try connected()
            let queue = VhostUserBackEnd.fromFront
            var heads: [UInt16] = []
            for round in 0..<200 {
                let frames = [60, 9000, 1514, 2036, 2037, 5000, 100].map { testFrame(round, count: $0 + round) }
                harness.send(frames)
                let new = (0..<backEnd.availCount(queue)).map { _ in backEnd.takeAvail(queue) }
                #expect(new.map { backEnd.bytes(ofChain: $0) } == frames.map { Self.noHeader + $0 })
                heads += new
                // The last ones first; some only in a later round.
                while heads.count > 7 * kept { backEnd.use(UInt32(heads.remove(at: heads.count * 2 / 3)), 0, queue) }
                backEnd.publish(queue)
            }
            #expect(!harness.backend.isCongested && harness.counter("ring_errors") == 0)
        }

        @Test("no call is asked for while there is room, one for each time there is none")
        func calls() throws {
            let (harness, backEnd) = try connected()
            for _ in 0..<50 {
                harness.send((0..<100).map { testFrame($0) })
                #expect(takeFrames(backEnd).count == 100)
            }
            #expect(backEnd.queues[VhostUserBackEnd.fromFront].calls == 0)
            for _ in 0..<5 {
                for frame in (0..<10).map({ testFrame($0) }) {
                    backEnd.send(frame)
                    publish(backEnd)
                }
                #expect(harness.run { harness.received.count == 10 })
                _ = harness.takeReceived()
            }
            #expect(backEnd.queues[VhostUserBackEnd.toFront].calls == 5)
        }

        @Test("the back end is kicked once a batch, and only if it wants to be")
        func kicks() throws {
            let (harness, backEnd) = try connected { $0.features &= ~(1 << 29) }
            #expect(backEnd.takeKick(1))
            harness.send((0..<100).map { testFrame($0) })
            #expect(backEnd.takeKick(1) && !backEnd.takeKick(1))
            // VIRTQ_USED_F_NO_NOTIFY
            backEnd.place(backEnd.queues[1].used).storeBytes(of: 1, as: UInt16.self)
            harness.send([testFrame(1)])
            #expect(!backEnd.takeKick(1))
            #expect(takeFrames(backEnd).count == 101)
        }

        @Test("a back end that leaves takes the link down; the next has memory and rings of its own")
        func comeBack() throws {
            let listener = Peer.listening(at: path)
            let harness = try Harness("vhost-user:\(path)")
            for round in 1...3 {
                var peer: Peer?
                #expect(
                    harness.run(seconds: 3) {
                        peer = listener.accept()
                        return peer != nil
                    })
                let backEnd = VhostUserBackEnd(try #require(peer).handOver())
                #expect(agree(harness, backEnd))
                let before = harness.backend.descriptor
                harness.send([testFrame(round)])
                #expect(takeFrames(backEnd) == [Self.noHeader + testFrame(round)])
                #expect(backEnd.send(testFrame(round)))
                publish(backEnd)
                #expect(harness.run { harness.received.count == 1 })
                #expect(harness.takeReceived() == [testFrame(round)])
                backEnd.end()
                #expect(harness.run { !harness.backend.isLinkUp })
                #expect(harness.backend.descriptor != before)
                #expect(harness.backend.status.contains("the back end closed it"))
                harness.send([testFrame(9)])
                #expect(harness.counter("send_dropped_no_peer") == UInt64(round))
                #expect(harness.counter("connections") == UInt64(round))
            }
            #expect(harness.counter("protocol_errors") == 0)
        }

        @Test("a server takes one back end at a time, the next one when the first leaves")
        func server() throws {
            let harness = try Harness("vhost-user:\(path),server")
            #expect(!harness.backend.isLinkUp && harness.backend.status.contains("waiting for somebody to connect"))
            let first = VhostUserBackEnd(Peer.connected(to: path).handOver())
            #expect(agree(harness, first))
            let second = VhostUserBackEnd(Peer.connected(to: path).handOver())
            #expect(harness.settle() == 0, "a back end that waits wakes nobody")
            first.end()
            #expect(harness.run { !harness.backend.isLinkUp })
            #expect(agree(harness, second))
            harness.send([testFrame(1)])
            #expect(takeFrames(second) == [Self.noHeader + testFrame(1)])
            harness.backend.close()
            #expect(scratch.names.isEmpty && harness.backend.linkDescriptor == -1)
        }

        @Test("a connection leaves no open file behind")
        func descriptors() throws {
            let harness = try Harness("vhost-user:\(path),server")
            func connectAndLeave() {
                let backEnd = VhostUserBackEnd(Peer.connected(to: path).handOver())
                #expect(agree(harness, backEnd))
                backEnd.end()
                #expect(harness.run { !harness.backend.isLinkUp })
            }
            connectAndLeave()
            harness.receive()
            harness.settle()
            let before = descriptorCount()
            for _ in 0..<5 { connectAndLeave() }
            harness.receive()
            #expect(harness.run { descriptorCount() <= before })
        }

        @Test("frames the port holds stay readable after their back end has left")
        func heldFrames() throws {
            let (harness, backEnd) = try connected()
            let frame = testFrame(1, count: 1500)
            #expect(backEnd.send(frame))
            publish(backEnd)
            var batch = FrameBatch()
            harness.backend.receive(into: &batch)
            backEnd.end()
            #expect(harness.run { !harness.backend.isLinkUp })
            #expect(batch.count == 1 && batch.bytes(of: 0) == frame)
        }
    }
}
