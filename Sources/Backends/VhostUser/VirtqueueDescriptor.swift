// SPDX-License-Identifier: Apache-2.0

/// An entry of a descriptor table: a buffer, by its address in the memory that the back end was told of.
///
/// - Specification: Virtual I/O Device (VIRTIO) 1.2, 2.7.5.
struct VirtqueueDescriptor: BitwiseCopyable {
    /// VIRTQ_DESC_F_NEXT: the frame goes on in the descriptor `next`.
    static let continues: UInt16 = 1 << 0
    /// VIRTQ_DESC_F_WRITE: for the device to write.
    static let isWritten: UInt16 = 1 << 1

    /// Address of the first byte of shared memory, as the back end is told: any will do, so none of this process's.
    static let memoryAddress: UInt64 = 0x1_0000_0000

    /// Everything but the address.
    struct Extent: BitwiseCopyable {
        let byteCount: UInt32
        let flags: UInt16
        let next: UInt16

        @inline(__always)
        init(byteCount: Int, flags: UInt16, next: UInt16 = 0) {
            self.byteCount = UInt32(truncatingIfNeeded: byteCount)
            (self.flags, self.next) = (flags, next)
        }
    }

    let address: UInt64
    let extent: Extent

    /// - Parameter offset: of the buffer in shared memory, in bytes.
    init(offset: Int, _ extent: Extent) {
        address = Self.memoryAddress &+ UInt64(truncatingIfNeeded: offset)
        self.extent = extent
    }
}
