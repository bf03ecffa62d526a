import Intel82576
import Foundation
import KawelaGuest
import Testing

extension StockQEMU {
    @Suite(
        "Mapped doorbells through stock QEMU", .serialized,
        .enabled(if: NIC.chosen == .kawela, "QEMU's own card has its registers in QEMU"))
    struct MappedDoorbells {
        private let peer: [UInt8] = [0x02, 0, 0, 0, 0, 0x99]

        @Test("QEMU maps the pages with queue registers only when they are offered", arguments: [true, false])
        func mapping(isOffered: Bool) throws {
            let bench = try Workbench(doorbells: isOffered ? .mapped : .messages)
            _ = try bench.driver()
            let maps = try String(contentsOfFile: "/proc/\(bench.machine.process.pid)/maps", encoding: .utf8)
            let mapped = maps.split(separator: "\n").filter { $0.contains("kawela-queues") }
            let offsets = mapped.map { $0.split(separator: " ")[2] }
            #expect(offsets.sorted() == (isOffered ? ["0000c000", "0000e000"] : []))
        }

        @Test("4096 frames leave and 4096 arrive, in order and unchanged")
        func frames() throws {
            let bench = try Workbench(doorbells: .mapped)
            var driver = try bench.driver()
            for batch in 0..<128 {
                let frames = (0..<32).map { frame(batch * 32 + $0, to: peer) }
                try driver.transmit(frames)
                for sent in frames { try #require(try bench.cable.receive() == sent) }
                let arriving = (0..<32).map { frame(batch * 32 + $0, to: bench.mac) }
                try bench.cable.send(arriving)
                try #require(try driver.receive(32) == arriving)
            }
            #expect(try driver.read(GPTC.self) == 4096)
            #expect(try driver.read(GPRC.self) == 4096)
        }

        @Test("when QEMU is killed, the next one on the same socket carries frames")
        func replaced() throws {
            let bench = try Workbench(doorbells: .mapped)
            var driver = try bench.driver()
            try driver.transmit([frame(1, to: peer)])
            #expect(try bench.cable.receive() == frame(1, to: peer))
            try bench.replaceQEMU()
            driver = try bench.driver()
            try driver.transmit([frame(2, to: peer)])
            #expect(try bench.cable.receive() == frame(2, to: peer))
        }
    }
}
