import Glibc
import PCIe

/// DEVICE_GET_INFO: u32 argsz, u32 flags, u32 regions, u32 interrupt indexes.
enum DeviceInformation {
    static let size = 16
    /// Bit 0: the device can be reset; bit 1: it is a PCI device.
    static let flags: UInt32 = 0b11
    static let regions: UInt32 = 9
    static let interruptIndexes: UInt32 = 5

    static func check(_ request: Request) throws(Refusal) {
        try request.require(payload: size)
        guard request.load(UInt32.self, at: 0) >= size else { throw Refusal(EINVAL) }
    }

    static func append(to bytes: ByteQueue) {
        for word in [UInt32(size), flags, regions, interruptIndexes] { bytes.append(word) }
    }
}

/// Regions by their index.
enum Region: Equatable {
    case bar(Int)
    case configuration
    /// Expansion ROM, VGA, or a BAR the function does not have.
    case absent

    static let configurationSize = 4096

    /// The region with vfio's number `index`; `nil` past the last.
    init?(index: UInt32) {
        switch index {
        case 0...5: self = .bar(Int(index))
        case 7: self = .configuration
        case 6, 8: self = .absent
        default: return nil
        }
    }
}

/// DEVICE_GET_REGION_INFO: u32 argsz, u32 flags, u32 index, u32 offset of capabilities, u64 size, u64 file offset.
///
/// A region that the client may map in part has a capability that lists the areas, and its file goes with the reply. When
/// the request's argsz has no room for the capability the fixed part goes alone, without the file; its argsz says how much
/// to ask for.
struct RegionInformation {
    static let size = 32
    /// Bytes of the sparse mmap capability without areas: u16 id 1, u16 version 1, u32 next 0, u32 areas, u32 reserved.
    private static let sparseSize = 16
    private static let areaSize = 16

    /// Flag bits.
    private enum Flag {
        static let readable: UInt32 = 1 << 0
        static let writable: UInt32 = 1 << 1
        static let mappable: UInt32 = 1 << 2
        static let hasCapabilities: UInt32 = 1 << 3
    }

    let index: UInt32
    let region: Region
    /// What the client has room for.
    private let room: Int

    init(_ request: Request) throws(Refusal) {
        // QEMU sends as much as it has room for.
        try request.require(payloadOfAtLeast: Self.size)
        index = request.load(UInt32.self, at: 8)
        room = Int(request.load(UInt32.self, at: 0))
        guard room >= Self.size, let region = Region(index: index) else { throw Refusal(EINVAL) }
        self.region = region
    }

    private func fullSize(_ part: MappablePart?) -> Int {
        Self.size + (part.map { Self.sparseSize + Self.areaSize * $0.areas.count } ?? 0)
    }

    /// Whether the reply says all there is.
    func isComplete(_ part: MappablePart?) -> Bool { fullSize(part) <= room }

    /// Bytes of the reply.
    func replySize(_ part: MappablePart?) -> Int { isComplete(part) ? fullSize(part) : Self.size }

    /// An absent region is one of size 0 that can neither be read nor written.
    func append(to bytes: ByteQueue, regionSize: Int, _ part: MappablePart?) {
        var flags = regionSize > 0 ? Flag.readable | Flag.writable : 0
        if part != nil { flags |= Flag.mappable | Flag.hasCapabilities }
        bytes.append(UInt32(fullSize(part)))
        bytes.append(flags)
        bytes.append(index)
        // QEMU wants it also of a reply without the capability.
        bytes.append(UInt32(part == nil ? 0 : Self.size))
        bytes.append(UInt64(regionSize))
        bytes.append(UInt64(0))
        if let part, isComplete(part) { append(to: bytes, part.areas) }
    }

    private func append(to bytes: ByteQueue, _ areas: [Range<Int>]) {
        bytes.append(UInt16(1))
        bytes.append(UInt16(1))
        bytes.append(UInt32(0))
        bytes.append(UInt32(areas.count))
        bytes.append(UInt32(0))
        for area in areas {
            bytes.append(UInt64(area.lowerBound))
            bytes.append(UInt64(area.count))
        }
    }
}
