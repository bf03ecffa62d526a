// SPDX-License-Identifier: Apache-2.0

import Glibc
import PCIe

/// DMA_MAP: u32 argsz, u32 flags, u64 offset in the file, u64 address, u64 size; one descriptor or none.
struct DMAMap {
    /// Bits of the flags. The last two are of libvfio-user's draft: the descriptor may be mapped, which it may anyway, or be
    /// read and written as a file.
    private enum Flag {
        static let read: UInt32 = 1 << 0
        static let write: UInt32 = 1 << 1
        static let mmap: UInt32 = 1 << 2
        static let fileIO: UInt32 = 1 << 3
        static let all = read | write | mmap | fileIO
    }

    let mapping: DMAMapping

    init(_ request: Request) throws(Refusal) {
        try request.require(payload: 32)
        let flags = request.load(UInt32.self, at: 4)
        let (address, size) = (request.load(UInt64.self, at: 16), request.load(UInt64.self, at: 24))
        guard request.load(UInt32.self, at: 0) >= 32, flags & (Flag.read | Flag.write) != 0, flags & ~Flag.all == 0,
            request.descriptors.count <= 1
        else { throw Refusal(EINVAL) }
        if flags & Flag.fileIO != 0 { throw Refusal(ENOTSUP) }
        try checkRange(address, size)
        mapping = DMAMapping(
            address: address, size: size, isReadable: flags & Flag.read != 0, isWritable: flags & Flag.write != 0,
            backing: try Self.backing(request, size: size))
    }

    /// QEMU names no descriptor for ROMs, other devices' BARs and memory that is not shared.
    private static func backing(_ request: Request, size: UInt64) throws(Refusal) -> DMAMapping.Backing {
        guard let file = request.descriptors.first else { return .messages }
        let offset = request.load(UInt64.self, at: 8)
        // mmap's offset is signed.
        guard offset % 4096 == 0, offset <= UInt64(Int64.max), size <= UInt64(Int64.max) - offset
        else { throw Refusal(EINVAL) }
        return .file(descriptor: file.number, offset: offset)
    }
}

/// DMA_UNMAP: u32 argsz, u32 flags, u64 address, u64 size.
enum DMAUnmap {
    case all
    case range(address: UInt64, size: UInt64)

    static let payloadSize = 24
    static let sizeOffset = 16

    init(_ request: Request) throws(Refusal) {
        try request.require(payloadOfAtLeast: Self.payloadSize)
        let flags = request.load(UInt32.self, at: 4)
        // Bit 0 asks for a bitmap of pages written, which only migration needs.
        if flags & 1 != 0 { throw Refusal(ENOTSUP) }
        try request.require(payload: Self.payloadSize)
        guard request.load(UInt32.self, at: 0) >= Self.payloadSize, flags & ~2 == 0 else { throw Refusal(EINVAL) }
        if flags & 2 != 0 {
            self = .all
        } else {
            let (address, size) = (request.load(UInt64.self, at: 8), request.load(UInt64.self, at: 16))
            try checkRange(address, size)
            self = .range(address: address, size: size)
        }
    }
}

/// A range may end at 2^64 exactly.
private func checkRange(_ address: UInt64, _ size: UInt64) throws(Refusal) {
    let isAligned = address % 4096 == 0 && size % 4096 == 0
    let last = address.addingReportingOverflow(size &- 1)
    if size == 0 || !isAligned || last.overflow { throw Refusal(EINVAL) }
}

extension Refusal {
    init(_ error: DMAMappingError) {
        switch error {
        case .invalidRange: self.init(EINVAL)
        case .overlap: self.init(EEXIST)
        case .partlyInRange: self.init(EINVAL)
        case .tooManyMappings: self.init(ENOSPC)
        case .unmappable(let errno): self.init(errno > 0 ? errno : EINVAL)
        }
    }
}
