// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import Testing

@testable import Backends

extension BackendTests {
    @Suite("dgram over UDP") struct UDP {
        @Test("frames cross both ways, one a datagram", arguments: ["127.0.0.1", "::1"])
        func bothWays(host: String) throws {
            let (local, remote) = (
                try InternetPeer.freePort(host, SOCK_DGRAM), try InternetPeer.freePort(host, SOCK_DGRAM)
            )
            let name = host.contains(":") ? "[\(host)]" : host
            let harness = try Harness("dgram:udp:\(name):\(local),\(name):\(remote)")
            let peer = try InternetPeer.datagrams(host, from: remote, to: local)
            #expect(harness.backend.isLinkUp)
            let frames = (0..<100).map { testFrame($0, count: 14 + $0 * 15) }
            for frame in frames {
                harness.send([frame])
                #expect(harness.run { peer.receive() == frame })
                #expect(peer.send(frame) == frame.count)
            }
            #expect(harness.run { harness.received.count == 100 })
            #expect(harness.takeReceived() == frames)
            #expect(harness.settle() == 0, "an idle backend wakes nobody")
        }

        @Test("datagrams of others are not taken")
        func strangers() throws {
            let ports = try (0..<3).map { _ in try InternetPeer.freePort("127.0.0.1", SOCK_DGRAM) }
            let harness = try Harness("dgram:udp:127.0.0.1:\(ports[0]),127.0.0.1:\(ports[1])")
            let stranger = try InternetPeer.datagrams("127.0.0.1", from: ports[2], to: ports[0])
            stranger.send(testFrame(1))
            harness.settle()
            #expect(harness.takeReceived().isEmpty)
        }

        @Test("frames for a peer that is not there are dropped and counted, and it may come")
        func comeAndGo() throws {
            let ports = try (0..<2).map { _ in try InternetPeer.freePort("127.0.0.1", SOCK_DGRAM) }
            let harness = try Harness("dgram:udp:127.0.0.1:\(ports[0]),127.0.0.1:\(ports[1])")
            for tag in 0..<10 {
                harness.send([testFrame(tag)])
                #expect(harness.settle() < 100, "nobody at the other end wakes nobody")
            }
            #expect(harness.backend.isLinkUp && !harness.backend.isCongested)
            let peer = try InternetPeer.datagrams("127.0.0.1", from: ports[1], to: ports[0])
            harness.send([testFrame(20)])
            harness.send([testFrame(21)])
            var last: [UInt8]?
            #expect(
                harness.run {
                    if let bytes = peer.receive(), !bytes.isEmpty { last = bytes }
                    return last == testFrame(21)
                })
        }

        @Test("a frame longer than a datagram can be is refused and counted")
        func tooLong() throws {
            let ports = try (0..<2).map { _ in try InternetPeer.freePort("127.0.0.1", SOCK_DGRAM) }
            let harness = try Harness("dgram:udp:127.0.0.1:\(ports[0]),127.0.0.1:\(ports[1])")
            harness.send([testFrame(1, count: 65_508)])
            #expect(harness.counter("send_dropped_refused") == 1 && !harness.backend.isCongested)
        }
    }
}
