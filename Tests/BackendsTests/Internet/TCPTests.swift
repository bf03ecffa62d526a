// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import Testing

@testable import Backends

extension BackendTests {
    @Suite("stream over TCP") struct TCP {
        @Test(
            "frames cross both ways, each behind its length in network byte order",
            arguments: ["127.0.0.1", "::1"], [true, false])
        func bothWays(host: String, isServer: Bool) throws {
            let port = try InternetPeer.freePort(host)
            let address = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
            let listener = isServer ? nil : InternetPeer.listening(host, port)
            let harness = try Harness("stream:tcp:\(address)\(isServer ? ",server" : "")")
            let connecting = isServer ? InternetPeer.connected(host, port) : nil
            #expect(harness.run { harness.backend.isLinkUp })
            let peer = try #require(connecting ?? listener?.accept())
            let frames = (0..<100).map { testFrame($0, count: 14 + $0 * 14) }
            harness.send(frames)
            let expected = frames.flatMap(framed)
            var stream: [UInt8] = []
            #expect(
                harness.run {
                    stream += peer.receive() ?? []
                    return stream.count >= expected.count
                })
            #expect(stream == expected)
            #expect(peer.send(expected) == expected.count)
            #expect(harness.run { harness.received.count == 100 })
            #expect(harness.takeReceived() == frames)
            #expect(harness.settle() == 0, "an idle backend wakes nobody")
        }

        @Test("segments are not delayed", arguments: [true, false])
        func noDelay(isServer: Bool) throws {
            let port = try InternetPeer.freePort()
            let listener = isServer ? nil : InternetPeer.listening("127.0.0.1", port)
            let harness = try Harness("stream:tcp:127.0.0.1:\(port)\(isServer ? ",server" : "")")
            let peer = isServer ? InternetPeer.connected("127.0.0.1", port) : nil
            #expect(harness.run { harness.backend.isLinkUp })
            var (value, length) = (CInt(0), socklen_t(4))
            getsockopt(harness.backend.descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &value, &length)
            #expect(value != 0)
            withExtendedLifetime((listener, peer)) {}
        }

        @Test("without a peer connecting is tried about every second; one that leaves may come back")
        func reconnect() throws {
            let port = try InternetPeer.freePort()
            let harness = try Harness("stream:tcp:127.0.0.1:\(port)")
            harness.settle()
            #expect(!harness.backend.isLinkUp)
            #expect(harness.backend.status == "waiting for somebody to listen on 127.0.0.1:\(port)")
            harness.send([testFrame(1)])
            #expect(harness.counter("send_dropped_no_peer") == 1)
            let listener = InternetPeer.listening("127.0.0.1", port)
            for round in 1...2 {
                #expect(harness.run(seconds: 5) { harness.backend.isLinkUp })
                let peer = try #require(listener.accept())
                harness.send([testFrame(2)])
                #expect(harness.run { peer.receive() == framed(testFrame(2)) })
                peer.end()
                #expect(harness.run { !harness.backend.isLinkUp })
                #expect(harness.counter("connections") == UInt64(round))
            }
        }

        @Test("a port that is taken, or no address of this host, is refused with the reason")
        func refused() throws {
            let port = try InternetPeer.freePort()
            let taken = InternetPeer.listening("127.0.0.1", port)
            for (text, message) in [
                ("stream:tcp:127.0.0.1:\(port),server", "127.0.0.1:\(port) is taken by another program"),
                ("stream:tcp:192.0.2.1:\(port),server", "192.0.2.1:\(port) is no address of this host"),
                ("dgram:udp:192.0.2.1:\(port),192.0.2.2:9", "192.0.2.1:\(port) is no address of this host"),
            ] {
                let error = #expect(throws: BackendError.self) { try Harness(text) }
                #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
            }
            #expect(taken.isOpen)
        }
    }
}
