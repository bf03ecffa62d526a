import CBench

/// How the driver program reaches the registers in BAR 0: straight, or through QEMU.
protocol Registers: AnyObject {
    func read(_ offset: Int) throws -> UInt32
    func write(_ offset: Int, _ value: UInt32) throws
}

/// The driver program of all benchmarks: sets up an 82576 by the datasheet's registers and moves frames in batches. The
/// same for every device and for both ways to reach it. Interrupts stay masked; completion is seen in the rings.
final class Driver {
    /// Descriptors of a ring, and of a full batch.
    static let ringSize = 256, batch = 255
    let registers: any Registers
    let memory: Memory

    init(_ registers: any Registers, _ memory: Memory) { (self.registers, self.memory) = (registers, memory) }

    subscript(offset: Int) -> UInt32 { get throws { try registers.read(offset) } }
    func set(_ offset: Int, _ value: UInt32) throws { try registers.write(offset, value) }

    /// Interrupts masked, transmitter on, both checksums verified on receive, CRC stripped.
    func enable() throws {
        try set(0x150C, .max)  // IMC
        try set(0x1528, .max)  // EIMC
        try set(0x5000, 1 << 13 | 1 << 9 | 1 << 8)  // RXCSUM: PCSD, TUOFL, IPOFL
        try set(0x0400, 1 << 3 | 1 << 1)  // TCTL: PSP, EN
        try set(0x0100, 1 << 26 | 1 << 15 | 1 << 1)  // RCTL: SECRC, BAM, RXEN
    }

    /// VMDq: pool n has the address ``Frames/pool(_:)`` and queue n; the switch passes frames between them.
    func enablePools(_ count: Int) throws {
        for pool in 0..<count {
            let address = Frames.pool(pool)
            let low = (0..<4).reduce(UInt32(0)) { $0 | UInt32(address[$1]) << UInt32(8 * $1) }
            try set(0x5400 + 8 * pool, low)
            // RAH: AV and the pool's bit of POOLSEL.
            try set(
                0x5404 + 8 * pool, UInt32(address[4]) | UInt32(address[5]) << 8 | 1 << (18 + UInt32(pool)) | 1 << 31)
            try set(0x5AD0 + 4 * pool, 1 << 31 | 1 << 27 | 1 << 24)  // VMOLR: STRCRC, BAM, AUPE
        }
        try set(0x0C8C, 0xFF)  // VFRE
        try set(0x0C90, 0xFF)  // VFTE
        try set(0x581C, 1 << 30)  // VT_CTL: Rep_En, default pool 0
        try set(0x5818, 3)  // MRQC: pools
        try set(0x3500, 1 << 31)  // DTXSWC: Loopback_En
    }
}

/// A transmit ring and what is posted on it.
final class TransmitRing {
    private let driver: Driver
    private let queue: Int
    private let base: UInt64
    private let size: Int
    private var tail = 0

    init(_ driver: Driver, queue: Int = 0, size: Int = Driver.ringSize) throws {
        (self.driver, self.queue, self.size) = (driver, queue, size)
        base = try driver.memory.allocate(size * 16)
        let block = 0xE000 + 0x40 * queue
        try driver.set(block + 0x28, 0)
        try driver.set(block, UInt32(base))
        try driver.set(block + 4, 0)
        try driver.set(block + 8, UInt32(size * 16))
        try driver.set(block + 0x10, 0)
        try driver.set(block + 0x18, 0)
        try driver.set(block + 0x28, 1 << 25)
    }

    /// The register whose write is the doorbell, and what is to be written there.
    var doorbell: (offset: Int, value: UInt32) { (0xE018 + 0x40 * queue, UInt32(tail)) }

    /// Puts descriptors behind the tail; ``doorbell`` sends them.
    func post(_ descriptors: some Sequence<TransmitBatch.Descriptor>) {
        for descriptor in descriptors {
            let place = driver.memory[base + UInt64(tail * 16)]
            place.storeBytes(of: descriptor.low.littleEndian, as: UInt64.self)
            place.storeBytes(of: descriptor.high.littleEndian, toByteOffset: 8, as: UInt64.self)
            tail = (tail + 1) % size
        }
    }

    /// The dword with DD, bit 0, of the descriptor posted `back` before the tail.
    func status(_ back: Int = 1) -> UnsafeMutableRawPointer {
        driver.memory[base + UInt64((tail + size - back) % size * 16) + 12]
    }

    /// - Throws: unless every one of the last `count` descriptors that asked for it (RS) has DD.
    func checkDone(_ batch: TransmitBatch, _ count: Int) throws {
        for index in 0..<count where batch.descriptors[index].high & 1 << 27 != 0 {
            guard status(count - index).load(as: UInt32.self) & 1 == 1 else {
                throw BenchError("transmit descriptor \(index) of \(count) is not done")
            }
        }
    }
}

/// Packets in guest RAM and the descriptors that send them.
struct TransmitBatch {
    struct Descriptor { var low, high: UInt64 }
    var descriptors: [Descriptor] = []
    /// Descriptors of each packet.
    var pieces = 1
    var packets: Int { descriptors.count / pieces }

    /// DTYP data, IFCS, DEXT; EOP and RS in a packet's last.
    private static let data: UInt64 = 0x3 << 20 | 1 << 29 | 1 << 25, last: UInt64 = 1 << 24 | 1 << 27

