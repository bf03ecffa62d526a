// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("Queue filters")
struct QueueFilterTests {
    private static let (etherTypeEnable, immediate, timed, steer): (UInt32, UInt32, UInt32, UInt32) =
        (1 << 26, 1 << 29, 1 << 30, 1 << 31)
    /// FTQF: everything masked, any pool.
    private static let anything: UInt32 = 0xF000_8000
    private static let (ignoresPort, ignoresSize, ignoresFlags): (UInt32, UInt32, UInt32) = (1 << 17, 1 << 12, 1 << 19)
    private let driver = TestDriver.started()
    private let rings: [TestDriver.ReceiveRing]

    init() {
        rings = (0..<16).map { [driver] in driver.makeReceiveRing($0, count: 16) }
        driver.enableReceive(1 << 3)
    }

    private struct Arrival: Equatable {
        var queue: Int
        var packetType: UInt64
    }

    /// Where `frame` went; a frame that went nowhere, or to two queues, gives `nil`.
    private func arrival(_ frame: [UInt8]) -> Arrival? {
        let heads = rings.map { driver.receiveHead($0.queue) }
        driver.arrive(frame)
        let hit = rings.filter { driver.receiveHead($0.queue) != heads[$0.queue] }
        guard hit.count == 1 else { return nil }
        let information = driver.memory.load(at: hit[0].base + UInt64(heads[hit[0].queue]) * 16)
        return Arrival(queue: hit[0].queue, packetType: information >> 4 & 0x1FFF)
    }

    private func queue(_ frame: [UInt8]) -> Int? { arrival(frame)?.queue }

    /// A little-endian host's view of bytes on the wire.
    private func wire(_ bytes: [UInt8]) -> UInt32 {
        bytes.enumerated().reduce(0) { $0 | UInt32($1.element) << UInt32(8 * $1.offset) }
    }

    /// 5-tuple filter `index` for queue `queue`, comparing what `clear` takes out of the masks.
    private func setTuple(
        _ index: Int, queue: Int, clear: UInt32 = 0, protocolNumber: UInt32 = 0, priority: UInt32 = 0
    ) {
        driver[.IMIR, index] = Self.ignoresPort | priority << 29
        driver[.IMIREXT, index] = Self.ignoresSize | Self.ignoresFlags
        driver[.FTQF, index] = Self.anything & ~clear | 1 << 8 | UInt32(queue) << 16 | protocolNumber
    }

    // MARK: EtherType

    @Test("by EtherType steer to any queue and are named in the packet type", arguments: 0..<8)
    func etherType(index: Int) {
        for target in 0..<16 {
            driver[.ETQF, index] = 0x88B5 | UInt32(target) << 16 | Self.etherTypeEnable | Self.steer
            #expect(arrival(TestDriver.frame()) == Arrival(queue: target, packetType: 1 << 11 | UInt64(index)))
        }
        #expect(arrival(FrameRecipe().bytes) == Arrival(queue: 0, packetType: 0x11))
    }

    @Test("by EtherType need Filter Enable, and without Queue Enable only report")
    func etherTypeEnables() {
        driver[.ETQF, 2] = 0x88B5 | 5 << 16 | Self.steer
        #expect(arrival(TestDriver.frame()) == Arrival(queue: 0, packetType: 0))
        driver[.ETQF, 2] = 0x88B5 | 5 << 16 | Self.etherTypeEnable
        #expect(arrival(TestDriver.frame()) == Arrival(queue: 0, packetType: 1 << 11 | 2))
    }

    @Test("by EtherType look behind tags, and the lowest number wins")
    func etherTypeOrder() {
        driver[.ETQF, 6] = 0x88B5 | 6 << 16 | Self.etherTypeEnable | Self.steer
        driver[.ETQF, 3] = 0x88B5 | 3 << 16 | Self.etherTypeEnable | Self.steer
        #expect(queue(tagged(TestDriver.frame(), 5)) == 3)
        driver[.ETQF, 3] = 0
        #expect(queue(tagged(TestDriver.frame(), 5)) == 6)
    }

    // MARK: 5-tuple

