// Packets in one buffer, to be sent as they are or with checksums inserted: what most packets are that are not segmented.

extension Port {
    /// Appends the plain packets that `transmitDescriptors` has from `first` on, up to the first one that is not or that the
    /// batch has no room for. How many descriptors are done with.
    @inline(__always)
    func appendPlainPackets(_ queue: Int, _ first: Int, _ fetched: Int) -> Int {
        let control = transmitDescriptors[first].control
        guard transmit.takesPlain, control.isWholePacket else { return 0 }
        return control.insertsChecksums || transmit.checksSpoofing
            ? appendPlainPacket(queue, first) : appendRun(queue, first, fetched)
    }

    /// Packets that nothing is to be done to.
    private func appendRun(_ queue: Int, _ first: Int, _ fetched: Int) -> Int {
        let (count, byteCount) = transmitBatch.appendPlainPackets(
            transmitDescriptors, first, fetched, ranges(of: queue),
            sourcePool: transmit.hasPools ? UInt8(truncatingIfNeeded: queue & 7) : 0xFF,
            shortest: shortestPlain, limit: Transmit.batchBytes)
        transmit.batchedBytes &+= byteCount
        return count
    }

    /// One packet that is to be checked, or to be given checksums.
    private func appendPlainPacket(_ queue: Int, _ index: Int) -> Int {
        let (control, address) = (transmitDescriptors[index].control, transmitDescriptors[index].bufferAddress)
        let context = transmitContexts[2 &* queue &+ control.contextIndex]
        // All that is patched lies in the header.
        guard context.l4Offset &+ 20 <= FrameBatch.headerLength || !control.insertsChecksums,
            transmitBatch.appendPlainPacket(control.length, at: address, ranges(of: queue), shortest: shortestPlain)
        else { return 0 }
        let byteCount = control.length
        if transmit.hasPools, !admitFromPool(queue, byteCount: byteCount) { return 1 }
        if control.insertsChecksums {
            let insertion = ChecksumInsertion(
                macLength: context.macLength, ipLength: context.ipLength,
                insertsIPChecksum: control.insertsIPChecksum && context.isIPv4,
                transport: control.insertsL4Checksum ? context.l4 : nil)
            insertChecksums(insertion)
        }
        transmit.batchedBytes &+= byteCount
        return 1
    }

    /// Shorter ones have to be padded.
    private var shortestPlain: Int { registers[TCTL.self].padsShortPackets ? 60 : 1 }
}
