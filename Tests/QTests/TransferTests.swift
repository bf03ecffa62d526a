// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaGuest
import Testing

extension StockQEMU {
    @Suite("Frames through stock QEMU", .serialized)
    struct Transfer {
        private let peer: [UInt8] = [0x02, 0, 0, 0, 0, 0x99]

        @Test("a frame leaves as it was in guest memory")
        func transmitOne() throws {
            let bench = try Workbench()
            var driver = try bench.driver()
            let sent = frame(1, to: peer)
            try driver.transmit([sent])
            #expect(try bench.cable.receive() == sent)
            #expect(try driver.read(TDH.self) == 1)
        }

        @Test("a frame arrives in guest memory as it was sent")
        func receiveOne() throws {
            let bench = try Workbench()
            var driver = try bench.driver()
            let sent = frame(1, to: bench.mac)
            try bench.cable.send([sent])
            #expect(try driver.receive(1) == [sent])
            #expect(try driver.read(RDH.self) == 1)
        }

        @Test("a frame for somebody else is not received")
        func filter() throws {
            let bench = try Workbench()
            var driver = try bench.driver()
            let (strange, own) = (frame(1, to: peer), frame(2, to: bench.mac))
            try bench.cable.send([strange, own])
            #expect(try driver.receive(1) == [own])
        }

        @Test("4096 frames leave in order and unchanged")
        func transmitMany() throws {
            let bench = try Workbench()
            var driver = try bench.driver()
            for batch in 0..<128 {
                let frames = (0..<32).map { frame(batch * 32 + $0, to: peer) }
                try driver.transmit(frames)
                for sent in frames { try #require(try bench.cable.receive() == sent) }
            }
            #expect(try driver.read(GPTC.self) == 4096)
        }

        @Test("4096 frames arrive in order and unchanged")
        func receiveMany() throws {
            let bench = try Workbench()
            var driver = try bench.driver()
            for batch in 0..<128 {
                let frames = (0..<32).map { frame(batch * 32 + $0, to: bench.mac) }
                try bench.cable.send(frames)
                try #require(try driver.receive(32) == frames)
            }
            #expect(try driver.read(GPRC.self) == 4096)
        }

        @Test("after a reset nothing moves until the queues are set up again")
        func reset() throws {
            let bench = try Workbench()
            var driver = try bench.driver()
            try driver.transmit([frame(1, to: peer)])
            _ = try bench.cable.receive()
            try driver.reset()
            try driver.write(TDT.self, 5)
            #expect(try bench.cable.isSilent(seconds: 0.2))
            try driver.bringUpLink()
            try driver.startQueues()
            try driver.transmit([frame(2, to: peer)])
            #expect(try bench.cable.receive() == frame(2, to: peer))
        }
    }
}
