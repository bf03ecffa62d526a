// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("Header split and replication")
struct HeaderSplitTests {
    private typealias Format = SRRCTL.Format
    private static let everyType: UInt32 = 0x3FE
    private static let formats: [SRRCTL.Format] = [.split, .splitAlways, .replicate, .replicateLarge]
    private let driver = TestDriver.started()

    /// What one descriptor says, and what is in its buffers.
    private struct Descriptor: Equatable {
        var header: [UInt8]
        var packet: [UInt8]
        var headerLength: Int
        var packetLength: Int
        var isSplit: Bool
        var overflows: Bool
        var isLast: Bool
    }

    /// A ring of `count` descriptors with header buffers of `header` bytes and packet buffers of 1 KB.
    private func makeRing(_ format: Format, header: Int, count: Int = 16, queue: Int = 0) -> [(UInt64, UInt64)] {
        let ring = driver.makeReceiveRing(
            queue, count: count, bufferSize: 1024, type: UInt32(format.rawValue) << 25,
            control: UInt32(header / 64) << 8)
        let headers = ring.buffers.map { _ in driver.memory.allocate(2048, alignment: 64) }
        for (index, buffer) in headers.enumerated() {
            driver.memory.store(buffer, at: ring.base + UInt64(index) * 16 + 8)
        }
        return Array(zip(headers, ring.buffers))
    }

    /// The descriptors written back, each with `header` bytes of its header buffer.
    private func take(_ buffers: [(UInt64, UInt64)], header: Int, queue: Int = 0) -> [Descriptor] {
        let base = UInt64(driver[raw: RDBAL.self, queue])
        return (0..<driver.receiveHead(queue)).map { index in
            let (low, high) = (
                driver.memory.load(at: base + UInt64(index) * 16), driver.memory.load(at: base + UInt64(index) * 16 + 8)
            )
            let packetLength = Int(high >> 32 & 0xFFFF)
            return Descriptor(
                header: driver.memory.read(header, at: buffers[index].0),
                packet: driver.memory.read(min(packetLength, 1024), at: buffers[index].1),
                headerLength: Int(low >> 21 & 0x3FF), packetLength: packetLength, isSplit: low >> 31 & 1 != 0,
                overflows: high >> 23 & 1 != 0, isLast: high & 2 != 0)
        }
    }

    // MARK: The table

    @Test("split takes a known header that fits, and leaves other frames whole")
    func split() {
        let known = HeaderSplit(.split, length: 500, header: 54, room: 128)
        #expect(known.headerCount == 54 && known.packetOffset == 54)
        #expect(known.information == 1 << 31 | 54 << 21 && known.status == [])
        #expect(HeaderSplit(.split, length: 500, header: 0, room: 128) == HeaderSplit())
        let large = HeaderSplit(.split, length: 500, header: 129, room: 128)
        #expect(large.headerCount == 0 && large.packetOffset == 0)
        #expect(large.information == 1 << 31 | 129 << 21 && large.status == .headerOverflow)
    }

    @Test("split always fills the header buffer when there is no header, or one too large")
    func splitAlways() {
        let small = HeaderSplit(.splitAlways, length: 128, header: 54, room: 128)
        #expect(small.headerCount == 128 && small.packetOffset == 128 && small.information == 128 << 21)
        let known = HeaderSplit(.splitAlways, length: 129, header: 54, room: 128)
        #expect(known.headerCount == 54 && known.packetOffset == 54 && known.information == 1 << 31 | 54 << 21)
        let unknown = HeaderSplit(.splitAlways, length: 500, header: 0, room: 128)
        #expect(unknown.headerCount == 128 && unknown.packetOffset == 128 && unknown.information == 128 << 21)
        let large = HeaderSplit(.splitAlways, length: 500, header: 200, room: 128)
        #expect(large.headerCount == 128 && large.packetOffset == 128)
        #expect(large.information == 1 << 31 | 200 << 21 && large.status == .headerOverflow)
    }

