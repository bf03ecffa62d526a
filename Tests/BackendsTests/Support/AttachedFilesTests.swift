// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import HostSystem
import HostTestSupport
import Testing

@testable import Backends

extension BackendTests {
    /// A peer on a UNIX socket can attach files to what it sends, and decides how long their close takes.
    @Suite("Files attached to frames") struct AttachedFiles {
        let scratch = Scratch()
        let file = LingeringSocket()

        /// Sends with the file attached. Nobody but the receiver has it then, if the kernel lets it pass.
        private func send(_ bytes: [UInt8], over descriptor: CInt) {
            var bytes = bytes
            var number = file.number
            bytes.withUnsafeMutableBytes { buffer in
                var part = iovec(iov_base: buffer.baseAddress, iov_len: buffer.count)
                _ = kw_send(descriptor, &part, 1, &number, 1)
            }
            file.letGo()
        }

        private func pair(_ type: __socket_type) -> (sender: CInt, receiver: CInt) {
            var ends: [CInt] = [0, 0]
            #expect(socketpair(AF_UNIX, CInt(type.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0)
            return (ends[0], ends[1])
        }

        private func expectPrompt(_ work: () throws -> Void) rethrows {
            #expect(try ContinuousClock().measure(work) < LingeringSocket.promptly)
        }

        @Test("do not hold up a stream, on whose peer nothing else depends")
        func stream() throws {
            let harness = try Harness("stream:\(scratch / "s"),server")
            let peer = Peer.connected(to: scratch / "s")
            #expect(harness.run { harness.backend.isLinkUp })
            send(framed(testFrame(1)), over: peer.descriptor)
            peer.send(framed(testFrame(2)))
            expectPrompt { #expect(harness.run { harness.received.last?.bytes == testFrame(2) }) }
        }

        @Test("do not hold up datagrams")
        func datagram() throws {
            let harness = try Harness("dgram:\(scratch / "local"):\(scratch / "remote")")
            let peer = Peer(kw_unix_connect(socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue), 0), scratch / "local"))
            send(testFrame(1), over: peer.descriptor)
            peer.send(testFrame(2))
            expectPrompt { #expect(harness.run { harness.received.last?.bytes == testFrame(2) }) }
        }

        @Test("are closed elsewhere when the kernel lets them come with a stream")
        func streamBuffer() throws {
            let (sender, receiver) = pair(SOCK_STREAM)
            var buffer = StreamBuffer(try Closer())
            send(framed(testFrame(1)), over: sender)
            expectPrompt {
                let result = buffer.fill(from: receiver)
                #expect(result == .moved(64))
            }
            let front = buffer.front
            #expect(front == .frame(60))
            close(sender)
            close(receiver)
        }

        @Test("are closed elsewhere when the kernel lets them come with a datagram")
        func datagramSlots() throws {
            let (sender, receiver) = pair(SOCK_DGRAM)
            var slots = DatagramSlots(try Closer())
            send(testFrame(1), over: sender)
            expectPrompt {
                let result = slots.receive(from: receiver)
                #expect(result == .moved(1))
            }
            let length = slots.length(of: 0)
            #expect(length == 60)
            close(sender)
            close(receiver)
        }

        @Test("that nobody received are closed elsewhere with their socket")
        func unread() throws {
            let (sender, receiver) = pair(SOCK_STREAM)
            let socket = Descriptor(receiver, closer: try Closer())
            send(framed(testFrame(1)), over: sender)
            expectPrompt { socket.close() }
            close(sender)
        }
    }
}
