// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import PCIe

/// Guest RAM of a test: a memory file mapped here and offered to a function for DMA.
public final class TestMemory {
    public let size: Int
    public let descriptor: CInt
    public let bytes: UnsafeMutableRawBufferPointer
    private var next: UInt64 = 0x1000

    public init(size: Int = 16 << 20) {
        self.size = size
        descriptor = kw_memfd("test-memory")
        precondition(descriptor >= 0 && ftruncate(descriptor, size) == 0)
        let mapped = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)!
        bytes = UnsafeMutableRawBufferPointer(start: mapped, count: size)
    }

    deinit {
        munmap(bytes.baseAddress!, size)
        close(descriptor)
    }

    /// The whole of it at bus address 0.
    public var mapping: DMAMapping {
        DMAMapping(
            address: 0, size: UInt64(size), isReadable: true, isWritable: true,
            backing: .file(descriptor: descriptor, offset: 0))
    }

    /// Takes `count` bytes that nothing else uses, zeroed.
    public func allocate(_ count: Int, alignment: UInt64 = 4096) -> UInt64 {
        next = (next + alignment - 1) & ~(alignment - 1)
        defer { next += UInt64(count) }
        precondition(Int(next) + count <= size, "test memory is full")
        for offset in 0..<count { bytes[Int(next) + offset] = 0 }
        return next
    }

    public func write(_ content: [UInt8], at address: UInt64) {
        for (offset, byte) in content.enumerated() { bytes[Int(address) + offset] = byte }
    }

    public func read(_ count: Int, at address: UInt64) -> [UInt8] { Array(bytes[Int(address)..<Int(address) + count]) }

    public func store(_ value: UInt64, at address: UInt64) {
        bytes.storeBytes(of: value.littleEndian, toByteOffset: Int(address), as: UInt64.self)
    }

    public func load(at address: UInt64) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: Int(address), as: UInt64.self))
    }
}
