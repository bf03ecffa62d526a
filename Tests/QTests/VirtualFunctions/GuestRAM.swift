// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest

/// The RAM of a running machine, which the test writes and searches while QEMU and `kawela` use it.
final class GuestRAM: @unchecked Sendable {
    let size: Int
    private let start: UnsafeMutableRawPointer

    /// Maps the memfd that QEMU shares with its devices.
    init(of process: ChildProcess, megabytes: Int) throws {
        size = megabytes << 20
        let folder = "/proc/\(process.pid)/fd"
        let isRAM = { (name: String) in
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(name)"))?
                .hasPrefix("/memfd:memory-backend-memfd") == true
        }
        guard let name = try FileManager.default.contentsOfDirectory(atPath: folder).first(where: isRAM) else {
            throw GuestError("QEMU has no memfd")
        }
        let descriptor = open("\(folder)/\(name)", O_RDWR | O_CLOEXEC)
        defer { close(descriptor) }
        guard let mapped = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), mapped != MAP_FAILED
        else { throw GuestError("cannot map the RAM of \(process.name): \(String(cString: strerror(errno)))") }
        start = mapped
    }

    deinit { munmap(start, size) }

    func fill(with byte: UInt8) { memset(start, CInt(byte), size) }

    func write(_ bytes: [UInt8], at address: UInt64) {
        bytes.withUnsafeBytes { place(address, $0.count).copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
    }

    func write(_ value: UInt64, at address: UInt64) {
        place(address, 8).storeBytes(of: value.littleEndian, as: UInt64.self)
    }

    func read(_ count: Int, at address: UInt64) -> [UInt8] {
        Array(UnsafeRawBufferPointer(start: place(address, count), count: count))
    }

    func quadword(at address: UInt64) -> UInt64 { UInt64(littleEndian: place(address, 8).load(as: UInt64.self)) }

    /// Where `byte` first stands `count` times in a row.
    func firstRun(of byte: UInt8, count: Int) -> Int? {
        UnsafeRawBufferPointer(start: start, count: size).firstRun(of: byte, count: count)
    }

    /// Whether every byte of `range` is `byte`.
    func isAll(_ byte: UInt8, in range: Range<UInt64>) -> Bool {
        let count = Int(range.upperBound - range.lowerBound)
        let first = place(range.lowerBound, count)
        return count == 0
            || first.load(as: UInt8.self) == byte && memcmp(first, first + 1, count - 1) == 0
    }

    private func place(_ address: UInt64, _ count: Int) -> UnsafeMutableRawPointer {
        precondition(address <= UInt64(size) && count <= size - Int(address))
        return start + Int(address)
    }
}

extension UnsafeRawBufferPointer {
    /// Where `byte` first stands `length` times in a row.
    func firstRun(of byte: UInt8, count length: Int) -> Int? {
        guard let start = baseAddress else { return nil }
        var offset = 0
        while offset + length <= count, let found = memchr(start + offset, CInt(byte), count - offset) {
            offset = start.distance(to: UnsafeRawPointer(found))
            guard offset + length <= count else { return nil }
            if memcmp(found, found + 1, length - 1) == 0 { return offset }
            offset += 1
        }
        return nil
    }
}
