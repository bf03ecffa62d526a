// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Backends

extension BackendTests.VhostUser {
    /// A back end that people have: DPDK's `net_vhost`, which OVS-DPDK's ports are made of too.
    @Suite("vhost-user with DPDK", .enabled(if: TestPMD.isAvailable)) struct NetVhost {
        let scratch = Scratch()

        /// Sends frames and expects them back, in their order.
        private func expectReflection(_ harness: Harness) {
            // The program drops what it reads before it is ready to write.
            let probe = testFrame(0xFFFF)
            let isReady = harness.run(seconds: 30) {
                harness.send([probe])
                return !harness.received.isEmpty
            }
            #expect(isReady, "\(harness.backend.status)")
            var back: [[UInt8]] = []
            for round in 0..<20 {
                let frames = (0..<50).map { testFrame(round * 50 + $0, count: 60 + $0 * 29) }
                harness.send(frames)
                let hasCome = harness.run(seconds: 10) {
                    back += harness.takeReceived().filter { $0 != probe }
                    return back.count >= 50
                }
                #expect(hasCome, "\(back.count) of 50 frames came back")
                #expect(back == frames)
                back = []
            }
            #expect(harness.counter("ring_errors") == 0 && harness.counter("protocol_errors") == 0)
        }

        @Test("a back end that listens reflects every frame, and again after it was started anew")
        func listening() throws {
            let harness = try Harness("vhost-user:\(scratch / "vhost")")
            for _ in 0..<2 {
                let program = try TestPMD(path: scratch / "vhost", connects: false)
                #expect(harness.run(seconds: 30) { harness.backend.isLinkUp }, "\(harness.backend.status)")
                expectReflection(harness)
                program.end()
                #expect(harness.run { !harness.backend.isLinkUp })
                unlink(scratch / "vhost")
            }
        }

        @Test("a back end that connects reflects every frame, and again after Kawela was started anew")
        func connecting() throws {
            let program = try TestPMD(path: scratch / "vhost", connects: true)
            for _ in 0..<2 {
                let harness = try Harness("vhost-user:\(scratch / "vhost"),server")
                #expect(harness.run(seconds: 30) { harness.backend.isLinkUp }, "\(harness.backend.status)")
                expectReflection(harness)
                harness.backend.close()
            }
            program.end()
        }
    }
}
