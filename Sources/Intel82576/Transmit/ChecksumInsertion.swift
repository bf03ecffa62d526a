// Checksums that transmit descriptors ask for. Every offset is the driver's: nothing is parsed. Fields lie in the
// header segment (``TransmitRequest/headerLength`` sees to it); where they do not fit the frame nothing is inserted.

extension FrameBatch {
    /// The IPv4 header checksum, over `headerLength` bytes from `networkOffset`; software seeded the field with zero.
    mutating func insertIPv4Checksum(frame: Int, networkOffset: Int, headerLength: Int) {
        let field = networkOffset + 10
        guard headerLength >= 12, networkOffset + headerLength <= header(of: frame).byteCount else { return }
        var sum = ChecksumAccumulator()
        sum.add(header(of: frame).extracting(networkOffset..<networkOffset + headerLength))
        var bytes = mutableHeader(of: frame)
        bytes.storeNetwork16(sum.checksum, at: field)
    }

    /// The complemented sum of everything from `start` on, stored at `field`; what `field` held is part of it.
    mutating func insertChecksum(frame: Int, start: Int, field: Int, isUDP: Bool) {
        let length = Int(self[frame].byteCount)
        guard start < length, field + 2 <= header(of: frame).byteCount else { return }
        var sum = ChecksumAccumulator()
        guard self.sum(length - start, of: frame, from: start, into: &sum) else { return }
        // A UDP checksum of zero would say that there is none.
        let value = sum.checksum == 0 && isUDP ? 0xFFFF : sum.checksum
        var bytes = mutableHeader(of: frame)
        bytes.storeNetwork16(value, at: field)
    }

    /// SCTP's CRC32c from `start` on, with its own field as zero.
    mutating func insertSCTPChecksum(frame: Int, start: Int) {
        let length = Int(self[frame].byteCount)
        guard start + 12 <= length, start + 12 <= header(of: frame).byteCount else { return }
        var bytes = mutableHeader(of: frame)
        bytes.storeNetwork32(0, at: start + 8)
        var crc = CRC32(.castagnoli)
        guard sum(length - start, of: frame, from: start, into: &crc) else { return }
        var patched = mutableHeader(of: frame)
        patched.storeBytes(of: crc.value.littleEndian, toByteOffset: start + 8, as: UInt32.self)
    }

    /// Leaves a TCP or UDP checksum to the uplink; the field holds the pseudo-header sum already.
    mutating func requestChecksum(frame: Int, start: Int, offset: Int) {
        self[frame].offload.needsChecksum = true
        self[frame].offload.checksumStart = UInt16(truncatingIfNeeded: start)
        self[frame].offload.checksumOffset = UInt16(truncatingIfNeeded: offset)
    }

    /// Does what ``Offload/needsChecksum`` asks for in a received frame.
    mutating func completeChecksum(of frame: Int) {
        let offload = self[frame].offload
        let start = Int(offload.checksumStart)
        insertChecksum(frame: frame, start: start, field: start + Int(offload.checksumOffset), isUDP: offload.checksumOffset == 6)
        self[frame].offload.needsChecksum = false
    }
}
