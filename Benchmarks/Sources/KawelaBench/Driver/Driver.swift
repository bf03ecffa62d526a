// SPDX-License-Identifier: Apache-2.0

import CBench
import Intel82576

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

    /// The register `R`, or element `index` of an array of them.
    func read<R: Register>(_ type: R.Type, _ index: Int = 0) throws -> R {
        R(raw: try registers.read(R.offset(of: index)))
    }

    func write<R: Register>(_ value: R, _ index: Int = 0) throws {
        try registers.write(R.offset(of: index), value.raw)
    }

    /// Writes the register `R` with no bits set but those that `body` sets.
    func write<R: Register>(_ type: R.Type, _ index: Int = 0, _ body: (inout R) -> Void = { _ in }) throws {
        var value = R(raw: 0)
        body(&value)
        try write(value, index)
    }

    /// Changes fields of the register `R`.
    func change<R: Register>(_ type: R.Type, _ body: (inout R) -> Void) throws {
        var value = try read(type)
        body(&value)
        try write(value)
    }

    /// Interrupts masked, transmitter on, both checksums verified on receive, CRC stripped.
    func enable() throws {
        try write(IMC(raw: .max))
        try write(EIMC(raw: .max))
        try write(RXCSUM.self) { ($0.reportsHash, $0.checksL4, $0.checksIP) = (true, true, true) }
        try write(TCTL.self) { ($0.isEnabled, $0.padsShortPackets) = (true, true) }
        try write(RCTL.self) { ($0.isEnabled, $0.acceptsBroadcast, $0.stripsCRC) = (true, true, true) }
    }

    /// VMDq: pool n has the address ``Frames/pool(_:)`` and queue n; the switch passes frames between them.
    func enablePools(_ count: Int) throws {
        for pool in 0..<count {
            let address = Frames.pool(pool)
            let low = (0..<4).reduce(UInt32(0)) { $0 | UInt32(address[$1]) << UInt32(8 * $1) }
            try write(RAL(raw: low), pool)
            try write(RAH.self, pool) {
                $0.address = UInt32(address[4]) | UInt32(address[5]) << 8
                ($0.pools, $0.isValid) = (1 << UInt8(pool), true)
            }
            try write(VMOLR.self, pool) { ($0.stripsCRC, $0.acceptsBroadcast, $0.acceptsUntagged) = (true, true, true) }
        }
        try write(VFRE.self) { $0.pools = .max }
        try write(VFTE.self) { $0.pools = .max }
        try write(VT_CTL.self) { $0.replicates = true }
        try write(MRQC.self) { $0.mode = .pools }
        try write(DTXSWC.self) { $0.isEnabled = true }
    }
}

/// A transmit ring and what is posted on it.
final class TransmitRing {
    private let driver: Driver
    private let tailOffset: Int
    private let base: UInt64
    private let size: Int
    private var tail = 0

    init(_ driver: Driver, queue: Int = 0, size: Int = Driver.ringSize) throws {
        (self.driver, self.size) = (driver, size)
        base = try driver.memory.allocate(size * 16)
        tailOffset = TDT.offset(of: queue)
        try driver.write(TXDCTL.self, queue)
        try driver.write(TDBAL(raw: UInt32(base)), queue)
        try driver.write(TDBAH.self, queue)
        try driver.write(TDLEN.self, queue) { $0.byteCount = size * 16 }
        try driver.write(TDH.self, queue)
        try driver.write(TDT.self, queue)
        try driver.write(TXDCTL.self, queue) { $0.isEnabled = true }
    }

    /// The register whose write is the doorbell, and what is to be written there.
    var doorbell: (offset: Int, value: UInt32) { (tailOffset, UInt32(tail)) }

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
    private let tailOffset: Int
    private let base, buffers: UInt64
    private static let bufferSize = 2048
    private let size: Int
    private var tail = 0

    init(_ driver: Driver, queue: Int = 0, size: Int = Driver.ringSize) throws {
        (self.driver, self.size) = (driver, size)
        base = try driver.memory.allocate(size * 16)
        buffers = try driver.memory.allocate(size * Self.bufferSize)
        tailOffset = RDT.offset(of: queue)
        try driver.write(RXDCTL.self, queue)
        try driver.write(RDBAL(raw: UInt32(base)), queue)
        try driver.write(RDBAH.self, queue)
        try driver.write(RDLEN.self, queue) { $0.byteCount = size * 16 }
        try driver.write(SRRCTL.self, queue) { ($0.format, $0.packetBufferSize) = (.oneBuffer, Self.bufferSize) }
        try driver.write(RDH.self, queue)
        try driver.write(RDT.self, queue)
        try driver.write(RXDCTL.self, queue) { $0.isEnabled = true }
    }

    var doorbell: (offset: Int, value: UInt32) { (tailOffset, UInt32(tail)) }

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
            let isIPv6 = frame[12] == 0x86 && frame[13] == 0xDD
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
