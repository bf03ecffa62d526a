// SPDX-License-Identifier: Apache-2.0

import PCIe
import Testing

@Suite("MSI-X table") struct MSIXTableTests {
    private var table = MSIXTable(vectorCount: 10, pendingBitsOffset: 0x2000)

    private func isMasked(_ vector: Int) -> Bool { table.read(at: 16 * vector + 12, width: 4) & 1 == 1 }

    @Test("after reset every vector is masked")
    mutating func afterReset() {
        table.write(at: 0x00, width: 8, .max)
        table.write(at: 0x0C, width: 4, 0)
        table.reset()
        for vector in 0..<10 {
            #expect(table.read(at: 16 * vector, width: 8) == 0)
            #expect(table.read(at: 16 * vector + 8, width: 8) == 0x1_0000_0000)
        }
    }

    @Test("an entry holds address, data and mask bit", arguments: [1, 2, 4, 8])
    mutating func entries(width: Int) {
        let entry: [UInt8] = [0x0C, 0x10, 0xE0, 0xFE, 0x02, 0x00, 0x00, 0x80, 0x41, 0x40, 0x00, 0x11, 0, 0, 0, 0]
        for start in stride(from: 0, to: 16, by: width) {
            let word = entry[start..<start + width].reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
            table.write(at: 0x20 + start, width: width, word)
            #expect(table.read(at: 0x20 + start, width: width) == word)
        }
        #expect(table.read(at: 0x20, width: 8) == 0x8000_0002_FEE0_100C)
        #expect(table.read(at: 0x28, width: 8) == 0x1100_4041)
        #expect(!isMasked(2) && isMasked(1) && isMasked(3))
    }

    @Test("address bits 1:0 and all of the vector control but the mask read as zero")
    mutating func reservedBits() {
        table.write(at: 0x10, width: 8, .max)
        table.write(at: 0x18, width: 8, .max)
        #expect(table.read(at: 0x10, width: 8) == 0xFFFF_FFFF_FFFF_FFFC)
        #expect(table.read(at: 0x18, width: 8) == 0x0000_0001_FFFF_FFFF)
    }

    @Test(
        "what is not the table reads as zero and ignores writes",
        arguments: [
            0xA0, 0xA4, 0x1FF8, 0x2000, 0x2008, 0x3FFC, 0x4000, Int.max, -1, -8, Int.min,
        ])
    mutating func outside(offset: Int) {
        table.write(at: offset, width: 8, .max)
        #expect(table.read(at: offset, width: 8) == 0)
        #expect(table.read(at: 0x90, width: 8) == 0 && table.read(at: 0x98, width: 8) == 0x1_0000_0000)
    }

    @Test("the pending bits are those of the host, a bit a vector", arguments: [1, 2, 4, 8])
    func pendingBits(width: Int) {
        let host = PendingHost([0, 3, 8, 9, 10])
        var bits: UInt64 = 0
        for start in stride(from: 0, to: 8, by: width) {
            bits |= table.read(at: 0x2000 + start, width: width, host: host) << UInt64(8 * start)
        }
        #expect(bits == 0b11_0000_1001, "vector 10 does not exist")
        #expect(table.read(at: 0x1FF8, width: 8, host: host) == 0 && table.read(at: 0x2008, width: 8, host: host) == 0)
        #expect(table.read(at: 0x2000, width: width) == 0, "without a host")
        #expect(
            MSIXTable(vectorCount: 25, pendingBitsOffset: 0x2000).read(at: 0x2003, width: 1, host: PendingHost([24]))
                == 1)
    }

    @Test("an access across the end of the table keeps the part inside")
    mutating func acrossTheEnd() {
        table.write(at: 0x9C, width: 8, 0xFFFF_FFFF_FFFF_FFFE)
        #expect(table.read(at: 0x9C, width: 8) == 0)
        #expect(!isMasked(9))
    }
}

/// Keeps some vectors pending.
private final class PendingHost: FunctionHost {
    private let pending: Set<Int>

    init(_ pending: Set<Int>) { self.pending = pending }

    func isMSIXPending(_ vector: Int) -> Bool { pending.contains(vector) }
    func withdrawMSIX(_ vector: Int) {}
    func sendMSIX(_ vector: Int) {}
    func sendMSI(_ vector: Int) {}
    func setINTx(asserted: Bool) {}
    func readMemory(at address: UInt64, into buffer: inout MutableRawSpan) -> Bool { false }
    func writeMemory(at address: UInt64, _ bytes: RawSpan) -> Bool { false }
    var canWait: Bool { true }
    func memoryLost() {}
}
