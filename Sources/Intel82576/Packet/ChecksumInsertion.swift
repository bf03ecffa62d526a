// SPDX-License-Identifier: Apache-2.0

/// Transmit checksum offload of a single frame (TSE clear). Places come from the context descriptor, never from the frame.
///
/// - Datasheet: see reference, transmit path, checksum offload.
struct ChecksumInsertion: BitwiseCopyable, Sendable {
    /// TUCMD.L4T. The raw values are the field's.
    enum Transport: UInt8, BitwiseCopyable, Sendable {
        case udp = 0
        case tcp = 1
        case sctp = 2

        /// Where the checksum is in the transport header.
        @inline(__always) var checksumOffset: Int {
            switch self {
            case .udp: 6
            case .tcp: 16
            case .sctp: 8
            }
        }
    }

    /// MACLEN.
    var macLength = 0
    /// IPLEN.
    var ipLength = 0
    /// POPTS.IXSM, and the context says IPv4.
    var insertsIPChecksum = false
    /// L4T, if POPTS.TXSM.
    var transport: Transport?

    /// Inserts the checksums asked for into frame `index` of `batch`, all others first.
    ///
    /// TCP's and UDP's field holds the sum of the pseudo-header, as software leaves it, and counts.
    /// - Parameter leavesSum: leave TCP's and UDP's checksum to the uplink (`NEEDS_CSUM`).
    /// - Returns: false when a checksum had to be left out, because its place is not in the frame's header segment.
    func apply(to index: Int, of batch: inout FrameBatch, leavesSum: Bool) -> Bool {
        let isTransportDone = insertTransport(to: index, of: &batch, leavesSum: leavesSum)
        guard insertsIPChecksum else { return isTransportDone }
        return insertIP(to: index, of: &batch) && isTransportDone
    }

    private func insertIP(to index: Int, of batch: inout FrameBatch) -> Bool {
        let field = macLength &+ 10
        // A header too short for the field would be summed without it.
        guard ipLength >= 12, batch.isInHeader(field, 2, of: index), macLength &+ ipLength <= batch[index].byteCount
        else {
            return false
        }
        var header = batch.mutableHeader(of: index)
        header.storeNetwork16(0, at: field)
        return batch.insertChecksum(of: index, from: macLength, count: ipLength, at: field, zeroIsAllOnes: false)
    }

    private func insertTransport(to index: Int, of batch: inout FrameBatch, leavesSum: Bool) -> Bool {
        guard let transport else { return true }
        let start = macLength &+ ipLength
        let field = start &+ transport.checksumOffset
        if transport == .sctp { return insertCRC(to: index, of: &batch, from: start, at: field) }
        guard batch.isInHeader(field, 2, of: index) else { return false }
        guard leavesSum else {
            let (seed, end) = (batch.header(of: index).network16(at: field), batch[index].byteCount)
            guard batch.insertChecksum(of: index, from: start, at: field, zeroIsAllOnes: transport == .udp) else {
                return false
            }
            batch[index].insertion = FrameBatch.Insertion(
                start: UInt16(truncatingIfNeeded: start), end: UInt16(truncatingIfNeeded: end), seed: seed)
            return true
        }
        batch[index].offload.needsChecksum = true
        batch[index].offload.checksumStart = UInt16(truncatingIfNeeded: start)
        batch[index].offload.checksumOffset = UInt16(truncatingIfNeeded: transport.checksumOffset)
        return true
    }

    private func insertCRC(to index: Int, of batch: inout FrameBatch, from start: Int, at field: Int) -> Bool {
        guard batch.isInHeader(field, 4, of: index) else { return false }
        var header = batch.mutableHeader(of: index)
        header.storeNetwork32(0, at: field)
        var crc = CRC32(.castagnoli)
        guard batch.sum(Int(batch[index].byteCount) &- start, of: index, from: start, into: &crc) else { return false }
        var result = batch.mutableHeader(of: index)
        result.storeNetwork32(crc.value.byteSwapped, at: field)
        return true
    }
}