    @Test("by 5-tuple compare every field that is not masked, in the order of the wire")
    func tuple() {
        var recipe = FrameRecipe()
        recipe.transport = .udp
        driver[.SAQF, 4] = wire(recipe.source)
        driver[.DAQF, 4] = wire(recipe.destination)
        driver[.SPQF, 4] = wire(networkBytes(UInt16(2794)))
        setTuple(4, queue: 13, clear: 0xF << 28, protocolNumber: 17)
        driver[.IMIR, 4] = wire(networkBytes(UInt16(1766)))
        #expect(queue(recipe.bytes) == 13)

        var others = Array(repeating: recipe, count: 3)
        others[0].source = [10, 0, 0, 9]
        others[1].destination = [10, 0, 0, 9]
        others[2].transport = .tcp
        for other in others { #expect(queue(other.bytes) == 0) }
        for port in [0, 2] {
            var bytes = recipe.bytes
            bytes[recipe.transportOffset + port + 1] ^= 1
            #expect(queue(bytes) == 0)
        }
    }

    @Test("by 5-tuple do not compare what is masked", arguments: 0..<5)
    func masks(field: Int) {
        let recipe = FrameRecipe()
        driver[.SAQF, 0] = wire(recipe.source) ^ (field == 1 ? 1 : 0)
        driver[.DAQF, 0] = wire(recipe.destination) ^ (field == 2 ? 1 : 0)
        driver[.SPQF, 0] = wire(networkBytes(UInt16(2794))) ^ (field == 3 ? 1 : 0)
        setTuple(0, queue: 9, clear: 0xF << 28, protocolNumber: field == 0 ? 99 : 6)
        driver[.IMIR, 0] = wire(networkBytes(UInt16(1766))) ^ (field == 4 ? 1 : 0)
        #expect(queue(recipe.bytes) == 0)
        if field < 4 { driver[.FTQF, 0] |= 1 << UInt32(28 + field) } else { driver[.IMIR, 0] |= Self.ignoresPort }
        #expect(queue(recipe.bytes) == 9)
    }

    @Test("by 5-tuple take the highest priority, then the lowest number")
    func priorities() {
        setTuple(1, queue: 1, priority: 3)
        setTuple(5, queue: 5, priority: 7)
        setTuple(6, queue: 6, priority: 7)
        #expect(queue(FrameRecipe().bytes) == 5)
        driver[.FTQF, 5] &= ~(1 << 8)
        #expect(queue(FrameRecipe().bytes) == 6)
        driver[.FTQF, 6] &= ~(1 << 8)
        #expect(queue(FrameRecipe().bytes) == 1)
        driver[.FTQF, 1] = 0xF000_0000
        #expect(queue(FrameRecipe().bytes) == 0)
    }

    @Test("by 5-tuple: a fragment has no ports, IPv6 no addresses to compare")
    func notComparable() {
        driver[.SPQF, 0] = wire(networkBytes(UInt16(2794)))
        setTuple(0, queue: 3, clear: 1 << 31)
        var recipe = FrameRecipe()
        #expect(queue(recipe.bytes) == 3)
        recipe.fragment = 0x2000
        #expect(queue(recipe.bytes) == 0)
        recipe = FrameRecipe()
        (recipe.network, recipe.source, recipe.destination) = (.ipv6, Array(1...16), Array(1...16))
        #expect(queue(recipe.bytes) == 3)
        driver[.SAQF, 0] = 0
        driver[.FTQF, 0] &= ~(1 << 29)
        #expect(queue(recipe.bytes) == 0)
        #expect(queue(TestDriver.frame()) == 0)
    }

    @Test("by 5-tuple compare the size as it goes to memory, and want one of the TCP flags named")
    func sizeAndFlags() {
        setTuple(0, queue: 7)
        driver[.IMIREXT, 0] = 200 | Self.ignoresFlags
        #expect(queue(TestDriver.frame(length: 199)) == 7)
        #expect(queue(TestDriver.frame(length: 200)) == 0)
        driver[0] |= 1 << 30
        #expect(queue(tagged(TestDriver.frame(length: 199), 1)) == 7)
        // In the register URG comes first, FIN last.
        for (bit, flag) in [32, 16, 8, 4, 2, 1].enumerated() as EnumeratedSequence<[UInt16]> {
            driver[.IMIREXT, 0] = Self.ignoresSize | 1 << UInt32(13 + bit)
            for other in [1, 2, 4, 8, 16, 32] as [UInt16] {
                var recipe = FrameRecipe()
                recipe.tcpFlags = other
                #expect(verdict(recipe.bytes).steering?.queue == (other == flag ? 7 : nil))
                recipe.tcpFlags = 0x3F
                #expect(verdict(recipe.bytes).steering?.queue == 7)
            }
        }
        driver[.IMIREXT, 0] = Self.ignoresSize
        #expect(queue(FrameRecipe().bytes) == 0)
    }

    // MARK: SYN and order

    @Test("for SYN take TCP packets that have it to any queue", arguments: 0..<16)
    func syn(target: Int) {
        driver[.SYNQF] = 1 | UInt32(target) << 1
        var recipe = FrameRecipe()
        #expect(queue(recipe.bytes) == 0)
        recipe.tcpFlags = 0x012
        #expect(queue(recipe.bytes) == target)
        recipe.transport = .udp
        #expect(queue(recipe.bytes) == 0)
        driver[.SYNQF] = UInt32(target) << 1
        recipe.transport = .tcp
        #expect(queue(recipe.bytes) == 0)
    }

    @Test("rank: EtherType, then SYN or 5-tuple as SYNQFP says, then RSS, then the default queue")
    func order() {
        var recipe = FrameRecipe()
        recipe.tcpFlags = 2
        driver[.MRQC] = 2 << 3
        #expect(queue(recipe.bytes) == 2)
        for word in 0..<32 { driver[.RETA, word] = 0x0B0B_0B0B }
        driver[.MRQC] = 2 | 2 << 3 | 1 << 16
        driver[.RXCSUM] = 1 << 13
        #expect(queue(recipe.bytes) == 11)
        driver[.SYNQF] = 1 | 12 << 1
        #expect(queue(recipe.bytes) == 12)
        setTuple(0, queue: 13)
        #expect(queue(recipe.bytes) == 13)
        driver[.RFCTL] = 1 << 19
        #expect(queue(recipe.bytes) == 12)
        driver[.ETQF, 0] = 0x0800 | 14 << 16 | Self.etherTypeEnable | Self.steer
        #expect(queue(recipe.bytes) == 14)
        // The hash is reported all the same.
        #expect(driver.memory.load(at: rings[14].base) & 0xF == 1)
    }

    @Test("are off after a reset")
    func reset() {
        driver[.ETQF, 0] = 0x88B5 | Self.etherTypeEnable
        setTuple(0, queue: 3)
        driver[.SYNQF] = 1
        driver[.IMIRVP] = 8
        #expect(driver.port.receive.selection.filters.used == [.etherType, .tuple, .syn, .vlanPriority])
        driver[.CTRL] = 1 << 26
        #expect(driver.port.receive.selection.filters.used == [])
    }

    // MARK: 1588

    /// What the filters say of a frame that is for `pool`.
    private func verdict(_ bytes: [UInt8], pool: Int? = nil) -> FilterVerdict {
        driver.port.receive.selection.filters.verdict(
            FrameSummary(PacketHeaders(bytes)), bytes.span.bytes, pool: pool, length: bytes.count)
    }

    @Test("mark PTP messages the way igb sets them up")
    func timed() {
        driver[.ETQF, 3] = 0x4400_88F7
        driver[.IMIR, 3] = 0x3F01
        driver[.IMIREXT, 3] = 0x0008_1000
        driver[.SPQF, 3] = 0x3F01
        driver[.FTQF, 3] = 0x6800_8011
        #expect(driver.port.receive.selection.filters.used == [.etherType, .tuple])
        let layer2 = TestDriver.ownAddress + [2, 0, 0, 0, 0, 9, 0x88, 0xF7] + Array(repeating: 0, count: 46)
        #expect(verdict(layer2) == FilterVerdict(etherTypeFilter: 3, isTimed: true))
        var recipe = FrameRecipe()
        recipe.transport = .udp
        var bytes = recipe.bytes
        #expect(verdict(bytes) == FilterVerdict())
        bytes.replaceSubrange(
            recipe.transportOffset..<recipe.transportOffset + 4, with: [0x01, 0x3F, 0x01, 0x3F])
        #expect(verdict(bytes) == FilterVerdict(isTimed: true))
    }

    // MARK: Pools

    @Test("by 5-tuple are for the pool they name, unless bit 15 says for all")
    func poolField() {
        setTuple(0, queue: 3)
        driver[.FTQF, 0] = driver[.FTQF, 0] & ~(1 << 15) | 5 << 12
        let bytes = FrameRecipe().bytes
        #expect(verdict(bytes, pool: 5).steering?.queue == 3)
        #expect(verdict(bytes, pool: 4).steering?.queue == nil)
        #expect(verdict(bytes).steering?.queue == 3)
        driver[.FTQF, 0] |= 1 << 15
        #expect(verdict(bytes, pool: 4).steering?.queue == 3)
    }

    @Test("choose between the queues of a pool, never one of another pool")
    func withinPool() {
        driver[.MRQC] = 3
        driver[.VT_CTL] = 6 << 7
        driver[.VMOLR, 6] = 1 << 24 | 1 << 31
        #expect(queue(TestDriver.frame()) == 6)
        driver[.ETQF, 0] = 0x88B5 | 14 << 16 | Self.etherTypeEnable | Self.steer
        #expect(queue(TestDriver.frame()) == 14)
        for other in [0, 5, 7, 8, 13, 15] as [UInt32] {
            driver[.ETQF, 0] = 0x88B5 | other << 16 | Self.etherTypeEnable | Self.steer
            #expect(queue(TestDriver.frame()) == 6)
        }
    }
}
