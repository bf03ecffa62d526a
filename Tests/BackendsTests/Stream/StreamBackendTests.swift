// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import Testing

@testable import Backends

extension BackendTests {
    @Suite("stream") struct Stream {
        let scratch = Scratch()
        var path: String { scratch / "wire" }

        /// A connected client backend and its peer.
        private func connected() throws -> (Harness, Peer) {
            let listener = Peer.listening(at: path)
            let harness = try Harness("stream:\(path)")
            return (harness, try #require(listener.accept()))
        }

        @Test("frames cross both ways in order, each behind its length in network byte order")
        func bothWays() throws {
            let (harness, peer) = try connected()
            #expect(harness.backend.isLinkUp)
            let frames = (0..<200).map { testFrame($0, count: 14 + $0 * 7) }
            harness.send(frames)
            #expect(peer.receive() == frames.flatMap(framed))

            peer.send(frames.flatMap(framed))
            #expect(harness.run { harness.received.count == 200 })
            #expect(harness.takeReceived() == frames)
            #expect(harness.counter("sent_frames") == 200 && harness.counter("received_frames") == 200)
            #expect(harness.counter("sent_bytes") == UInt64(frames.joined().count))
            #expect(harness.counter("received_bytes") == UInt64(frames.joined().count))
        }

        @Test("frames that stay inside the switch are left out")
        func localFrames() throws {
            let (harness, peer) = try connected()
            let frames = (0..<9).map { TestFrame(testFrame($0), goesToUplink: $0 % 3 == 1) }
            harness.send(frames)
            #expect(unframed(try #require(peer.receive())) == [1, 4, 7].map { testFrame($0) })
            #expect(harness.counter("sent_frames") == 3)
        }

        @Test("a frame of thousands of pieces leaves in order")
        func manyPieces() throws {
            let (harness, peer) = try connected()
            let frames = [testFrame(1, count: 2000), testFrame(2, count: 1600), testFrame(3)]
            harness.send(frames.map { TestFrame($0, pieceLength: 1) })
            #expect(unframed(try #require(peer.receive())) == frames)
        }

        @Test("a peer that does not read makes the backend congested, and loses nothing once it reads")
        func congestion() throws {
            let (harness, peer) = try connected()
            let frames = (0..<200).map { testFrame($0, count: 9000 + $0) }
            harness.send(frames)
            #expect(harness.backend.isCongested && harness.backend.wantsWritable)
            #expect(try #require(harness.counter("sent_frames")) < 200)

            var stream: [UInt8] = []
            let finished = harness.run {
                stream += peer.receive(limit: 10_007) ?? []
                return unframed(stream).count == 200
            }
            #expect(finished)
            #expect(stream == frames.flatMap(framed))
            #expect(!harness.backend.isCongested && !harness.backend.wantsWritable)
            #expect(harness.counter("sent_frames") == 200)
            #expect(harness.counter("sent_bytes") == UInt64(frames.joined().count))
            #expect(harness.settle() == 0, "an idle backend wakes nobody")
        }

        @Test("frames offered in spite of congestion stay behind the others, and the store is bounded")
        func overload() throws {
            let (harness, peer) = try connected()
            let frame = testFrame(7, count: 65_000)
            for _ in 0..<3 { harness.send([[UInt8]](repeating: frame, count: 256)) }
            let dropped = try #require(harness.counter("send_dropped_store_full"))
            #expect(dropped > 200 && dropped < 520)
            var length = 0
            let expected = (768 - Int(dropped)) * (65_000 + 4)
            #expect(
                harness.run {
                    length += peer.receive()?.count ?? 0
                    return length == expected
                })
            #expect(harness.counter("sent_frames") == 768 - dropped)
        }

        @Test("frames arrive whole, however the stream is cut")
        func cutStream() throws {
            let (harness, peer) = try connected()
            let frames = (0..<20).map { testFrame($0, count: 14 + $0 * 31) }
            let stream = frames.flatMap(framed)
            for step in [1, 3, 64, 1000] {
                for start in stride(from: 0, to: stream.count, by: step) {
                    peer.send(Array(stream[start..<min(start + step, stream.count)]))
                    harness.step()
                }
                #expect(harness.takeReceived() == frames, "cut into \(step) bytes")
            }
        }

