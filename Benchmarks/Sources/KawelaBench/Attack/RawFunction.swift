// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import Intel82576

/// A VF that is driven over its socket without QEMU: 4 MB of memory at address 0, a transmit and a receive ring.
final class RawFunction {
    static let memorySize = 1 << 22
    static let receiveRing = 0x10_0000, receiveBuffers = 0x20_0000, ringCount = 512

    let client: RawClient
    let memory: UnsafeMutableRawPointer
    /// What backs ``memory``.
    let file: CInt
    private(set) var mac: [UInt8] = []

    /// - Parameter isShared: false to have all DMA go by messages.
    init(_ path: String, isShared: Bool = true) throws {
        client = try RawClient(path)
        file = kw_memfd("attack")
        ftruncate(file, Self.memorySize)
        memory = mmap(nil, Self.memorySize, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
        try client.writeConfiguration(4, 6)
        try client.call(
            .dmaMap, RawClient.map(0, UInt64(Self.memorySize)), descriptors: isShared ? [file] : [])
        try reset()
    }

    deinit {
        munmap(memory, Self.memorySize)
        close(file)
    }

    static func offset<R: Register>(_ register: R.Type, _ index: Int = 0) -> Int { R.window!.offset(of: index) }

    /// VTCTRL.RST, then VF_RESET as igbvf sends it: buffer taken, message, request.
    private func reset() throws {
        try client.write(Self.offset(PVTCTRL.self), 1 << 26)
        let mailbox = Self.offset(VFMAILBOX.self)
        for _ in 0..<100 {
            try client.write(mailbox, 1 << 2)
            try client.write(Self.offset(VMBMEM.self, 0), 1)
            try client.write(mailbox, 1)
            usleep(5000)
            guard try client.read(Self.offset(VMBMEM.self, 0)) >> 31 == 1 else { continue }
            let words = try (1...2).map { littleEndian(try client.read(Self.offset(VMBMEM.self, $0))) }
            mac = Array((words[0] + words[1])[..<6])
            return try client.write(mailbox, 1 << 1)
        }
        throw BenchError("the PF does not answer VF_RESET")
    }

    // MARK: Rings

    /// - Parameter block: the queue's base register, BAL; the others follow in the layout that both directions have.
    private func start(_ block: Int, _ base: Int, count: Int, tail: Int) throws {
        try client.write(block + 0x28, 0)
        try client.write(block, UInt32(base))
        try client.write(block + 4, 0)
        try client.write(block + 8, UInt32(count * 16))
        try client.write(block + 0x10, 0)
        try client.write(block + 0x28, 1 << 25)
        try client.write(block + 0x18, UInt32(tail))
    }

    func startTransmit(_ queue: Int = 0, base: Int = 0, count: Int = ringCount) throws {
        try start(Self.offset(TDBAL.self, queue), base, count: count, tail: 0)
    }

    /// All buffers are given at once; SRRCTL drops when there are none.
    func startReceive() throws {
        for index in 0..<Self.ringCount {
            store(UInt64(Self.receiveBuffers + index * 2048), UInt64(0), at: Self.receiveRing + index * 16)
        }
        try client.write(Self.offset(SRRCTL.self), 1 << 25 | 2 | 1 << 31)
        try start(
            Self.offset(RDBAL.self), Self.receiveRing, count: Self.ringCount, tail: Self.ringCount - 1)
    }

    func store(_ low: UInt64, _ high: UInt64, at offset: Int) {
        memory.storeBytes(of: low, toByteOffset: offset, as: UInt64.self)
        memory.storeBytes(of: high, toByteOffset: offset + 8, as: UInt64.self)
    }

    func write(_ bytes: [UInt8], at offset: Int) { (memory + offset).copyMemory(from: bytes, byteCount: bytes.count) }

    func tail(_ queue: Int, _ value: Int) { client.post(Self.offset(TDT.self, queue), UInt32(value)) }

    /// DTYP 3, EOP, IFCS, RS, DEXT, length and PAYLEN.
    static func data(_ length: Int) -> UInt64 {
        UInt64(length) | 3 << 20 | 1 << 24 | 1 << 25 | 1 << 27 | 1 << 29 | UInt64(length) << 46
    }
}
