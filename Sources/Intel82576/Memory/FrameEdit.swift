// SPDX-License-Identifier: Apache-2.0

import CKawela

// Changes to frames that lie in private memory.

extension FrameBatch {
    /// Appends frame `index` of `source` as the wire has it: zeros up to `byteCount` bytes, then the FCS.
    mutating func appendWithFCS(_ source: borrowing FrameBatch, frame index: Int, byteCount: Int) -> Bool {
        let length = Int(source[index].byteCount)
        guard length <= byteCount, beginFrame(headerBytes: byteCount + 4) else { return false }
        var copy = addHeader(byteCount)
        var filled = 0
        for position in 1...Int(source[index].segmentCount) {
            let segment = unsafe source.segments(of: index)[position]
            let count = unsafe segment.iov_len
            unsafe copy.withUnsafeMutableBytes { bytes in
                guard count > 0, let from = unsafe segment.iov_base else { return }
                // SAFETY: the segments of the frame add up to `length`, which the copy has room for.
                unsafe (bytes.baseAddress! + filled).copyMemory(from: from, byteCount: count)
            }
            filled += count
        }
        for offset in length..<byteCount { copy.storeBytes(of: 0, toByteOffset: offset, as: UInt8.self) }
        let sequence = frameCheckSequence(of: count - 1)
        var trailer = addHeader(4)
        trailer.storeBytes(of: sequence.littleEndian, toByteOffset: 0, as: UInt32.self)
        return true
    }

    /// The FCS of frame `index` as the number whose lowest byte is sent first.
    func frameCheckSequence(of index: Int) -> UInt32 {
        var crc = CRC32(.ethernet)
        _ = sum(Int(self[index].byteCount), of: index, from: 0, into: &crc)
        return crc.value
    }
}
