// SPDX-License-Identifier: Apache-2.0

import Intel82576

/// `struct virtio_net_hdr` of virtio 1: 12 bytes, with the number of buffers of a received frame.
///
/// - Specification: Virtual I/O Device (VIRTIO) 1.2, 5.1.6.
struct VirtioNetBufferHeader: BitwiseCopyable {
    static let length = VirtioNetHeader.length + 2

    var header: VirtioNetHeader
    /// 0 in a frame that is sent.
    var bufferCount: UInt16 = 0
}

extension FrameBatch {
    /// The header of virtio 1 of what is left to do for a frame.
    /// - Parameter marksCWR: the other side knows TCP segments with CWR.
    @inline(__always)
    func virtioNetBufferHeader(of index: Int, marksCWR: Bool) -> VirtioNetBufferHeader {
        let offload = self[index].offload
        guard offload.needsChecksum || offload.isChecksumValid || offload.segmentation != .none else {
            return VirtioNetBufferHeader(header: VirtioNetHeader())
        }
        var header = virtioNetHeader(of: index)
        if !marksCWR { header.segmentation &= ~VirtioNetHeader.congestionNotification }
        return VirtioNetBufferHeader(header: header)
    }
}
