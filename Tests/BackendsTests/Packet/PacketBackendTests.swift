// SPDX-License-Identifier: Apache-2.0

import Glibc
import Intel82576
import Testing

@testable import Backends

extension BackendTests {
    @Suite("packet", .enabled(if: NetworkNamespace.isAvailable, "needs root")) struct Packet {
        private static let noHeader = [UInt8](repeating: 0, count: 10)

        /// A namespace with a cable from `kw0` to `kw1`, both up and without IPv6's own frames.
        private func namespace() throws -> NetworkNamespace {
            let namespace = try NetworkNamespace()
            try namespace.run {
                _ = try output(
                    of: "/bin/sh", "-c",
                    "for f in /proc/sys/net/ipv6/conf/default/disable_ipv6; do [ ! -e $f ] || echo 1 >$f; done")
            }
            try plug(in: namespace)
            return namespace
        }

        private func plug(in namespace: borrowing NetworkNamespace) throws {
            try namespace.ip("link add kw0 type veth peer name kw1")
            for name in ["kw0", "kw1"] { try namespace.ip("link set \(name) up") }
        }

        private func open(_ name: String = "kw0", in namespace: borrowing NetworkNamespace) throws -> Harness {
            let harness = try namespace.run { try Harness("packet:\(name)") }
            #expect(harness.run { harness.backend.isLinkUp })
            return harness
        }

        private func frames(of harness: Harness, _ type: [UInt8] = [0x88, 0xB5]) -> [[UInt8]] {
            harness.received.map(\.bytes).filter { $0.count >= 14 && Array($0[12..<14]) == type }
        }

        @Test("frames cross both ways byte for byte")
        func bothWays() throws {
            let namespace = try namespace()
            let harness = try open(in: namespace)
            let peer = try namespace.run { try PacketPeer(on: "kw1") }
            let sent = (0..<100).map { testFrame($0, count: 60 + $0 * 14) }
            harness.send(sent.enumerated().map { TestFrame($1, goesToUplink: $0 != 50, pieceLength: 100) })
            for frame in sent.enumerated() where frame.offset != 50 {
                #expect(peer.receive() == Self.noHeader + frame.element)
            }
            for frame in sent { #expect(peer.send(Self.noHeader + frame) == frame.count + 10) }
            #expect(harness.run { frames(of: harness).count == 100 })
            #expect(frames(of: harness) == sent)
            #expect(harness.counter("sent_frames") == 99 && harness.counter("received_frames") == 100)
            #expect(harness.settle() == 0, "an idle interface wakes nobody")
        }

        @Test("neither its own frames nor those of the host come back")
        func outgoing() throws {
            let namespace = try namespace()
            let harness = try open(in: namespace)
            let host = try namespace.run { try PacketPeer(on: "kw0") }
            harness.send([testFrame(1)])
            #expect(host.send(Self.noHeader + testFrame(2)) == 70)
            harness.settle()
            #expect(frames(of: harness).isEmpty)
        }

        @Test("frames for any address come in, not those for the interface alone")
        func promiscuous() throws {
            let namespace = try namespace()
            let harness = try open(in: namespace)
            let peer = try namespace.run { try PacketPeer(on: "kw1") }
            let frame = [0x02, 0x11, 0x22, 0x33, 0x44, 0x55] + testFrame(1).dropFirst(6)
            #expect(peer.send(Self.noHeader + frame) == 70)
            #expect(harness.run { frames(of: harness) == [frame] })
            let details = try namespace.run { try output(of: "/bin/sh", "-c", "ip -d link show kw0") }
            #expect(details.contains("promiscuity 1"))
        }

        @Test(
            "VLAN tags that the kernel takes out are in the frame again",
            arguments: [[0x81, 0x00], [0x88, 0xA8]] as [[UInt8]])
        func tags(type: [UInt8]) throws {
            let namespace = try namespace()
            let harness = try open(in: namespace)
            let peer = try namespace.run { try PacketPeer(on: "kw1") }
            let plain = testFrame(1)
            let tagged = plain[..<12] + type + [0x60, 0x64] + plain[12...]
            #expect(peer.send(Self.noHeader + tagged) == 74)
            #expect(harness.run { frames(of: harness, type) == [Array(tagged)] })
            harness.send([Array(tagged)])
            #expect(peer.receive() == Self.noHeader + plain, "the peer's kernel took the tag out")
        }

        @Test("a segmentation left to the kernel reaches it in one piece")
        func sendsLarge() throws {
            let namespace = try namespace()
            let harness = try open(in: namespace)
            let peer = try namespace.run { try PacketPeer(on: "kw1") }
            #expect(harness.backend.offloads == [.checksum, .segmentTCP4, .segmentTCP6])
            let frame = segmentable(40_000, flags: 0x90)  // ACK and CWR
            harness.send([frame])
            let received = try #require(peer.receive(etherType: [0x08, 0x00]))
            #expect(received.count == 10 + frame.bytes.count)
            #expect(Array(received.dropFirst(10)) == frame.bytes)
            #expect(received[0] == 1 && received[1] == 0x81, "NEEDS_CSUM, TCPV4 with ECN")
        }

        @Test(
            "a large frame arrives in one piece with what is left to do, with a tag or without",
            arguments: [false, true])
        func receivesLarge(isTagged: Bool) throws {
            let namespace = try namespace()
            let harness = try open(in: namespace)
            let peer = try namespace.run { try PacketPeer(on: "kw1") }
            var frame = segmentable(40_000)
            var header: [UInt8] = [1, 1, 54, 0, 0xB4, 0x05, 34, 0, 16, 0]
            if isTagged {
                frame.bytes.insert(contentsOf: [0x81, 0x00, 0x00, 0x64], at: 12)
                (frame.offload.checksumStart, frame.offload.headerLength) = (38, 58)
                (header[2], header[6]) = (58, 38)
            }
            #expect(peer.send(header + frame.bytes) == 10 + frame.bytes.count)
            #expect(harness.run { harness.received.contains { $0.bytes.count > 40_000 } })
            let received = try #require(harness.received.first { $0.bytes.count > 40_000 })
            #expect(received.bytes == frame.bytes)
            #expect(received.offload == frame.offload)
        }

        @Test("a frame of more pieces than one call takes leaves in order")
        func manyPieces() throws {
            let namespace = try namespace()
            let harness = try open(in: namespace)
            let peer = try namespace.run { try PacketPeer(on: "kw1") }
            let sent = [testFrame(1), testFrame(2, count: 1400), testFrame(3)]
            harness.send(sent.map { TestFrame($0, pieceLength: 1) })
            for frame in sent { #expect(peer.receive() == Self.noHeader + frame) }
        }

        @Test("a frame that the interface does not take costs that frame only")
        func refused() throws {
            let namespace = try namespace()
            let harness = try open(in: namespace)
            let peer = try namespace.run { try PacketPeer(on: "kw1") }
            harness.send([testFrame(1), testFrame(2, count: 4000), testFrame(3)])
            #expect(peer.receive() == Self.noHeader + testFrame(1))
            #expect(peer.receive() == Self.noHeader + testFrame(3))
            #expect(harness.counter("send_dropped_refused") == 1)
        }

        @Test("the link is the interface's: it goes with the carrier and with being up, and comes back")
        func link() throws {
            let namespace = try namespace()
            let harness = try open(in: namespace)
            for name in ["kw1", "kw0"] {
                try namespace.ip("link set \(name) down")
                #expect(harness.run { !harness.backend.isLinkUp }, "\(name)")
                harness.send([testFrame(1)])
                #expect(harness.settle() < 5, "an interface that is down wakes nobody")
                try namespace.ip("link set \(name) up")
                #expect(harness.run { harness.backend.isLinkUp }, "\(name)")
            }
            let peer = try namespace.run { try PacketPeer(on: "kw1") }
            harness.send([testFrame(3)])
            #expect(peer.receive() == Self.noHeader + testFrame(3))
            #expect(peer.send(Self.noHeader + testFrame(4)) == 70)
            #expect(harness.run { frames(of: harness).last == testFrame(4) })
        }

        @Test("a deleted interface takes the link down, one of its name brings it back")
        func deleted() throws {
            let namespace = try namespace()
            let harness = try open(in: namespace)
            try namespace.ip("link del kw0")
            #expect(harness.run { !harness.backend.isLinkUp && harness.backend.descriptor < 0 })
            #expect(harness.settle() == 0, "a missing interface wakes nobody")
            harness.send([testFrame(1)])
            #expect(harness.counter("send_dropped_no_peer") == 1)
            try plug(in: namespace)
            let isBack = namespace.run { harness.run(seconds: 20) { harness.backend.isLinkUp } }
            #expect(isBack)
            let peer = try namespace.run { try PacketPeer(on: "kw1") }
            harness.send([testFrame(2)])
            #expect(peer.receive() == Self.noHeader + testFrame(2))
        }

        @Test("an interface that is not there, or no Ethernet, is refused with the reason")
        func refusedInterfaces() throws {
            let namespace = try namespace()
            for (text, message) in ["packet:kw9": "no interface 'kw9'", "packet:lo": "'lo' is no Ethernet interface"] {
                let error = #expect(throws: BackendError.self) { try namespace.run { try Harness(text) } }
                #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
            }
        }
    }
}
