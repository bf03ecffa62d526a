// SPDX-License-Identifier: Apache-2.0

import Glibc
import PCIe

/// The guest memory one function can reach by DMA: ranges of bus addresses, each inside a mapped file or reachable only
/// by messages to the client.
///
/// Guest memory is untrusted and may change at any time. Nothing here hands out a view of it; callers copy words out
/// once, or pass pointers to a copy or a `writev` within the batch. A range goes away only between batches.
@safe final class AddressSpace {
    /// As many ranges as QEMU offers at most (vfio-user `max_dma_maps`).
    static let maximumRanges = 65535

    let table = RangeTable()
    private var files = MappedFiles()
    /// Ranges without a file.
    private var messageRanges = 0
    /// The function's transport, which reaches the ranges without a file and takes the function's interrupts; `nil` while
    /// there is none.
    weak var host: (any FunctionHost)?

    deinit {
        // Their guards refer to the table.
        files.removeAll()
        table.deallocate()
    }
}

// MARK: Mapping

extension AddressSpace {
    /// All that is mapped is out of reach while `isReachable` is false.
    func setReachable(_ isReachable: Bool) {
        if isReachable { table.reveal() } else { table.hide() }
    }

    func map(_ mapping: DMAMapping) throws(DMAMappingError) {
        let isHidden = table.reveal()
        defer { if isHidden { table.hide() } }
        let (end, wraps) = mapping.address.addingReportingOverflow(mapping.size &- 1)
        guard mapping.size > 0, !wraps, mapping.address & 0xFFF == 0, mapping.size & 0xFFF == 0 else {
            throw .invalidRange
        }
        guard table.count < Self.maximumRanges else { throw .tooManyMappings }
        let position = table.firstRange(endingAtOrAfter: mapping.address)
        if let next = table[position], next.start <= end { throw .overlap }
        var range = unsafe RangeTable.Range(
            start: mapping.address, last: end, pointer: nil, isReadable: mapping.isReadable,
            isWritable: mapping.isWritable)
        if case .file(let descriptor, let offset) = mapping.backing {
            // SAFETY: the table is deallocated after the last file is gone, in deinit.
            let place = try unsafe files.place(
                of: descriptor, offset: offset, size: mapping.size, isWritable: mapping.isWritable, lost: table.lost)
            files.use(place.number)
            unsafe (range.pointer, range.file) = (place.pointer, place.number)
        } else {
            messageRanges += 1
        }
        table.insert(range, at: position)
    }

    /// The vfio-user specification wants each mapping named by itself. QEMU, whose emulated IOMMU drops a guest's whole
    /// domain at once, names a range around many or around none, as the kernel's VFIO takes it; mappings left behind
    /// would be reachable still and in the way of the next ones.
    func unmap(address: UInt64, size: UInt64) throws(DMAMappingError) -> UInt64 {
        let (last, overflow) = address.addingReportingOverflow(size &- 1)
        guard size > 0, !overflow else { throw .invalidRange }
        let isHidden = table.reveal()
        defer { if isHidden { table.hide() } }
        let first = table.firstRange(endingAtOrAfter: address)
        guard let range = table[first], range.start <= last else { return 0 }
        if range.start < address { throw .partlyInRange }
        if let end = table[table.firstRange(endingAtOrAfter: last)], end.last != last, end.start <= last {
            throw .partlyInRange
        }
        var removed: UInt64 = 0
        table.remove(from: first, through: last) { range in
            removed += range.last - range.start + 1
            if unsafe range.pointer == nil { messageRanges -= 1 } else { files.release(range.file) }
        }
        return removed
    }

    func unmapAll() {
        let isHidden = table.reveal()
        defer { if isHidden { table.hide() } }
        table.removeAll()
        files.removeAll()
        messageRanges = 0
    }
}

// MARK: Access

extension AddressSpace {
    /// The place of `byteCount` bytes at `address` in this process, when they lie in one range that has a file and the
    /// permission. `nil` sends the caller to ``read(_:_:into:)`` and ``write(_:_:from:)``, which know the other cases.
    @inline(__always)
    @unsafe func pointer(_ address: UInt64, _ byteCount: Int, forWriting: Bool) -> UnsafeMutableRawPointer? {
        unsafe table.pointer(address, byteCount, forWriting: forWriting)
    }

    /// Nothing that may need memory without a file is to be begun now: its client has kept the port waiting long enough.
    var isBusy: Bool { messageRanges > 0 && host?.canWait == false }

    /// Copies guest memory, in as many pieces as ranges are touched. False at the first byte that cannot be read.
    @unsafe func read(_ address: UInt64, _ byteCount: Int, into destination: UnsafeMutableRawPointer) -> Bool {
        unsafe transfer(address, byteCount, forWriting: false) { address, offset, count, pointer in
            if let pointer = unsafe pointer {
                unsafe (destination + offset).copyMemory(from: pointer, byteCount: count)
                return true
            }
            // SAFETY: the caller's buffer has byteCount bytes and offset + count <= byteCount.
            var span = unsafe MutableRawSpan(_unsafeStart: destination + offset, byteCount: count)
            return host?.readMemory(at: address, into: &span) ?? false
        }
    }