    @Test("replication copies the start of the frame; for large ones only, a small one is in the header buffer alone")
    func replicate() {
        for format in [Format.replicate, .replicateLarge] {
            let large = HeaderSplit(format, length: 500, header: 54, room: 128)
            #expect(large.headerCount == 128 && large.packetOffset == 0 && large.information == 1 << 31 | 54 << 21)
            let unknown = HeaderSplit(format, length: 500, header: 0, room: 128)
            #expect(unknown.headerCount == 128 && unknown.information == 0 && unknown.reportedLength == nil)
        }
        let all = HeaderSplit(.replicate, length: 100, header: 54, room: 128)
        #expect(all.headerCount == 100 && all.packetOffset == 0 && all.information == 1 << 31 | 54 << 21)
        let small = HeaderSplit(.replicateLarge, length: 100, header: 54, room: 128)
        #expect(small.headerCount == 100 && small.packetOffset == 100 && small.reportedLength == 100)
        #expect(small.information == 1 << 31 | 100 << 21)
    }

    // MARK: Through the port

    @Test(
        "no byte is lost or out of place, whatever the frame, stripping and buffers", arguments: 0..<60 as Range<UInt64>
    )
    func reassembly(seed: UInt64) {
        var generator = SeededGenerator(seed)
        let format = Self.formats.randomElement(using: &generator)!
        let room = 64 * generator.number(1...15)
        let (stripsTag, keepsCRC) = (generator.chance(50), generator.chance(30))
        if stripsTag { driver[0] |= 1 << 30 }
        driver[.PSRTYPE, 0] = generator.chance(70) ? Self.everyType : 0
        driver[raw: RCTL.self] = 1 << 1 | 1 << 3 | (keepsCRC ? 0 : 1 << 26)
        let recipe = FrameRecipe.random(&generator)
        var expected = padded(recipe.bytes)
        if keepsCRC { expected += frameCheck(expected) }
        if stripsTag, !recipe.tags.isEmpty { expected.removeSubrange(12..<16) }
        let buffers = makeRing(format, header: room)
        driver.arrive(recipe.bytes)
        let taken = take(buffers, header: room)
        let replicates = format == .replicate || format == .replicateLarge && expected.count > room
        var bytes: [UInt8] = []
        for (index, descriptor) in taken.enumerated() {
            let inHeader = min(descriptor.headerLength, room)
            let isHeaderUsed = index == 0 && (format != .split || descriptor.isSplit && !descriptor.overflows)
            if replicates {
                bytes += descriptor.packet
                if index == 0 { #expect(descriptor.header.starts(with: expected.prefix(room))) }
            } else if format == .replicateLarge {
                bytes += descriptor.header.prefix(inHeader)
            } else {
                bytes += (isHeaderUsed ? descriptor.header.prefix(inHeader) : []) + descriptor.packet
            }
        }
        #expect(bytes == expected)
        #expect(taken.map(\.isLast) == Array(repeating: false, count: taken.count - 1) + [true])
        #expect(taken.dropFirst().allSatisfy { !$0.isSplit && $0.headerLength == 0 })
    }

    @Test("a header alone leaves the packet buffer empty and takes one descriptor")
    func headerOnly() {
        driver[.PSRTYPE, 0] = Self.everyType
        driver.enableReceive(1 << 3)
        var recipe = FrameRecipe()
        recipe.tcpOptions = Array(repeating: 1, count: 8)
        let buffers = makeRing(.split, header: 128)
        driver.arrive(recipe.bytes)
        let taken = take(buffers, header: 62)
        #expect(taken.count == 1 && taken[0].header == recipe.bytes && taken[0].packetLength == 0)
        #expect(taken[0].isSplit && taken[0].headerLength == 62 && taken[0].isLast)
    }

    @Test("a frame needs descriptors for what is behind its header only")
    func room() {
        driver[.PSRTYPE, 0] = Self.everyType
        driver.enableReceive(1 << 3)
        var recipe = FrameRecipe()
        recipe.payload = Array(repeating: 7, count: 1024)
        let buffers = makeRing(.split, header: 128, count: 2)
        driver.arrive(recipe.bytes)
        #expect(take(buffers, header: 0).map(\.packetLength) == [1024])
    }

    // MARK: Which headers

    private static let kinds: [(type: Int, recipe: @Sendable () -> FrameRecipe)] = [
        (1, { fragment(.ipv4) }), (2, { packet(.ipv4, .tcp) }), (3, { packet(.ipv4, .udp) }),
        (7, { fragment(.ipv6) }), (8, { packet(.ipv6, .tcp) }), (9, { packet(.ipv6, .udp) }),
    ]

    private static func packet(_ network: FrameRecipe.Network, _ transport: FrameRecipe.Transport) -> FrameRecipe {
        var recipe = FrameRecipe()
        (recipe.network, recipe.transport, recipe.payload) = (network, transport, Array(repeating: 9, count: 300))
        if network == .ipv6 { (recipe.source, recipe.destination) = (Array(1...16), Array(17...32)) }
        return recipe
    }

    private static func fragment(_ network: FrameRecipe.Network) -> FrameRecipe {
        var recipe = packet(network, .udp)
        if network == .ipv4 { recipe.fragment = 0x2000 } else { recipe.extensions = [(44, [0, 0, 0, 1, 1, 2, 3, 4])] }
        return recipe
    }

    private func headerLength(_ recipe: FrameRecipe, _ types: UInt32, keepsFragmentsWhole: Bool = false) -> Int {
        PSRTYPE(raw: types).headerLength(PacketHeaders(recipe.bytes), keepsFragmentsWhole: keepsFragmentsWhole)
    }

    @Test("each type has its bit", arguments: 0..<6)
    func types(index: Int) {
        let (type, make) = Self.kinds[index]
        let recipe = make()
        let isFragment = type == 1 || type == 7
        let fragmentOffset = recipe.linkLength + (type == 1 ? 20 : 40)
        let expected = isFragment ? fragmentOffset : recipe.transportOffset + recipe.transportLength
        #expect(headerLength(recipe, 1 << UInt32(type)) == expected)
        #expect(headerLength(recipe, .max & ~(1 << UInt32(type))) == 0)
        #expect(headerLength(recipe, .max, keepsFragmentsWhole: true) == (isFragment ? 0 : expected))
    }

    @Test("SCTP, ARP and headers beyond what HDR_LEN can tell are not split")
    func others() {
        #expect(headerLength(Self.packet(.ipv4, .sctp), .max) == 0)
        #expect(PSRTYPE(raw: .max).headerLength(PacketHeaders(TestDriver.frame()), keepsFragmentsWhole: false) == 0)
        var headers = PacketHeaders(FrameRecipe().bytes)
        (headers.ip.transportOffset, headers.ip.transportLength) = (1000, 24)
        #expect(PSRTYPE(raw: .max).headerLength(headers, keepsFragmentsWhole: false) == 0)
        headers.ip.transportLength = 23
        #expect(PSRTYPE(raw: .max).headerLength(headers, keepsFragmentsWhole: false) == 1023)
    }

    @Test("IPv6 in IPv4 is split behind the inner headers")
    func tunnel() {
        let inner = Self.packet(.ipv6, .udp).bytes.dropFirst(14)
        var bytes = FrameRecipe().bytes.prefix(34)
        bytes[23] = 41
        bytes.replaceSubrange(16..<18, with: networkBytes(UInt16(20 + inner.count)))
        let headers = PacketHeaders(Array(bytes + inner))
        #expect(PSRTYPE(raw: 1 << 6).headerLength(headers, keepsFragmentsWhole: false) == 34 + 40 + 8)
        #expect(PSRTYPE(raw: .max & ~(1 << 6)).headerLength(headers, keepsFragmentsWhole: false) == 0)
    }

    @Test("queues n and n + 8 share PSRTYPE n", arguments: [3, 11])
    func sharedTypes(queue: Int) {
        driver[.PSRTYPE, 3] = 1 << 2
        driver.enableReceive(1 << 3)
        driver[.ETQF, 0] = 0x0800 | UInt32(queue) << 16 | 1 << 26 | 1 << 31
        let buffers = makeRing(.split, header: 128, queue: queue)
        driver.arrive(Self.packet(.ipv4, .tcp).bytes)
        driver.arrive(Self.packet(.ipv4, .udp).bytes)
        #expect(take(buffers, header: 0, queue: queue).map(\.isSplit) == [true, false])
    }

    @Test("a VF has PSRTYPE in its window, and its reset clears it")
    func virtual() {
        let driver = TestDriver(virtualFunctions: 3)
        driver.enableVirtualFunctions(3)
        let vf = driver.makeVirtualFunction(2)
        driver.start()
        vf.start()
        vf[raw: PSRTYPE.self] = 0x3FE
        #expect(driver[.PSRTYPE, 2] == 0x3FE && driver[.PSRTYPE, 1] == 0)
        vf[0] = 1 << 26
        #expect(vf[raw: PSRTYPE.self] == 0)
    }
}
