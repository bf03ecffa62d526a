// SPDX-License-Identifier: Apache-2.0

import Glibc
import HostTestSupport
import Intel82576
import Testing

@testable import Backends

extension BackendTests {
    @Suite("tap", .enabled(if: NetworkNamespace.isAvailable, "needs root and /dev/net/tun")) struct TAP {
        private static let noHeader = [UInt8](repeating: 0, count: 10)

        /// How frames cross, which tests of frames are the same for.
        enum Way: String, CaseIterable {
            case systemCalls = "tap:kw0"
            case vhostNet = "tap:kw0,vhost=on"

            /// Those that this kernel has.
            static let available = NetworkNamespace.hasVhostNet ? allCases : [.systemCalls]

            /// Events that may come from an interface at rest: a call that the kernel's task had at hand when it was asked for
            /// none.
            var lateEvents: Int { self == .vhostNet ? 1 : 0 }
        }

        /// A namespace with the TAP interface `kw0`, up and without IPv6's own frames.
        static func namespace(_ options: String = "") throws -> NetworkNamespace {
            let namespace = try NetworkNamespace()
            try namespace.ip("tuntap add dev kw0 mode tap \(options)")
            try namespace.ip("link set kw0 addrgenmode none up")
            return namespace
        }

        static func open(_ way: Way = .systemCalls, in namespace: borrowing NetworkNamespace) throws -> Harness {
            try namespace.run { try Harness(way.rawValue) }
        }

        private func frames(of harness: Harness) -> [ReceivedFrame] {
            harness.received.filter { $0.bytes.count >= 14 && $0.bytes[12] == 0x88 && $0.bytes[13] == 0xB5 }
        }

        @Test("frames cross both ways byte for byte", arguments: Way.available)
        func bothWays(by way: Way) throws {
            let namespace = try Self.namespace()
            let harness = try Self.open(way, in: namespace)
            let peer = try namespace.run { try PacketPeer(on: "kw0") }
            #expect(harness.backend.isLinkUp)
            let sent = (0..<100).map { testFrame($0, count: 60 + $0 * 14) }
            harness.send(sent.enumerated().map { TestFrame($1, goesToUplink: $0 != 50, pieceLength: 100) })
            for frame in sent.enumerated() where frame.offset != 50 {
                #expect(peer.receive() == Self.noHeader + frame.element)
            }
            for frame in sent { #expect(peer.send(Self.noHeader + frame) == frame.count + 10) }
            #expect(harness.run { frames(of: harness).count == 100 })
            #expect(frames(of: harness).map(\.bytes) == sent)
            #expect(harness.counter("sent_frames") == 99)
            #expect(harness.settle() <= way.lateEvents, "an idle interface wakes nobody")
        }

        @Test("a segmentation left to the kernel reaches it in one piece", arguments: Way.available)
        func sendsLarge(by way: Way) throws {
            let namespace = try Self.namespace()
            let harness = try Self.open(way, in: namespace)
            let peer = try namespace.run { try PacketPeer(on: "kw0") }
            #expect(harness.backend.offloads.isSuperset(of: [.checksum, .segmentTCP4, .segmentTCP6]))
            let frame = segmentable(40_000, flags: 0x90)  // ACK and CWR
            harness.send([frame])
            let received = try #require(peer.receive(etherType: [0x08, 0x00]))
            #expect(received.count == 10 + frame.bytes.count)
            #expect(Array(received.dropFirst(10)) == frame.bytes)
            #expect(received[0] == 1 && received[1] == 0x81, "NEEDS_CSUM, TCPV4 with ECN")
            #expect(Array(received[4..<10]) == [0xB4, 0x05, 34, 0, 16, 0])
        }

        @Test("a large frame of the kernel's arrives in one piece with what is left to do", arguments: Way.available)
        func receivesLarge(by way: Way) throws {
            let namespace = try Self.namespace()
            let harness = try Self.open(way, in: namespace)
            let peer = try namespace.run { try PacketPeer(on: "kw0") }
            let frame = segmentable(40_000)
            let header: [UInt8] = [1, 1, 54, 0, 0xB4, 0x05, 34, 0, 16, 0]
            #expect(peer.send(header + frame.bytes) == 10 + frame.bytes.count)
            #expect(harness.run { harness.received.contains { $0.bytes.count > 40_000 } })
            let received = try #require(harness.received.first { $0.bytes.count > 40_000 })
            #expect(received.bytes == frame.bytes)
            #expect(received.offload == frame.offload)
        }

        @Test("a frame of more pieces than one call takes leaves in order", arguments: Way.available)
        func manyPieces(by way: Way) throws {
            let namespace = try Self.namespace()
            let harness = try Self.open(way, in: namespace)
            let peer = try namespace.run { try PacketPeer(on: "kw0") }
            let sent = [testFrame(1), testFrame(2, count: 1400), testFrame(3)]
            harness.send(sent.map { TestFrame($0, pieceLength: 1) })
            for frame in sent { #expect(peer.receive() == Self.noHeader + frame) }
        }

        @Test("an offload the kernel does not take costs that frame only")
        func refusedOffload() throws {
            let namespace = try Self.namespace()
            let harness = try Self.open(in: namespace)
            let peer = try namespace.run { try PacketPeer(on: "kw0") }
            var wrong = FrameBatch.Offload()
            (wrong.needsChecksum, wrong.checksumStart) = (true, 60_000)
            harness.send([TestFrame(testFrame(1), offload: wrong), TestFrame(testFrame(2))])
            #expect(peer.receive() == Self.noHeader + testFrame(2))
            #expect(harness.counter("send_dropped_refused") == 1)
        }

        @Test(
            "while the interface is down the link is down too, and frames are dropped and counted",
            arguments: Way.available)
        func down(by way: Way) throws {
            let namespace = try Self.namespace()
            let harness = try Self.open(way, in: namespace)
            try namespace.ip("link set kw0 down")
            #expect(harness.run { !harness.backend.isLinkUp })
            harness.send([testFrame(1), testFrame(2)])
            #expect(harness.counter("send_dropped_interface_down") == 2)
            #expect(harness.settle() < 5, "an interface that is down wakes nobody")
            #expect(!harness.backend.isCongested)
            #expect(harness.backend.status.hasPrefix("attached to kw0, which is down"))
            try namespace.ip("link set kw0 up")
            #expect(harness.run { harness.backend.isLinkUp })
            let peer = try namespace.run { try PacketPeer(on: "kw0") }
            harness.send([testFrame(3)])
            #expect(peer.receive() == Self.noHeader + testFrame(3))
        }

        @Test("an interface that is down at the start has no link until it is up", arguments: Way.available)
        func downAtStart(by way: Way) throws {
            let namespace = try NetworkNamespace()
            try namespace.ip("tuntap add dev kw0 mode tap")
            let harness = try Self.open(way, in: namespace)
            #expect(!harness.backend.isLinkUp)
            try namespace.ip("link set kw0 up")
            #expect(harness.run { harness.backend.isLinkUp })
        }

        @Test(
            "the interface has a carrier while the port has a link, and its own link does not depend on that",
            arguments: Way.available)
        func carrier(by way: Way) throws {
            let namespace = try Self.namespace()
            let harness = try Self.open(way, in: namespace)
            func hasCarrier() throws -> Bool {
                try namespace.run { try output(of: "/bin/sh", "-c", "ip link show kw0") }.contains("LOWER_UP")
            }
            #expect(try becomesTrue(hasCarrier))
            harness.backend.portLinkChanged(isUp: false)
            harness.settle()
            #expect(try becomesTrue { try !hasCarrier() })
            #expect(harness.backend.isLinkUp)
            harness.backend.portLinkChanged(isUp: true)
            harness.settle()
            #expect(try becomesTrue(hasCarrier))
            #expect(harness.backend.isLinkUp)
        }

        @Test("a deleted interface takes the link down, one of its name brings it back", arguments: Way.available)
        func deleted(by way: Way) throws {
            let namespace = try Self.namespace()
            let harness = try Self.open(way, in: namespace)
            try namespace.ip("link del kw0")
            let before = harness.backend.descriptor
            #expect(harness.run { !harness.backend.isLinkUp })
            #expect(harness.backend.descriptor != before)
            #expect(harness.settle() == 0, "a missing interface wakes nobody")
            harness.send([testFrame(1)])
            #expect(harness.counter("send_dropped_no_peer") == 1)
            try namespace.ip("tuntap add dev kw0 mode tap")
            try namespace.ip("link set kw0 addrgenmode none up")
            let isBack = namespace.run { harness.run(seconds: 3) { harness.backend.isLinkUp } }
            #expect(isBack)
            let peer = try namespace.run { try PacketPeer(on: "kw0") }
            harness.send([testFrame(2)])
            #expect(peer.receive() == Self.noHeader + testFrame(2))
        }

        @Test("a port that does not read notices too that another interface has the name", arguments: Way.available)
        func deletedUnread(by way: Way) throws {
            let namespace = try Self.namespace()
            let harness = try Self.open(way, in: namespace)
            try namespace.ip("link del kw0")
            try namespace.ip("tuntap add dev kw0 mode tap")
            try namespace.ip("link set kw0 up")
            harness.backend.handleLinkEvent()
            #expect(!harness.backend.isLinkUp)
            let isBack = namespace.run { harness.run(seconds: 3) { harness.backend.isLinkUp } }
            #expect(isBack)
        }

        @Test("an interface made for several queues is used with one", arguments: Way.available)
        func multipleQueues(by way: Way) throws {
            let namespace = try Self.namespace("multi_queue")
            let harness = try Self.open(way, in: namespace)
            let peer = try namespace.run { try PacketPeer(on: "kw0") }
            harness.send([testFrame(1)])
            #expect(peer.receive() == Self.noHeader + testFrame(1))
        }

        @Test("an interface that is in use, or no TAP, is refused with the reason")
        func refused() throws {
            let namespace = try Self.namespace()
            let harness = try Self.open(in: namespace)
            #expect(harness.backend.isLinkUp)
            let expected = [
                "tap:kw0": "TAP interface 'kw0' is in use by another program",
                "tap:lo": "'lo' is not a TAP interface",
                "tap:kw1": "no TAP interface 'kw1'",
            ]
            for (text, message) in expected {
                let error = #expect(throws: BackendError.self) { try namespace.run { try Harness(text) } }
                #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
            }
        }
    }
}
