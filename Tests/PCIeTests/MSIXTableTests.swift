import PCIe
import Testing

@Suite("MSI-X table") struct MSIXTableTests {
    private func makeTable(vectors: Int = 10) -> MSIXTable {
        MSIXTable(vectorCount: vectors, pendingBitsOffset: 0x2000, size: 0x4000)
    }

    @Test("after reset every vector is masked and none is pending")
    func afterReset() {
        var table = makeTable()
        table.write(at: 0x00, width: 8, .max)
        table.write(at: 0x0C, width: 4, 0)
        table.setPending(3)
        table.reset()
        for vector in 0..<10 {
            #expect(table.isMasked(vector) && !table.isPending(vector))
            #expect(table.read(at: 16 * vector, width: 8) == 0)
            #expect(table.read(at: 16 * vector + 8, width: 8) == 0x1_0000_0000)
        }
    }

    @Test("an entry holds address, data and mask bit", arguments: [1, 2, 4, 8])
    func entries(width: Int) {
        var table = makeTable()
        let entry: [UInt8] = [0x0C, 0x10, 0xE0, 0xFE, 0x02, 0x00, 0x00, 0x80, 0x41, 0x40, 0x00, 0x11, 0, 0, 0, 0]
        for start in stride(from: 0, to: 16, by: width) {
            let word = entry[start..<start + width].reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
            table.write(at: 0x20 + start, width: width, word)
            #expect(table.read(at: 0x20 + start, width: width) == word)
        }
        #expect(table.message(of: 2) == (0x8000_0002_FEE0_100C, 0x1100_4041))
        #expect(!table.isMasked(2) && table.isMasked(1) && table.isMasked(3))
    }

    @Test("address bits 1:0 and all of the vector control but the mask read as zero")
    func reservedBits() {
        var table = makeTable()
        table.write(at: 0x10, width: 8, .max)
        table.write(at: 0x18, width: 8, .max)
        #expect(table.read(at: 0x10, width: 8) == 0xFFFF_FFFF_FFFF_FFFC)
        #expect(table.read(at: 0x18, width: 8) == 0x0000_0001_FFFF_FFFF)
    }

    @Test(
        "what is not table or pending bits reads as zero and ignores writes",
        arguments: [
            0xA0, 0xA4, 0x1FF8, 0x2008, 0x3FFC, 0x4000, Int.max, -1, -8, Int.min,
        ])
    func outside(offset: Int) {
        var table = makeTable()
        table.write(at: offset, width: 8, .max)
        #expect(table.read(at: offset, width: 8) == 0)
        #expect(table.read(at: 0x90, width: 8) == 0 && table.read(at: 0x98, width: 8) == 0x1_0000_0000)
    }

    @Test("an access across the end of the table keeps the part inside")
    func acrossTheEnd() {
        var table = makeTable()
        table.write(at: 0x9C, width: 8, 0xFFFF_FFFF_FFFF_FFFE)
        #expect(table.read(at: 0x9C, width: 8) == 0)
        #expect(!table.isMasked(9))
    }

    @Test("pending bits are read-only to software")
    func pendingBits() {
        var table = makeTable(vectors: 70)
        for vector in [0, 9, 64, 69] { table.setPending(vector) }
        table.write(at: 0x2000, width: 8, 0)
        #expect(table.read(at: 0x2000, width: 8) == 0x201)
        #expect(table.read(at: 0x2008, width: 4) == 0x21)
        #expect(table.read(at: 0x2001, width: 1) == 0x02)
        #expect(table.read(at: 0x1FFC, width: 8) == 0x0000_0201_0000_0000)
    }

    @Test("the function clears pending bits by their number")
    func clearPending() {
        var table = makeTable()
        for vector in 0..<10 { table.setPending(vector) }
        table.clearPending(0b10_0000_0101)
        #expect(table.read(at: 0x2000, width: 8) == 0b01_1111_1010)
    }

    @Test("unmasking makes a pending vector deliverable, once")
    func deliverable() {
        var table = makeTable()
        table.setPending(2)
        table.setPending(4)
        #expect(table.takeDeliverable() == [])
        table.write(at: 0x2C, width: 4, 0)
        #expect(table.takeDeliverable() == [2])
        #expect(table.takeDeliverable() == [])
        #expect(table.isPending(4) && !table.isPending(2))
    }

    @Test("a vector that does not exist is masked and never pending", arguments: [10, 64, Int.max, -1, Int.min])
    func noSuchVector(vector: Int) {
        var table = makeTable()
        table.setPending(vector)
        #expect(table.isMasked(vector) && !table.isPending(vector))
        #expect(table.read(at: 0x2000, width: 8) == 0)
    }
}