        @Test("more frames than a batch holds, received at once, arrive without another event of the peer")
        func manySmallFrames() throws {
            let (harness, peer) = try connected()
            let frames = (0..<1500).map { testFrame($0, count: 16) }
            let stream = frames.flatMap(framed)
            #expect(peer.send(stream) == stream.count)
            #expect(harness.run { harness.received.count == 1500 })
            #expect(harness.takeReceived() == frames)
            #expect(harness.settle() == 0, "an idle backend wakes nobody")
        }

        @Test("the longest frame crosses both ways, a longer one is counted and not sent")
        func longestFrame() throws {
            let (harness, peer) = try connected()
            let longest = testFrame(1, count: 65_550)
            harness.send([testFrame(2, count: 65_551), longest])
            #expect(unframed(try #require(peer.receive())) == [longest])
            #expect(harness.counter("send_dropped_length") == 1)
            peer.send(framed(longest))
            #expect(harness.run { harness.received.count == 1 })
            #expect(harness.takeReceived() == [longest])
        }

        @Test("a length no frame can have ends the connection", arguments: [0, 65_551, 0x4500_0054, 0xFFFF_FFFF])
        func malformedLength(length: UInt32) throws {
            let (harness, peer) = try connected()
            let good = testFrame(1)
            peer.send(framed(good) + withUnsafeBytes(of: length.bigEndian) { Array($0) } + testFrame(2))
            #expect(harness.run { !harness.backend.isLinkUp })
            #expect(harness.takeReceived() == [good])
            #expect(peer.isAtEnd)
            #expect(harness.counter("malformed_lengths") == 1)
            #expect(harness.backend.status.contains("a frame of \(length) bytes"))
        }

        @Test("garbage never hangs the backend nor keeps it from the next peer", arguments: 0..<20)
        func garbage(seed: Int) throws {
            let harness = try Harness("stream:\(path),server")
            var generator = SplitMix(seed: UInt64(seed))
            for _ in 0..<10 {
                let peer = Peer.connected(to: path)
                peer.send(
                    (0..<2000).map { _ in UInt8.random(in: 0...(seed.isMultiple(of: 2) ? 255 : 1), using: &generator) })
                #expect(harness.settle() < 1000)
                harness.send([testFrame(1)])
            }
            harness.settle()
            let peer = Peer.connected(to: path)
            #expect(harness.run { harness.backend.isLinkUp })
            harness.send([testFrame(9)])
            #expect(unframed(try #require(peer.receive())) == [testFrame(9)])
        }

        @Test("without a peer frames are dropped and counted, and connecting is tried about every second")
        func reconnect() throws {
            let harness = try Harness("stream:\(path)")
            #expect(!harness.backend.isLinkUp && !harness.backend.isCongested)
            #expect(harness.backend.status.contains("waiting for somebody to listen"))
            harness.send([testFrame(1), testFrame(2)])
            #expect(harness.counter("send_dropped_no_peer") == 2)
            #expect(!harness.step(500), "nothing is tried for the first half second")

            let listener = Peer.listening(at: path)
            #expect(harness.run(seconds: 3) { harness.backend.isLinkUp })
            let peer = try #require(listener.accept())
            harness.send([testFrame(3)])
            #expect(unframed(try #require(peer.receive())) == [testFrame(3)])
        }

        @Test("a peer that leaves takes the link down, and may come back")
        func comeBack() throws {
            let listener = Peer.listening(at: path)
            let harness = try Harness("stream:\(path)")
            for round in 0..<2 {
                #expect(harness.run(seconds: 3) { harness.backend.isLinkUp })
                let peer = try #require(listener.accept())
                let before = harness.backend.descriptor
                peer.end()
                #expect(harness.run { !harness.backend.isLinkUp })
                #expect(harness.backend.descriptor != before, "a change of descriptor shows in its number")
                #expect(harness.counter("connections") == UInt64(round + 1))
                #expect(harness.backend.status.contains("the peer closed it"))
            }
        }