    /// Plain frames, a buffer each. `options` are POPTS bits.
    init(_ frames: [[UInt8]], options: UInt64 = 0, in memory: Memory) throws {
        for frame in frames {
            let address = try memory.allocate(frame.count, alignment: 2048)
            memory.write(frame, at: address)
            let length = UInt64(frame.count)
            descriptors.append(
                Descriptor(low: address, high: length | Self.data | Self.last | options | length << 46))
        }
    }

    /// The same packets `count` times over.
    func repeated(_ count: Int) -> TransmitBatch {
        var batch = self
        batch.descriptors = (0..<count).flatMap { _ in descriptors }
        return batch
    }

    /// IXSM and TXSM: insert both checksums.
    static let checksums: UInt64 = 1 << 40 | 1 << 41

    /// TCP packets to be cut, in three buffers each: headers, and the payload in two pieces as Linux has it.
    init(large packets: [[UInt8]], in memory: Memory) throws {
        pieces = 3
        for packet in packets {
            let payload = UInt64(packet.count - Frames.tcpHeaders)
            var offset = 0
            for count in [Frames.tcpHeaders, 32768, packet.count - Frames.tcpHeaders - 32768] {
                let address = try memory.allocate(count, alignment: 4096)
                memory.write(Array(packet[offset..<offset + count]), at: address)
                offset += count
                let end = offset == packet.count ? Self.last : 0
                descriptors.append(
                    Descriptor(
                        low: address,
                        high: UInt64(count) | Self.data | 1 << 31 | Self.checksums | end | payload << 46))
            }
        }
    }

    /// The context descriptor for UDP frames with checksums, or for ``Frames/largeTCP(_:)``.
    static func context(isLarge: Bool) -> Descriptor {
        let type: UInt64 = isLarge ? 1 : 0
        let segmentation = isLarge ? UInt64(32) << 40 | UInt64(Frames.segmentSize) << 48 : 0
        return Descriptor(low: 20 | 14 << 9, high: 1 << 10 | type << 11 | 0x2 << 20 | 1 << 29 | segmentation)
    }
}

/// A receive ring of 2 KB buffers that starts without descriptors.
final class ReceiveRing {
    private let driver: Driver
    private let queue: Int
    private let base, buffers: UInt64
    private static let bufferSize = 2048
    private let size: Int
    private var tail = 0

    init(_ driver: Driver, queue: Int = 0, size: Int = Driver.ringSize) throws {
        (self.driver, self.queue, self.size) = (driver, queue, size)
        base = try driver.memory.allocate(size * 16)
        buffers = try driver.memory.allocate(size * Self.bufferSize)
        let block = 0xC000 + 0x40 * queue
        try driver.set(block + 0x28, 0)
        try driver.set(block, UInt32(base))
        try driver.set(block + 4, 0)
        try driver.set(block + 8, UInt32(size * 16))
        try driver.set(block + 0xC, 1 << 25 | UInt32(Self.bufferSize / 1024))  // SRRCTL: advanced, one buffer
        try driver.set(block + 0x10, 0)
        try driver.set(block + 0x18, 0)
        try driver.set(block + 0x28, 1 << 25)
    }

    var doorbell: (offset: Int, value: UInt32) { (0xC018 + 0x40 * queue, UInt32(tail)) }

    /// Gives `count` buffers back; ``doorbell`` tells the device.
    func post(_ count: Int) {
        for _ in 0..<count {
            let place = driver.memory[base + UInt64(tail * 16)]
            place.storeBytes(of: (buffers + UInt64(tail * Self.bufferSize)).littleEndian, as: UInt64.self)
            place.storeBytes(of: 0, toByteOffset: 8, as: UInt64.self)
            tail = (tail + 1) % size
        }
    }

    private func slot(_ back: Int) -> Int { (tail + size - back) % size }

    /// The dword with DD of the descriptor posted `back` before the tail.
    func status(_ back: Int = 1) -> UnsafeMutableRawPointer { driver.memory[base + UInt64(slot(back) * 16) + 8] }

    /// - Throws: unless the last `frames.count` descriptors hold just these, complete and, where that was asked for, with
    ///   all checksums found right (IPCS where there is IPv4, L4CS, and no error).
    func check(_ frames: ArraySlice<[UInt8]>, isVerified: Bool) throws {
        for (index, frame) in frames.enumerated() {
            let slot = slot(frames.count - index)
            let high = driver.memory.quadword(at: base + UInt64(slot * 16) + 8)
            guard high & 3 == 3, high >> 32 & 0xFFFF == UInt64(frame.count) else {
                throw BenchError("receive descriptor \(index) of \(frames.count): \(String(high, radix: 16))")
            }
            let isIPv6 = Array(frame[12..<14]) == [0x86, 0xDD]
            let expected: UInt64 = isIPv6 ? 1 << 5 : 1 << 6 | 1 << 5
            guard !isVerified || high & (1 << 6 | 1 << 5 | 3 << 29) == expected else {
                throw BenchError("checksums of received frame \(index): \(String(high, radix: 16))")
            }
            guard driver.memory.holds(frame, at: buffers + UInt64(slot * Self.bufferSize)) else {
                throw BenchError("received frame \(index) of \(frames.count) is not what was sent")
            }
        }
    }
}
