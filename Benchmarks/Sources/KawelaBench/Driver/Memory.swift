// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Guest RAM as the driver program writes it: a file shared with whoever serves the device, at bus address 0.
final class Memory {
    let bytes: UnsafeMutableRawPointer
    let size: Int
    /// The file's descriptor, closed with this.
    let descriptor: CInt
    private var next: Int

    /// - Parameter first: where allocation starts; what lies below is left to others.
    init(descriptor: CInt, size: Int, first: Int = 0x10_0000) throws {
        guard let mapped = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), mapped != MAP_FAILED
        else { throw BenchError("cannot map \(size) bytes of guest RAM") }
        (bytes, self.size, self.descriptor, next) = (mapped, size, descriptor, first)
    }

    deinit {
        munmap(bytes, size)
        close(descriptor)
    }

    /// Takes `count` bytes, zeroed.
    func allocate(_ count: Int, alignment: Int = 4096) throws -> UInt64 {
        next = (next + alignment - 1) & ~(alignment - 1)
        guard next + count <= size else { throw BenchError("guest RAM is full") }
        defer { next += count }
        memset(bytes + next, 0, count)
        return UInt64(next)
    }

    func write(_ content: [UInt8], at address: UInt64) {
        content.withUnsafeBytes { self[address].copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
    }

    subscript(address: UInt64) -> UnsafeMutableRawPointer { bytes + Int(address) }

    func quadword(at address: UInt64) -> UInt64 { UInt64(littleEndian: self[address].load(as: UInt64.self)) }

    func holds(_ content: [UInt8], at address: UInt64) -> Bool {
        content.withUnsafeBytes { memcmp(self[address], $0.baseAddress!, $0.count) == 0 }
    }
}

struct BenchError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
