// SPDX-License-Identifier: Apache-2.0

import Glibc

/// REGION_READ and REGION_WRITE: u64 offset, u32 region, u32 count; then the data of a write or a read's reply.
struct RegionAccess: BitwiseCopyable {
    static let size = 16
    let offset: UInt64
    let region: UInt32
    let count: UInt32

    static func read(_ request: Request) throws(Refusal) -> RegionAccess {
        try request.require(payload: size)
        return RegionAccess(request, at: 0)
    }

    static func write(_ request: Request) throws(Refusal) -> RegionAccess {
        try request.require(payloadOfAtLeast: size)
        let access = RegionAccess(request, at: 0)
        guard request.payloadSize - size == Int(access.count) else { throw Refusal(EINVAL) }
        return access
    }

    /// - Precondition: the payload has 16 bytes at `offset`.
    init(_ request: Request, at offset: Int) {
        self.offset = request.load(UInt64.self, at: offset)
        region = request.load(UInt32.self, at: offset + 8)
        count = request.load(UInt32.self, at: offset + 12)
    }

    func append(to bytes: ByteQueue) {
        bytes.append(offset)
        bytes.append(region)
        bytes.append(count)
    }
}

/// REGION_WRITE_MULTI: u64 count, then that many writes of 24 bytes: offset, region, count up to 8, 8 bytes of data.
struct RegionWriteMulti {
    static let fixedSize = 8
    static let entrySize = 24
    static let dataSize = 8
    let count: Int

    /// QEMU may send the whole array although it uses only its beginning.
    init(_ request: Request) throws(Refusal) {
        try request.require(payloadOfAtLeast: Self.fixedSize)
        let count = request.load(UInt64.self, at: 0)
        guard count <= Limits.writesPerMessage else { throw Refusal(EINVAL) }
        self.count = Int(count)
        try request.require(payloadOfAtLeast: Self.fixedSize + self.count * Self.entrySize)
    }

    func access(_ index: Int, of request: Request) -> RegionAccess {
        RegionAccess(request, at: Self.fixedSize + index * Self.entrySize)
    }

    func dataOffset(_ index: Int) -> Int { Self.fixedSize + index * Self.entrySize + RegionAccess.size }
}
