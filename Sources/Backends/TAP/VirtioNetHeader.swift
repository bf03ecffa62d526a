// SPDX-License-Identifier: Apache-2.0

import Intel82576

/// `struct virtio_net_hdr`, the legacy form of 10 bytes in host byte order that TAP interfaces and packet sockets put
/// before a frame.
///
/// - Specification: Virtual I/O Device (VIRTIO) 1.2, 5.1.6; Linux `include/uapi/linux/virtio_net.h`.
struct VirtioNetHeader: BitwiseCopyable, Equatable {
    static let length = 10

    static let needsChecksum: UInt8 = 1
    static let dataValid: UInt8 = 2
    /// The segmented TCP header carries CWR, which only the first segment may repeat.
    static let congestionNotification: UInt8 = 0x80

    var flags: UInt8 = 0
    var segmentation: UInt8 = 0
    var headerLength: UInt16 = 0
    var segmentSize: UInt16 = 0
    var checksumStart: UInt16 = 0
    var checksumOffset: UInt16 = 0

    init() {}

    init(_ offload: FrameBatch.Offload, carriesCWR: Bool) {
        if offload.needsChecksum {
            flags = Self.needsChecksum
            checksumStart = offload.checksumStart
            checksumOffset = offload.checksumOffset
        } else if offload.isChecksumValid {
            flags = Self.dataValid
        }
        guard offload.segmentation != .none else { return }
        segmentation = offload.segmentation.rawValue | (carriesCWR ? Self.congestionNotification : 0)
        headerLength = offload.headerLength
        segmentSize = offload.segmentSize
    }

    /// What the header says of a frame of `byteCount` bytes; `nil` when it contradicts itself or the frame.
    ///
    /// The kernel's `hdr_len` is a hint only, so the length of the headers is taken from the frame.
    func offload(ofFrame byteCount: Int, byteAt: (Int) -> UInt8?) -> FrameBatch.Offload? {
        var offload = FrameBatch.Offload()
        offload.isChecksumValid = flags & (Self.dataValid | Self.needsChecksum) == Self.dataValid
        if flags & Self.needsChecksum != 0 {
            guard Int(checksumStart) + Int(checksumOffset) + 2 <= byteCount else { return nil }
            offload.needsChecksum = true
            offload.checksumStart = checksumStart
            offload.checksumOffset = checksumOffset
        }
        let kind = segmentation & ~Self.congestionNotification
        guard kind != 0 else { return offload }
        guard let segmentation = FrameBatch.Offload.Segmentation(rawValue: kind), segmentSize > 0,
            let length = headerLength(segmentation, byteAt), length <= byteCount
        else { return nil }
        offload.segmentation = segmentation
        offload.segmentSize = segmentSize
        offload.headerLength = UInt16(truncatingIfNeeded: length)
        return offload
    }

    /// Bytes of headers of a frame to be segmented: up to the transport header, and that.
    private func headerLength(_ kind: FrameBatch.Offload.Segmentation, _ byteAt: (Int) -> UInt8?) -> Int? {
        guard flags & Self.needsChecksum != 0 else { return Int(headerLength) }
        if kind == .udp { return Int(checksumStart) + 8 }
        guard let dataOffset = byteAt(Int(checksumStart) + 12), dataOffset >> 4 >= 5 else { return nil }
        return Int(checksumStart) + Int(dataOffset >> 4) * 4
    }
}

extension FrameBatch {
    /// Puts the header of what is left to do for a frame into its prefix.
    mutating func setVirtioNetHeader(of index: Int) { setPrefix(of: index, to: virtioNetHeader(of: index)) }

    /// The header of what is left to do for a frame.
    func virtioNetHeader(of index: Int) -> VirtioNetHeader {
        let offload = self[index].offload
        let isTCP = offload.segmentation == .tcp4 || offload.segmentation == .tcp6
        let carriesCWR = isTCP && headerByte(Int(offload.checksumStart) + 13, of: index) & 0x80 != 0
        return VirtioNetHeader(offload, carriesCWR: carriesCWR)
    }
}
