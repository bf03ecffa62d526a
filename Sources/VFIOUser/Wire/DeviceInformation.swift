// SPDX-License-Identifier: Apache-2.0

import Glibc

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
    case expansionROM
    case configuration
    /// VGA, or a BAR the function does not have.
    case absent

    static let configurationSize = 4096

    /// The region with vfio's number `index`; `nil` past the last.
    init?(index: UInt32) {
        switch index {
        case 0...5: self = .bar(Int(index))
        case 6: self = .expansionROM
        case 7: self = .configuration
        case 8: self = .absent
        default: return nil
        }
    }
}

/// DEVICE_GET_REGION_INFO: u32 argsz, u32 flags, u32 index, u32 offset of capabilities, u64 size, u64 file offset.
struct RegionInformation {
    static let size = 32
    /// Bit 0: readable; bit 1: writable.
    private var flags: UInt32 { region == .expansionROM ? 0b01 : 0b11 }

    let index: UInt32
    let region: Region

    init(_ request: Request) throws(Refusal) {
        // QEMU sends as much as it has room for.
        try request.require(payloadOfAtLeast: Self.size)
        index = request.load(UInt32.self, at: 8)
        guard request.load(UInt32.self, at: 0) >= Self.size, let region = Region(index: index) else {
            throw Refusal(EINVAL)
        }
        self.region = region
    }

    /// An absent region is one of size 0 that can neither be read nor written.
    func append(to bytes: ByteQueue, regionSize: Int) {
        for word in [UInt32(Self.size), regionSize > 0 ? flags : 0, index, 0] { bytes.append(word) }
        bytes.append(UInt64(regionSize))
        bytes.append(UInt64(0))
    }
}
