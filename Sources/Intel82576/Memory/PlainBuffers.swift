// Frames that are one buffer of guest memory, appended with one look at the room for all of them.

extension FrameBatch {
    /// Appends a frame for each of the descriptors `first..<end`, until one is not a plain packet of `shortest` bytes at
    /// least in one mapped range, the batch is full, or the frames have `limit` bytes.
    mutating func appendPlainPackets(
        _ descriptors: borrowing FixedBuffer<TransmitDescriptor>, _ first: Int, _ end: Int, _ ranges: RangeTable,
        sourcePool: UInt8, shortest: Int, limit: Int
    ) -> (count: Int, byteCount: Int) {
        let last = min(end, first &+ plainRoom)
        var (index, byteCount) = (first, 0)
        while index < last, byteCount < limit {
            let (control, address) = (descriptors[index].control, descriptors[index].bufferAddress)
            let length = Int(truncatingIfNeeded: control.raw & 0xFFFF)
            // SAFETY: length readable bytes of a mapping that cannot go away before the batch is sent.
            guard control.isWholePacket, !control.insertsChecksums, length >= shortest, length <= Transmit.maximumFrame,
                let place = unsafe ranges.pointer(address, length, forWriting: false)
            else { break }
            // SAFETY: there is room for this many frames.
            unsafe appendPlain(place, length, sourcePool)
            byteCount &+= length
            index &+= 1
        }
        return (index &- first, byteCount)
    }

    /// Appends one, of `byteCount` bytes at `address`. False, and nothing appended, where that is not possible.
    @inline(__always)
    mutating func appendPlainPacket(
        _ byteCount: Int, at address: UInt64, _ ranges: RangeTable, shortest: Int
    ) -> Bool {
        guard byteCount >= shortest, byteCount <= Transmit.maximumFrame, plainRoom > 0,
            // SAFETY: as above.
            let place = unsafe ranges.pointer(address, byteCount, forWriting: false)
        else { return false }
        unsafe appendPlain(place, byteCount, 0xFF)
        return true
    }
}
