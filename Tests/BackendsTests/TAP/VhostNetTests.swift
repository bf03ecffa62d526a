// SPDX-License-Identifier: Apache-2.0

import Glibc
import HostTestSupport
import Intel82576
import Testing

@testable import Backends

extension BackendTests {
    /// What is not the same as with a system call for each frame. Tests with guests run these, and those of ``TAP``, where the
    /// kernel has it.
    @Suite(
        "tap by vhost-net", .enabled(if: NetworkNamespace.hasVhostNet, "needs root, /dev/net/tun and /dev/vhost-net"))
    struct VhostNet {
        private func open(in namespace: borrowing NetworkNamespace) throws -> Harness {
            try TAP.open(.vhostNet, in: namespace)
        }

        /// How many tasks the kernel has for what this thread opened; those of older kernels are processes of their own.
        private func tasksOfThisThread() throws -> Int {
            var link = [CChar](repeating: 0, count: 64)
            try #require(readlink("/proc/thread-self", &link, link.count - 1) > 0)
            let thread = String(cString: link).split(separator: "/").last ?? ""
            let names = try output(
                of: "/bin/sh", "-c", "cat /proc/[0-9]*/comm /proc/\(getpid())/task/*/comm 2>/dev/null || true")
            return names.split(separator: "\n").count { $0 == "vhost-\(thread)" }
        }

        @Test("a task of the kernel's is there as long as the backend is")
        func task() throws {
            let namespace = try TAP.namespace()
            // Those of earlier tests end when the kernel has closed their files.
            #expect(try becomesTrue { try tasksOfThisThread() == 0 })
            let harness = try open(in: namespace)
            #expect(try becomesTrue { try tasksOfThisThread() == 1 })
            #expect(harness.backend.status == "attached to kw0, by vhost-net")
            harness.backend.close()
            #expect(try becomesTrue { try tasksOfThisThread() == 0 })
        }

        @Test("more frames than the queues hold cross in order, whoever waits for whom")
        func manyFrames() throws {
            let namespace = try TAP.namespace()
            let harness = try open(in: namespace)
            let peer = try namespace.run { try PacketPeer(on: "kw0") }
            let noHeader = [UInt8](repeating: 0, count: 10)
            for round in 0..<20 {
                let frames = (0..<100).map { testFrame(round * 100 + $0, count: 60 + $0 * 14) }
                harness.send(frames)
                for frame in frames { #expect(peer.receive() == noHeader + frame) }
                for frame in frames { #expect(peer.send(noHeader + frame) == frame.count + 10) }
                #expect(harness.run { harness.received.count == 100 })
                #expect(harness.takeReceived() == frames)
            }
            #expect(harness.counter("sent_frames") == 2000 && harness.counter("received_frames") == 2000)
            #expect(harness.counter("ring_errors") == 0)
        }

        @Test("frames that find no room wait, and leave once the kernel has some")
        func congestion() throws {
            let namespace = try TAP.namespace()
            let harness = try open(in: namespace)
            let large = [TestFrame](repeating: segmentable(60_000), count: 40)
            for _ in 0..<10 { harness.send(large) }
            #expect(harness.run(seconds: 20) { !harness.backend.isCongested })
            let (sent, dropped) = (harness.counter("sent_frames"), harness.counter("send_dropped_store_full"))
            #expect((sent ?? 0) + (dropped ?? 0) == 400)
            let peer = try namespace.run { try PacketPeer(on: "kw0") }
            harness.send([testFrame(1)])
            #expect(peer.receive() == [UInt8](repeating: 0, count: 10) + testFrame(1))
            #expect(harness.counter("ring_errors") == 0)
        }

        @Test("frames the port holds stay readable after their interface was deleted and made again")
        func heldFrames() throws {
            let namespace = try TAP.namespace()
            let harness = try open(in: namespace)
            let peer = try namespace.run { try PacketPeer(on: "kw0") }
            let frame = testFrame(1, count: 1500)
            #expect(peer.send([UInt8](repeating: 0, count: 10) + frame) == 1510)
            var batch = FrameBatch()
            for _ in 0..<500 where batch.count == 0 {
                usleep(10_000)
                harness.backend.handleEvent()
                harness.backend.receive(into: &batch)
            }
            try namespace.ip("link del kw0")
            #expect(harness.run { !harness.backend.isLinkUp })
            try namespace.ip("tuntap add dev kw0 mode tap")
            try namespace.ip("link set kw0 up")
            namespace.run {
                for _ in 0..<300 where !harness.backend.isLinkUp {
                    usleep(10_000)
                    harness.backend.handleEvent()
                }
            }
            #expect(harness.backend.isLinkUp, "on new queues")
            #expect(batch.count == 1 && batch.bytes(of: 0) == frame)
        }

        @Test("interfaces that come and go leave no open file behind")
        func descriptors() throws {
            let namespace = try TAP.namespace()
            let harness = try open(in: namespace)
            func replace() throws {
                try namespace.ip("link del kw0")
                #expect(harness.run { !harness.backend.isLinkUp })
                try namespace.ip("tuntap add dev kw0 mode tap")
                try namespace.ip("link set kw0 up")
                let isBack = namespace.run { harness.run(seconds: 3) { harness.backend.isLinkUp } }
                #expect(isBack, "\(harness.backend.status)")
            }
            try replace()
            harness.receive()
            let before = descriptorCount()
            for _ in 0..<3 { try replace() }
            harness.receive()
            #expect(descriptorCount() <= before)
        }

        @Test("an interface that is in use is refused with the reason, and taken when it is free")
        func refused() throws {
            let namespace = try TAP.namespace()
            let harness = try TAP.open(in: namespace)
            let error = #expect(throws: BackendError.self) { try open(in: namespace) }
            #expect(error?.message.contains("'kw0' is in use by another program") == true)
            harness.backend.close()
            let other = try open(in: namespace)
            #expect(throws: BackendError.self) { try TAP.open(in: namespace) }
            other.backend.close()
            let last = try TAP.open(in: namespace)
            #expect(last.backend.isLinkUp)
        }
    }
}