        @Test("a peer that leaves in the middle of a frame or of the backend's sending leaves nothing behind")
        func leaveHalfway() throws {
            let harness = try Harness("stream:\(path),server")
            let first = Peer.connected(to: path)
            #expect(harness.run { harness.backend.isLinkUp })
            first.send(Array(framed(testFrame(1)).prefix(30)))
            harness.send((0..<100).map { testFrame($0, count: 9000) })
            #expect(harness.backend.isCongested)
            first.end()
            #expect(harness.run { !harness.backend.isLinkUp })
            #expect(!harness.backend.isCongested && !harness.backend.wantsWritable)
            let sent = try #require(harness.counter("sent_frames"))
            #expect(harness.counter("send_dropped_no_peer") == 100 - sent)

            let second = Peer.connected(to: path)
            #expect(harness.run { harness.backend.isLinkUp })
            second.send(framed(testFrame(2)))
            harness.send([testFrame(3)])
            #expect(harness.run { !harness.received.isEmpty })
            #expect(harness.takeReceived() == [testFrame(2)])
            #expect(second.receive() == framed(testFrame(3)))
        }

        @Test("sending to a peer that is gone drops the frames without a signal")
        func brokenPipe() throws {
            let (harness, peer) = try connected()
            peer.end()
            harness.send([testFrame(1), testFrame(2)])
            #expect(!harness.backend.isLinkUp)
            #expect(harness.counter("send_dropped_no_peer") == 2)
            harness.send([testFrame(3)])
            #expect(harness.counter("send_dropped_no_peer") == 3)
        }

        @Test("a server takes one peer at a time, the next one when the first leaves")
        func oneAtATime() throws {
            let harness = try Harness("stream:\(path),server")
            #expect(!harness.backend.isLinkUp)
            let first = Peer.connected(to: path)
            #expect(harness.run { harness.backend.isLinkUp })
            let second = Peer.connected(to: path)
            second.send(framed(testFrame(2)))
            #expect(harness.settle() == 0, "a waiting peer wakes nobody")
            first.send(framed(testFrame(1)))
            first.end()
            #expect(harness.run { harness.received.count == 2 })
            #expect(harness.takeReceived() == [testFrame(1), testFrame(2)])
        }

        @Test("a socket file nobody answers at is replaced, and removed on close")
        func staleSocket() throws {
            Peer.listening(at: path).end()
            #expect(scratch.names == ["wire"])
            let harness = try Harness("stream:\(path),server")
            #expect(Peer.connected(to: path).isOpen)
            harness.backend.close()
            #expect(scratch.names.isEmpty)
            #expect(harness.backend.descriptor == -1 && !harness.backend.isLinkUp)
            harness.send([testFrame(1)])
        }

        @Test("a file that took the socket's place is left alone on close")
        func replacedSocket() throws {
            let harness = try Harness("stream:\(path),server")
            unlink(path)
            let other = Peer.listening(at: path)
            harness.backend.close()
            #expect(other.isOpen && scratch.names == ["wire"])
        }

        @Test("memory that went away goes out as zeros, and the peer stays in step")
        func truncatedMemory() throws {
            let (harness, peer) = try connected()
            let file = kw_memfd("truncated")
            defer { close(file) }
            #expect(ftruncate(file, 8192) == 0)
            let mapping = try #require(mmap(nil, 8192, PROT_READ, MAP_SHARED, file, 0))
            var truncated: CInt = 0
            kw_guard_install()
            let slot = kw_guard_add(mapping, 8192, &truncated)
            defer {
                kw_guard_remove(slot)
                munmap(mapping, 8192)
            }
            #expect(ftruncate(file, 0) == 0)
            harness.send(testFrame(1), then: mapping, count: 1000)
            harness.send([testFrame(2)])
            #expect(harness.run { !harness.backend.isCongested })
            let frames = unframed(try #require(peer.receive()))
            #expect(frames == [testFrame(1) + [UInt8](repeating: 0, count: 1000), testFrame(2)])
            #expect(truncated == 1)
        }
    }
}

/// Steele, Lea and Flood's SplitMix64: the same numbers for the same seed.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
