import CKawela

/// The ranges of an ``AddressSpace``, sorted by address: what the data path looks guest addresses up in.
///
/// A plain value, so that handing it on counts no references. It is valid as long as its address space lives.
@safe struct RangeTable: BitwiseCopyable {
    @safe struct Range: BitwiseCopyable {
        var start: UInt64
        /// Address of the last byte.
        var last: UInt64
        /// `start`'s place in this process; nil for memory reached by messages.
        var pointer: UnsafeMutableRawPointer?
        var isReadable: Bool
        var isWritable: Bool
    }

    @safe private struct State {
        var ranges: UnsafeMutablePointer<Range>
        var capacity: Int
        var count = 0
        /// Where the last look-up ended: the next one is likely near.
        var recent = 0
        /// Memory behind a range went away; see ``RangeTable/takeLoss()``.
        var lost: CInt = 0
    }

    private let state: UnsafeMutablePointer<State>

    init() {
        unsafe state = .allocate(capacity: 1)
        unsafe state.initialize(to: State(ranges: .allocate(capacity: 16), capacity: 16))
    }

    /// For its address space alone, which is at its end.
    func deallocate() {
        // SAFETY: the owner does not use the table any more, and nobody else does without it.
        unsafe state.pointee.ranges.deallocate()
        unsafe state.deallocate()
    }

    /// What the SIGBUS guard of each file behind the ranges sets.
    @unsafe var lost: UnsafeMutablePointer<CInt> {
        // SAFETY: a field of a structure that lives at one place until `deallocate`.
        let offset = MemoryLayout<State>.offset(of: \.lost)!
        return unsafe (UnsafeMutableRawPointer(state) + offset).assumingMemoryBound(to: CInt.self)
    }

    /// Whether memory behind a range went away under an access since the last call.
    func takeLoss() -> Bool {
        guard unsafe kw_load32_acquire(lost) != 0 else { return false }
        unsafe state.pointee.lost = 0
        return true
    }

    var count: Int { @inline(__always) get { unsafe state.pointee.count } }

    subscript(index: Int) -> Range {
        @inline(__always) get {
            precondition(index >= 0 && index < count)
            return unsafe state.pointee.ranges[index]
        }
    }

    func insert(_ range: Range, at index: Int) {
        precondition(index >= 0 && index <= count)
        if unsafe count == state.pointee.capacity { grow() }
        let ranges = unsafe state.pointee.ranges
        // SAFETY: there is room for one more.
        unsafe (ranges + index + 1).update(from: ranges + index, count: count - index)
        unsafe (ranges + index).initialize(to: range)
        unsafe state.pointee.count += 1
        unsafe state.pointee.recent = 0
    }

    private func grow() {
        let (old, capacity) = unsafe (state.pointee.ranges, state.pointee.capacity * 2)
        unsafe state.pointee.ranges = .allocate(capacity: capacity)
        unsafe state.pointee.ranges.initialize(from: old, count: count)
        unsafe state.pointee.capacity = capacity
        unsafe old.deallocate()
    }

    /// Removes `removed` ranges from `index` on.
    func remove(_ removed: Int, at index: Int) {
        precondition(index >= 0 && removed >= 0 && removed <= count - index)
        let ranges = unsafe state.pointee.ranges
        // SAFETY: what is moved lies behind what is removed and before the end.
        unsafe (ranges + index).update(from: ranges + index + removed, count: count - index - removed)
        unsafe state.pointee.count -= removed
        unsafe state.pointee.recent = 0
    }

    func removeAll() {
        unsafe state.pointee.count = 0
        unsafe state.pointee.recent = 0
    }

    /// Index of the first range whose last byte is at `address` or above; `count` if none.
    func firstRange(endingAtOrAfter address: UInt64) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle].last < address { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

// MARK: Look-up

extension RangeTable {
    /// The place of `byteCount` bytes at `address` in this process, when they lie in one range that has a file and the
    /// permission.
    @inline(__always)
    @unsafe func pointer(_ address: UInt64, _ byteCount: Int, forWriting: Bool) -> UnsafeMutableRawPointer? {
        let recent = unsafe state.pointee.recent
        if recent < count {
            let range = unsafe state.pointee.ranges[recent]
            if range.start <= address, address <= range.last {
                return unsafe pointer(address, byteCount, forWriting, in: range)
            }
        }
        return unsafe searchedPointer(address, byteCount, forWriting)
    }

    @inline(never)
    private func searchedPointer(_ address: UInt64, _ byteCount: Int, _ forWriting: Bool) -> UnsafeMutableRawPointer? {
        let index = firstRange(endingAtOrAfter: address)
        guard index < count, self[index].start <= address else { return nil }
        unsafe state.pointee.recent = index
        return unsafe pointer(address, byteCount, forWriting, in: self[index])
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
}
