// SPDX-License-Identifier: Apache-2.0

import Glibc
import PCIe

extension Session {
    /// REGION_READ. The data is collected before the reply is begun, because the function may send DMA messages
    /// meanwhile.
    func readRegion(_ request: Request) throws(Refusal) {
        let access = try RegionAccess.read(request)
        let region = try checked(access)
        replyData.removeAll()
        if region == .expansionROM {
            readROM(access)
        } else {
            var pieces = AccessPieces(access, in: region)
            while let piece = pieces.next() { read(piece, of: region) }
        }
        guard let reply = beginReply(to: request, payload: RegionAccess.size + replyData.count) else { return }
        access.append(to: reply)
        reply.append(contentsOf: replyData)
    }

    /// REGION_WRITE.
    func writeRegion(_ request: Request) throws(Refusal) {
        let access = try RegionAccess.write(request)
        try write(access, from: request, at: RegionAccess.size)
        afterWrite?()
        if let reply = beginReply(to: request, payload: RegionAccess.size) { access.append(to: reply) }
    }

    /// REGION_WRITE_MULTI. Stops at the first write that is refused.
    func writeRegions(_ request: Request) throws(Refusal) {
        let multi = try RegionWriteMulti(request)
        try write(multi, from: request)
        beginReply(to: request, payload: RegionWriteMulti.fixedSize)?.append(UInt64(multi.count))
    }

    private func write(_ multi: RegionWriteMulti, from request: Request) throws(Refusal) {
        defer { afterWrite?() }
        for index in 0..<multi.count {
            let access = multi.access(index, of: request)
            guard access.count <= RegionWriteMulti.dataSize else { throw Refusal(EINVAL) }
            try write(access, from: request, at: multi.dataOffset(index))
        }
    }

    private func write(_ access: RegionAccess, from request: Request, at offset: Int) throws(Refusal) {
        let region = try checked(access)
        if region == .expansionROM { throw Refusal(EINVAL) }
        var pieces = AccessPieces(access, in: region)
        var offset = offset
        while let piece = pieces.next() {
            write(request.load(width: piece.width, at: offset), to: piece, of: region)
            offset += piece.width
        }
    }

    /// The region `access` lies in, from its first to its last byte.
    private func checked(_ access: RegionAccess) throws(Refusal) -> Region {
        guard let region = Region(index: access.region), access.count > 0 else { throw Refusal(EINVAL) }
        // Registers take their time. No client reads as many at once.
        guard access.count <= (region == .expansionROM ? transferSize : Limits.transferSize) else {
            throw Refusal(EINVAL)
        }
        let size = UInt64(size(of: region))
        guard UInt64(access.count) <= size, access.offset <= size - UInt64(access.count) else { throw Refusal(EINVAL) }
        return region
    }

    /// Past the contents, and where the function is not there any more, there are ones.
    private func readROM(_ access: RegionAccess) {
        let contents = function.expansionROM?.contents ?? []
        let start = min(Int(access.offset), contents.count)
        replyData.append(contents[start..<min(Int(access.offset) + Int(access.count), contents.count)])
        while replyData.count < Int(access.count) { replyData.append(UInt8(0xFF)) }
    }

    private func read(_ piece: AccessPieces.Piece, of region: Region) {
        let (offset, width) = (piece.offset, piece.width)
        switch region {
        case .bar(let bar): replyData.append(function.readBAR(bar, at: offset, width: width), width: width)
        case .configuration:
            replyData.append(UInt64(function.readConfiguration(at: offset, width: width)), width: width)
        case .expansionROM, .absent: break
        }
    }

    private func write(_ value: UInt64, to piece: AccessPieces.Piece, of region: Region) {
        switch region {
        case .bar(let bar): function.writeBAR(bar, at: piece.offset, width: piece.width, value)
        case .configuration:
            function.writeConfiguration(at: piece.offset, width: piece.width, UInt32(truncatingIfNeeded: value))
        case .expansionROM, .absent: break
        }
    }
}

/// Cuts an access into ones a function understands: 1, 2, 4 or 8 bytes (4 in configuration space), aligned to that.
struct AccessPieces {
    struct Piece: Equatable {
        var offset: Int
        var width: Int
    }

    private var offset: Int
    private let end: Int
    private let widest: Int

    /// - Precondition: `access` lies inside the region.
    init(_ access: RegionAccess, in region: Region) {
        offset = Int(access.offset)
        end = offset + Int(access.count)
        widest = region == .configuration ? 4 : 8
    }

    mutating func next() -> Piece? {
        guard offset < end else { return nil }
        var width = widest
        while width > end - offset || offset & (width - 1) != 0 { width /= 2 }
        defer { offset += width }
        return Piece(offset: offset, width: width)
    }
}

extension ByteQueue {
    /// The low `width` bytes (1, 2, 4 or 8) of `value`.
    @inline(__always)
    func append(_ value: UInt64, width: Int) {
        switch width {
        case 1: append(UInt8(truncatingIfNeeded: value))
        case 2: append(UInt16(truncatingIfNeeded: value))
        case 4: append(UInt32(truncatingIfNeeded: value))
        default: append(value)
        }
    }
}

extension Request {
    /// `width` bytes (1, 2, 4 or 8).
    @inline(__always)
    fileprivate func load(width: Int, at offset: Int) -> UInt64 {
        switch width {
        case 1: UInt64(load(UInt8.self, at: offset))
        case 2: UInt64(load(UInt16.self, at: offset))
        case 4: UInt64(load(UInt32.self, at: offset))
        default: load(UInt64.self, at: offset)
        }
    }
}
