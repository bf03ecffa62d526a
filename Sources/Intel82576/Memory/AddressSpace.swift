import Glibc
import PCIe

/// The guest memory one function can reach by DMA: ranges of bus addresses, each inside a mapped file or reachable only
/// by messages to the client.
///
/// Guest memory is untrusted and may change at any time. Nothing here hands out a view of it; callers copy words out
/// once, or pass pointers to a copy or a `writev` within the batch. A range goes away only between batches.
@safe final class AddressSpace {
    @safe struct Range {
        var start: UInt64
        /// Address of the last byte.
        var last: UInt64
        /// `start`'s place in this process; nil for memory reached by messages.
        var pointer: UnsafeMutableRawPointer?
        var isReadable: Bool
        var isWritable: Bool
    }

    /// As many ranges as QEMU offers at most (vfio-user `max_dma_maps`).
    static let maximumRanges = 65535

    /// Sorted by address; `files` runs parallel to it.
    private var ranges: UnsafeMutableBufferPointer<Range>
    private var count = 0
    private var files: [MappedFile?] = []
    /// Where the last look-up ended: the next one is likely near.
    private var recent = 0
    /// Reaches the ranges without a file.
    weak var host: (any FunctionHost)?

    init() {
        unsafe ranges = .allocate(capacity: 16)
    }

    deinit { unsafe ranges.deallocate() }
}

// MARK: Mapping

extension AddressSpace {
    func map(_ mapping: DMAMapping) throws(DMAMappingError) {
        let (end, wraps) = mapping.address.addingReportingOverflow(mapping.size &- 1)
        guard mapping.size > 0, !wraps, mapping.address & 0xFFF == 0, mapping.size & 0xFFF == 0 else {
            throw .invalidRange
        }
        guard count < Self.maximumRanges else { throw .tooManyMappings }
        let index = firstRange(endingAtOrAfter: mapping.address)
        if index < count, unsafe ranges[index].start <= end { throw .overlap }
        var range = unsafe Range(
            start: mapping.address, last: end, pointer: nil, isReadable: mapping.isReadable,
            isWritable: mapping.isWritable)
        var file: MappedFile?
        if case .file(let descriptor, let offset) = mapping.backing {
            let found = try self.file(descriptor, offset: offset, for: mapping)
            // SAFETY: `file(_:offset:for:)` checked that the range lies inside the file.
            unsafe range.pointer = found.start + Int(offset)
            file = found
        }
        insert(range, file, at: index)
    }

    func unmap(address: UInt64, size: UInt64) throws(DMAMappingError) {
        let index = firstRange(endingAtOrAfter: address)
        guard size > 0, index < count, unsafe ranges[index].start == address,
            unsafe ranges[index].last == address &+ (size &- 1)
        else { throw .notMapped }
        for later in index..<(count - 1) { unsafe ranges[later] = ranges[later + 1] }
        count -= 1
        files.remove(at: index)
        recent = 0
    }

    func unmapAll() {
        count = 0
        files.removeAll()
        recent = 0
    }

    private func insert(_ range: Range, _ file: MappedFile?, at index: Int) {
        if unsafe count == ranges.count {
            let grown = UnsafeMutableBufferPointer<Range>.allocate(capacity: count * 2)
            for old in 0..<count { unsafe grown.initializeElement(at: old, to: ranges[old]) }
            unsafe ranges.deallocate()
            unsafe ranges = grown
        }
        for later in stride(from: count, to: index, by: -1) {
            unsafe ranges.initializeElement(at: later, to: ranges[later - 1])
        }
        unsafe ranges.initializeElement(at: index, to: range)
        files.insert(file, at: index)
        count += 1
        recent = 0
    }

    /// The mapping of the file behind `descriptor`, shared with the ranges that lie in it already.
    private func file(
        _ descriptor: CInt, offset: UInt64, for mapping: DMAMapping
    ) throws(DMAMappingError) -> MappedFile {
        let (size, identity) = try MappedFile.inspect(descriptor, isWritable: mapping.isWritable)
        let (end, overflow) = offset.addingReportingOverflow(mapping.size)
        guard !overflow, end <= size, end <= UInt64(Int.max) else { throw .unmappable(errno: ENXIO) }
        if let known = files.last(where: { $0?.identity == identity && $0!.size >= end }), let known { return known }
        return try MappedFile(descriptor, size: size, identity: identity)
    }

    /// Index of the first range whose last byte is at `address` or above; `count` if none.
    private func firstRange(endingAtOrAfter address: UInt64) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if unsafe ranges[middle].last < address { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

// MARK: Access

extension AddressSpace {
    /// The place of `byteCount` bytes at `address` in this process, when they lie in one range that has a file and the
    /// permission. `nil` sends the caller to ``read(_:_:into:)`` and ``write(_:_:from:)``, which know the other cases.
    @inline(__always)
    @unsafe func pointer(_ address: UInt64, _ byteCount: Int, forWriting: Bool) -> UnsafeMutableRawPointer? {
        if recent < count {
            let range = unsafe ranges[recent]
            if range.start <= address, address <= range.last {
                return unsafe pointer(address, byteCount, forWriting, in: range)
            }
        }
        return unsafe searchedPointer(address, byteCount, forWriting)
    }

    @inline(never)
    private func searchedPointer(_ address: UInt64, _ byteCount: Int, _ forWriting: Bool) -> UnsafeMutableRawPointer? {
        let index = firstRange(endingAtOrAfter: address)
        guard index < count, unsafe ranges[index].start <= address else { return nil }
        recent = index
        return unsafe pointer(address, byteCount, forWriting, in: ranges[index])
    }

    /// - Precondition: `address` lies in `range`.
    @inline(__always)
    private func pointer(
        _ address: UInt64, _ byteCount: Int, _ forWriting: Bool, in range: Range
    ) -> UnsafeMutableRawPointer? {
        guard forWriting ? range.isWritable : range.isReadable,
            UInt64(truncatingIfNeeded: byteCount) &- 1 <= range.last &- address,
            let start = unsafe range.pointer
        else { return nil }
        // SAFETY: address is inside the range and byteCount bytes from it end inside it, as just checked.
        return unsafe start + Int(truncatingIfNeeded: address &- range.start)
    }

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

    private func transfer(
        _ address: UInt64, _ byteCount: Int, forWriting: Bool,
        _ piece: (_ address: UInt64, _ offset: Int, _ count: Int, _ pointer: UnsafeMutableRawPointer?) -> Bool
    ) -> Bool {
        var (offset, address) = (0, address)
        while offset < byteCount {
            let index = firstRange(endingAtOrAfter: address)
            guard index < count, unsafe ranges[index].start <= address,
                unsafe forWriting ? ranges[index].isWritable : ranges[index].isReadable
            else { return false }
            let range = unsafe ranges[index]
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
    func copyDescriptors(
        at address: UInt64, _ count: Int, to buffer: borrowing FixedBuffer<TransmitDescriptor>, from first: Int
    ) -> Bool {
        guard count > 0 else { return true }
        // SAFETY: 16 * count readable bytes, aligned.
        guard address & 7 == 0, let place = unsafe pointer(address, 16 &* count, forWriting: false) else {
            return false
        }
        for index in 0..<count {
            let low = unsafe loadLittleEndian(place + 16 &* index)
            let high = unsafe loadLittleEndian(place + 16 &* index + 8)
            buffer[first &+ index] = TransmitDescriptor(
                bufferAddress: low, control: TransmitDescriptor.Control(raw: high))
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
