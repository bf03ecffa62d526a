// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Backends

extension BackendTests {
    @Suite("dgram") struct Datagram {
        let scratch = Scratch()
        var local: String { scratch / "local" }
        var remote: String { scratch / "remote" }

        private func open() throws -> Harness { try Harness("dgram:\(local):\(remote)") }

        /// Frames the peer takes while the backend is driven.
        private func collect(_ count: Int, at peer: Peer, from harness: Harness) -> [[UInt8]] {
            var frames: [[UInt8]] = []
            _ = harness.run {
                while let frame = peer.receive(limit: 70_000), !frame.isEmpty { frames.append(frame) }
                return frames.count >= count
            }
            return frames
        }

        @Test("frames cross both ways, one per datagram")
        func bothWays() throws {
            let peer = Peer.datagrams(at: remote)
            let harness = try open()
            let frames = (0..<256).map { testFrame($0, count: 14 + $0 * 35) }
            harness.send(frames)
            #expect(collect(256, at: peer, from: harness) == frames)
            for frame in frames.prefix(100) {
                #expect(harness.run { peer.send(frame, to: local) == 1 })
            }
            #expect(harness.run { harness.received.count == 100 })
            #expect(harness.takeReceived() == Array(frames.prefix(100)))
            #expect(harness.counter("sent_frames") == 256 && harness.counter("received_frames") == 100)
            #expect(harness.counter("sent_bytes") == UInt64(frames.joined().count))
        }

        @Test("a peer whose queue is full makes the backend congested but not busy, and loses nothing once it reads")
        func congestion() throws {
            let peer = Peer.datagrams(at: remote)
            let harness = try open()
            let frames = (0..<256).map { testFrame($0, count: 1514) }
            harness.send(frames)
            #expect(harness.backend.isCongested)
            #expect(harness.settle() <= 2, "a full queue wakes nobody")
            #expect(peer.send(testFrame(9), to: local) == 1)
            #expect(harness.run { harness.received.count == 1 }, "receiving goes on")
            #expect(collect(256, at: peer, from: harness) == frames)
            #expect(!harness.backend.isCongested)
            #expect(harness.settle() == 0)
        }

        @Test("a send buffer filled by large frames is waited for")
        func ownBuffer() throws {
            let peer = Peer.datagrams(at: remote)
            let harness = try open()
            let frames = (0..<64).map { testFrame($0, count: 65_550) }
            harness.send(frames)
            #expect(harness.backend.isCongested)
            #expect(harness.settle() <= 2)
            #expect(collect(64, at: peer, from: harness) == frames)
            #expect(harness.counter("sent_frames") == 64)
        }

        @Test("a frame of more pieces than one call takes is sent as one datagram, in order")
        func manyPieces() throws {
            let peer = Peer.datagrams(at: remote)
            let harness = try open()
            let frames = [testFrame(1), testFrame(2, count: 2000), testFrame(3)]
            harness.send(frames.map { TestFrame($0, pieceLength: 1) })
            #expect(collect(3, at: peer, from: harness) == frames)
        }

        @Test("frames that stay inside the switch are left out")
        func localFrames() throws {
            let peer = Peer.datagrams(at: remote)
            let harness = try open()
            harness.send((0..<9).map { TestFrame(testFrame($0), goesToUplink: $0 % 3 == 1) })
            #expect(collect(3, at: peer, from: harness) == [1, 4, 7].map { testFrame($0) })
        }

        @Test("without a peer frames are dropped and counted, and the peer may come, go and come back")
        func comeAndGo() throws {
            let harness = try open()
            #expect(harness.backend.isLinkUp)
            for round in 1...2 {
                harness.send((0..<200).map { testFrame($0) })
                #expect(!harness.backend.isCongested)
                #expect(harness.counter("send_dropped_no_peer") == UInt64(200 * round + round - 1))
                let peer = Peer.datagrams(at: remote)
                harness.send([testFrame(round)])
                #expect(peer.receive() == testFrame(round))
                #expect(peer.send(testFrame(5), to: local) == 1)
                #expect(harness.run { harness.received.count == round })
                peer.end()
                harness.send([testFrame(8)])
                #expect(harness.counter("send_dropped_no_peer") == UInt64(200 * round + round))
                unlink(remote)
            }
        }

        @Test("a peer that leaves while it is waited for ends the congestion")
        func leaveCongested() throws {
            let peer = Peer.datagrams(at: remote)
            let harness = try open()
            harness.send((0..<200).map { testFrame($0, count: 1514) })
            #expect(harness.backend.isCongested)
            harness.settle()
            peer.end()
            #expect(harness.run { !harness.backend.isCongested })
            let sent = try #require(harness.counter("sent_frames"))
            #expect(harness.counter("send_dropped_no_peer") == 200 - sent)
            #expect(harness.settle() == 0)
        }

        @Test("empty and too long datagrams are counted and dropped")
        func lengths() throws {
            let peer = Peer.datagrams(at: remote)
            let harness = try open()
            for frame in [[], testFrame(1, count: 65_551), testFrame(2, count: 65_550), testFrame(3, count: 1)] {
                #expect(peer.send(frame, to: local) == 1)
            }
            #expect(harness.run { harness.received.count == 2 })
            #expect(harness.takeReceived() == [testFrame(2, count: 65_550), testFrame(3, count: 1)])
            #expect(harness.counter("receive_dropped_length") == 2)
            harness.send([testFrame(4, count: 65_551)])
            #expect(harness.counter("send_dropped_length") == 1)
        }

        @Test("a socket file nobody answers at is replaced, one in use is not, and ours is removed on close")
        func socketFile() throws {
            Peer.datagrams(at: local).end()
            let harness = try open()
            #expect(throws: BackendError.self) { try open() }
            #expect(scratch.names == ["local"])
            harness.backend.close()
            #expect(scratch.names.isEmpty)
            #expect(harness.backend.descriptor == -1)
        }
    }
}
