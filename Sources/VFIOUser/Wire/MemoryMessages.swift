// SPDX-License-Identifier: Apache-2.0

/// Where DMA_READ and DMA_WRITE carry their data.
///
/// The specification has u64 address, u64 count, data, and QEMU 11.1.3 follows it (seen in a running one). The sources of
/// QEMU's first versions with this client declare the count as u32 followed by the data, so the data begins at payload
/// byte 12, while sizes are computed with the structure's padded size of 16. Message sizes are therefore the same in
/// both layouts, and the count's low word is where both look for it.
enum MemoryDataLayout {
    /// Data at payload byte 16, as specified.
    case standard
    /// Data at payload byte 12, and 4 unused bytes at the end.
    case packed

    var dataOffset: Int { self == .standard ? 16 : 12 }
}

/// The fixed part of DMA_READ and DMA_WRITE.
struct MemoryAccess: BitwiseCopyable {
    static let size = 16
    let address: UInt64
    let count: UInt64
}

extension ByteQueue {
    func append(_ access: MemoryAccess) {
        append(access.address)
        append(access.count)
    }

    /// The fixed part and the data of a DMA_WRITE.
    func append(write data: RawSpan, to address: UInt64, _ layout: MemoryDataLayout) {
        append(address)
        append(UInt32(data.byteCount))
        if layout == .standard { append(UInt32(0)) }
        append(data)
        if layout == .packed { append(UInt32(0)) }
    }
}
