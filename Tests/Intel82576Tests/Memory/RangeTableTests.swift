// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("Table of ranges")
final class RangeTableTests {
    private let table = RangeTable()
    /// What the table should hold, in its order.
    private var model: [RangeTable.Range] = []

    deinit { table.deallocate() }

    private func range(_ page: UInt64, pages: UInt64 = 1) -> RangeTable.Range {
        let (start, last) = (page << 12, (page << 12) &+ (pages << 12) &- 1)
        return RangeTable.Range(
            start: start, last: last, pointer: UnsafeMutableRawPointer(bitPattern: UInt(start) | 1 << 60),
            isReadable: true, isWritable: page % 2 == 0, file: UInt16(truncatingIfNeeded: page))
    }

    /// Index in the model of the first range whose last byte is at `address` or above.
    private func index(endingAtOrAfter address: UInt64) -> Int {
        var (low, high) = (0, model.count)
        while low < high {
            let middle = (low + high) / 2
            if model[middle].last < address { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func insert(_ range: RangeTable.Range) -> Bool {
        let index = index(endingAtOrAfter: range.start)
        let position = table.firstRange(endingAtOrAfter: range.start)
        if index < model.count, model[index].start <= range.last { return false }
        model.insert(range, at: index)
        table.insert(range, at: position)
        return true
    }

    private func remove(_ start: UInt64, through last: UInt64) -> Int {
        let (first, end) = (index(endingAtOrAfter: start), model.firstIndex { $0.last > last } ?? model.count)
        let expected = first < end ? model[first..<end].map(\.start) : []
        if first < end { model.removeSubrange(first..<end) }
        var removed: [UInt64] = []
        table.remove(from: table.firstRange(endingAtOrAfter: start), through: last) { removed.append($0.start) }
        #expect(removed == expected)
        return expected.count
    }

    private func matches(at address: UInt64) -> Bool {
        let index = index(endingAtOrAfter: address)
        let expected = index < model.count ? model[index] : nil
        guard isSame(table[table.firstRange(endingAtOrAfter: address)], expected) else { return false }
        let isInside = expected.map { $0.start <= address } ?? false
        let place = isInside ? expected!.pointer! + Int(address - expected!.start) : nil
        return table.pointer(address, 1, forWriting: false) == place
            && table.pointer(address, 1, forWriting: true) == (expected?.isWritable == true ? place : nil)
    }

    private func isSame(_ one: RangeTable.Range?, _ other: RangeTable.Range?) -> Bool {
        one?.start == other?.start && one?.last == other?.last && one?.pointer == other?.pointer
            && one?.isWritable == other?.isWritable && one?.file == other?.file
    }

    /// Walks through the whole table by searching, from each range's end to the next.
    private func matchesEverywhere() -> Bool {
        guard table.count == model.count else { return false }
        let places = model.flatMap { [$0.start &- 1, $0.start, $0.last, $0.last &+ 1] }
        return (places + [0, .max]).allSatisfy(matches)
    }

    @Test("random ranges that come and go are those of a sorted array", arguments: 1...4 as ClosedRange<UInt64>)
    func random(seed: UInt64) {
        var generator = SeededGenerator(seed)
        // The table grows, shrinks to nearly nothing and grows again.
        for round in 0..<12 {
            let growth = round % 3 == 2 ? 2 : 8
            for _ in 0..<1500 {
                let page = UInt64(generator.number(0...20_000))
                if generator.number(0...9) < growth {
                    _ = insert(range(page, pages: UInt64(generator.number(1...4))))
                } else {
                    // One range, some, or thousands.
                    let span = [4, 64, 4000][generator.number(0...19) == 0 ? 2 : generator.number(0...1)]
                    let last = UInt64(generator.number(0...span)) &+ page
                    if let first = model[safe: index(endingAtOrAfter: page << 12)] {
                        _ = remove(first.start, through: last << 12 | 0xFFF)
                    }
                }
                #expect(matches(at: UInt64(generator.number(0...20_004)) << 12 | 0x800))
            }
            #expect(matchesEverywhere())
        }
        #expect(remove(0, through: .max) == model.count || model.isEmpty)
        #expect(table.count == 0 && matchesEverywhere())
    }

    @Test("ranges in order, in reverse order and at random fill the table to its end", arguments: 0...2)
    func full(order: Int) {
        let pages = (0..<UInt64(AddressSpace.maximumRanges)).map { $0 * 2 }
        var generator = SeededGenerator(7)
        let ordered = order == 0 ? pages : order == 1 ? pages.reversed() : pages.shuffled(using: &generator)
        for page in ordered {
            let range = range(page)
            table.insert(range, at: table.firstRange(endingAtOrAfter: range.start))
        }
        model = pages.map { range($0) }
        #expect(matchesEverywhere())
        // No more than half empty where they come in order either way, and full where they come upwards.
        #expect(table.chunkCount <= (order == 0 ? 512 : 1024))
        // All but one in a thousand go, so that nearly empty chunks are joined.
        for page in ordered where page % 2000 != 0 { removeOnly(page) }
        model = pages.filter { $0 % 2000 == 0 }.map { range($0) }
        #expect(matchesEverywhere())
        #expect(table.chunkCount <= 4)
    }

    private func removeOnly(_ page: UInt64) {
        var removed = 0
        let range = range(page)
        table.remove(from: table.firstRange(endingAtOrAfter: range.start), through: range.last) { _ in removed += 1 }
        if removed != 1 { Issue.record("\(removed) ranges removed") }
    }

    @Test("ranges at both ends of the address space")
    func edges() {
        let last = UInt64.max >> 12
        #expect(insert(range(0)) && insert(range(last)) && insert(range(last - 1)))
        #expect(matchesEverywhere())
        #expect(remove(last << 12, through: .max) == 1 && matchesEverywhere())
        #expect(remove(0, through: 0xFFF) == 1 && matchesEverywhere())
        #expect(remove(0, through: .max) == 1 && matchesEverywhere())
    }

    @Test("a range that is gone is not found where the last look-up ended")
    func recent() {
        #expect(insert(range(4)) && insert(range(8)))
        #expect(table.pointer(0x4800, 1, forWriting: false) != nil)
        #expect(remove(0x4000, through: 0x4FFF) == 1)
        #expect(table.pointer(0x4800, 1, forWriting: false) == nil)
        #expect(table.pointer(0x8800, 1, forWriting: false) != nil)
        table.hide()
        #expect(table.pointer(0x8800, 1, forWriting: false) == nil && table.count == 1)
        #expect(table.reveal() && table.pointer(0x8800, 1, forWriting: false) != nil)
        table.removeAll()
        #expect(table.pointer(0x8800, 1, forWriting: false) == nil)
    }
}

extension Array {
    fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
