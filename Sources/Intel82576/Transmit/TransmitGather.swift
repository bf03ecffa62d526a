// SPDX-License-Identifier: Apache-2.0

extension FrameBatch {
    /// Makes one frame of the buffers of descriptors `packet`: the first `request.headerLength` bytes copied into
    /// the header, with the VLAN tag inserted, the rest by reference. Anything but `.done` leaves the batch as it was.
    mutating func gather(
        _ request: TransmitRequest, _ descriptors: borrowing FixedBuffer<TransmitDescriptor>,
        _ packet: ClosedRange<Int>, _ memory: AddressSpace, tagTypes: TagTypes
    ) -> GatherResult {
        let (start, end) = (packet.lowerBound, packet.upperBound)
        let tagLength = request.vlanTag == nil ? 0 : 4
        // Room for padding too.
        let headerBytes = max(60, request.headerLength + tagLength)
        guard beginFrame(segments: end - start + 2, headerBytes: headerBytes) else { return .full }
        if tagLength == 0, descriptors[start].control.length >= request.headerLength {
            let first = descriptors[start]
            let result = addBuffer(first.bufferAddress, first.control.length, request.headerLength, of: memory)
            if result != .done { return cancel(result) }
            return start == end ? .done : append(descriptors, start + 1, 0, end, memory)
        }
        var header = addHeader(request.headerLength + tagLength)
        var (index, used, filled) = (start, 0, 0)
        while filled < request.headerLength, index <= end {
            let descriptor = descriptors[index]
            let count = min(descriptor.control.length - used, request.headerLength - filled)
            guard memory.copy(descriptor.bufferAddress &+ UInt64(used), count, to: &header, at: tagLength + filled)
            else {
                return cancel(.fault)
            }
            filled += count
            used += count
            if used == descriptor.control.length { (index, used) = (index + 1, 0) }
        }
        if let tag = request.vlanTag { header.insertVLANTag(tag, tagTypes) }
        return append(descriptors, index, used, end, memory)
    }

    /// Adds the buffers from byte `used` of descriptor `index` on, by reference.
    private mutating func append(
        _ descriptors: borrowing FixedBuffer<TransmitDescriptor>, _ index: Int, _ used: Int, _ end: Int,
        _ memory: AddressSpace
    ) -> GatherResult {
        var (index, used) = (index, used)
        while index <= end {
            let descriptor = descriptors[index]
            let count = descriptor.control.length - used
            if count > 0 {
                let result = addGuestMemory(descriptor.bufferAddress &+ UInt64(used), count, of: memory)
                if result != .done { return cancel(result) }
            }
            (index, used) = (index + 1, 0)
        }
        return .done
    }

    private mutating func cancel(_ result: GatherResult) -> GatherResult {
        cancelFrame()
        return result
    }

    /// Appends zeros to the frame begun last until it is `byteCount` bytes long.
    mutating func padLastFrame(to byteCount: Int) {
        let missing = byteCount - Int(self[count - 1].byteCount)
        guard missing > 0, hasSegmentRoom, hasHeaderRoom(missing) else { return }
        var padding = addHeader(missing)
        for offset in 0..<missing { padding.storeBytes(of: 0, toByteOffset: offset, as: UInt8.self) }
    }
}

extension MutableRawSpan {
    /// Moves what the tag stands behind to the front, over the four bytes left free there: the two addresses, with
    /// EXT_VLAN the outer tag too.
    /// - Precondition: both addresses are there.
    mutating func insertVLANTag(_ tag: UInt16, _ types: TagTypes) {
        let hasOuter = types.isExtended && byteCount >= 20 && bytes.network16(at: 16) == types.outer
        let place = hasOuter ? 16 : 12
        for offset in 0..<place { storeBytes(of: bytes.byte(at: offset + 4), toByteOffset: offset, as: UInt8.self) }
        storeNetwork16(types.inner, at: place)
        storeNetwork16(tag, at: place + 2)
    }
}