    /// Writes guest memory, in as many pieces as ranges are touched. False at the first byte that cannot be written.
    @unsafe func write(_ address: UInt64, _ byteCount: Int, from source: UnsafeRawPointer) -> Bool {
        unsafe transfer(address, byteCount, forWriting: true) { address, offset, count, pointer in
            if let pointer = unsafe pointer {
                unsafe pointer.copyMemory(from: source + offset, byteCount: count)
                return true
            }
            // SAFETY: the caller's buffer has byteCount bytes and offset + count <= byteCount.
            let span = unsafe RawSpan(_unsafeStart: source + offset, byteCount: count)
            return host?.writeMemory(at: address, span) ?? false
        }
    }

    /// Whether `byteCount` bytes at `address` are mapped with the permission, in as many ranges as it takes.
    func isMapped(_ address: UInt64, _ byteCount: Int, forWriting: Bool) -> Bool {
        // SAFETY: nothing is done with the places.
        unsafe transfer(address, byteCount, forWriting: forWriting) { _, _, _, _ in true }
    }

    private func transfer(
        _ address: UInt64, _ byteCount: Int, forWriting: Bool,
        _ piece: (_ address: UInt64, _ offset: Int, _ count: Int, _ pointer: UnsafeMutableRawPointer?) -> Bool
    ) -> Bool {
        var (offset, address) = (0, address)
        while offset < byteCount {
            guard let range = table[table.firstRange(endingAtOrAfter: address)], range.start <= address,
                forWriting ? range.isWritable : range.isReadable
            else { return false }
            let available = Int(clamping: (range.last &- address).addingReportingOverflow(1).partialValue)
            let count = available == 0 ? byteCount - offset : min(available, byteCount - offset)
            // SAFETY: address is inside the range, so the sum is inside its mapping.
            let place = unsafe range.pointer.map { unsafe $0 + Int(address &- range.start) }
            guard unsafe piece(address, offset, count, place) else { return false }
            offset += count
            address &+= UInt64(count)
        }
        return true
    }
}

// MARK: Words

extension AddressSpace {
    /// Two quadwords of a 16-byte descriptor, each read exactly once.
    @inline(__always)
    func descriptor(at address: UInt64) -> (low: UInt64, high: UInt64)? {
        // SAFETY: 16 readable bytes; descriptors are 16-byte aligned in the ring, checked by the mask of its base.
        if address & 7 == 0, let place = unsafe pointer(address, 16, forWriting: false) {
            return unsafe (loadLittleEndian(place), loadLittleEndian(place + 8))
        }
        var words = (UInt64(0), UInt64(0))
        let isRead = unsafe withUnsafeMutableBytes(of: &words) { unsafe read(address, 16, into: $0.baseAddress!) }
        return isRead ? (UInt64(littleEndian: words.0), UInt64(littleEndian: words.1)) : nil
    }

    /// Copies `count` descriptors at `address` into `buffer` from `first` on, each quadword read exactly once. False, and
    /// nothing copied, unless they lie in one range with a file.
    @inline(__always)
    func copyDescriptors<Descriptor: DescriptorFormat>(
        at address: UInt64, _ count: Int, to buffer: borrowing FixedBuffer<Descriptor>, from first: Int
    ) -> Bool {
        guard count > 0 else { return true }
        // SAFETY: 16 * count readable bytes, aligned.
        guard address & 7 == 0, let place = unsafe pointer(address, 16 &* count, forWriting: false) else {
            return false
        }
        for index in 0..<count {
            let low = unsafe loadLittleEndian(place + 16 &* index)
            let high = unsafe loadLittleEndian(place + 16 &* index + 8)
            buffer[first &+ index] = Descriptor(low: low, high: high)
        }
        return true
    }

    /// Writes a quadword after everything written before it.
    @inline(__always)
    func storeQuadword(_ value: UInt64, at address: UInt64) -> Bool {
        // SAFETY: 8 writable aligned bytes.
        if address & 7 == 0, let place = unsafe pointer(address, 8, forWriting: true) {
            unsafe storeRelease(value.littleEndian, to: place)
            return true
        }
        return unsafe withUnsafeBytes(of: value.littleEndian) { unsafe write(address, 8, from: $0.baseAddress!) }
    }

    /// Writes a doubleword after everything written before it.
    @inline(__always)
    func storeDoubleword(_ value: UInt32, at address: UInt64) -> Bool {
        // SAFETY: 4 writable aligned bytes.
        if address & 3 == 0, let place = unsafe pointer(address, 4, forWriting: true) {
            unsafe storeRelease(value.littleEndian, to: place)
            return true
        }
        return unsafe withUnsafeBytes(of: value.littleEndian) { unsafe write(address, 4, from: $0.baseAddress!) }
    }
}
