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
        /// ``count`` of a table whose ranges are hidden.
        var hiddenCount: Int?
        /// The range where the last look-up ended: the next one is likely near.
        var recent = Recent()
        /// Memory behind a range went away; see ``RangeTable/takeLoss()``.
        var lost: CInt = 0
    }

    /// A range as look-ups want it.
    @safe private struct Recent {
        var start: UInt64 = 0
        /// Bytes from `start` on that may be read and lie in this process, and those that may be written.
        var readableCount: UInt64 = 0
        var writableCount: UInt64 = 0
        var pointer: UnsafeMutableRawPointer?

        init() {}

        init(_ range: Range) {
            unsafe (start, pointer) = (range.start, range.pointer)
            let byteCount = unsafe pointer == nil ? 0 : range.last &- range.start &+ 1
            readableCount = range.isReadable ? byteCount : 0
            writableCount = range.isWritable ? byteCount : 0
        }
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
        unsafe state.pointee.recent = Recent()
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
        unsafe state.pointee.recent = Recent()
    }

    func removeAll() {
        unsafe state.pointee.count = 0
        unsafe state.pointee.recent = Recent()
    }

    /// Hides the ranges, so that no look-up finds any, until ``reveal()``.
    func hide() {
        unsafe state.pointee.hiddenCount = state.pointee.hiddenCount ?? state.pointee.count
        removeAll()
    }

    /// Whether the ranges were hidden; they are not any more.
    @discardableResult
    func reveal() -> Bool {
        guard let hidden = unsafe state.pointee.hiddenCount else { return false }
        unsafe (state.pointee.count, state.pointee.hiddenCount) = (hidden, nil)
        return true
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
        let offset = unsafe address &- state.pointee.recent.start
        let limit = unsafe forWriting ? state.pointee.recent.writableCount : state.pointee.recent.readableCount
        guard offset < limit else { return unsafe searchedPointer(address, byteCount, forWriting) }
        // SAFETY: byteCount bytes from address on end inside the range, which has a file.
        guard UInt64(truncatingIfNeeded: byteCount) <= limit &- offset else { return nil }
        return unsafe state.pointee.recent.pointer.unsafelyUnwrapped + Int(truncatingIfNeeded: offset)
    }

    /// Brings `byteCount` bytes near that will be written soon, which another processor has read last. Only those of the
    /// range that the last look-up found.
    @inline(__always)
    func prefetch(_ address: UInt64, _ byteCount: Int) {
        let (offset, limit) = unsafe (address &- state.pointee.recent.start, state.pointee.recent.writableCount)
        guard offset < limit, UInt64(truncatingIfNeeded: byteCount) <= limit &- offset else { return }
        let start = unsafe state.pointee.recent.pointer.unsafelyUnwrapped + Int(truncatingIfNeeded: offset)
        var line = 0
        while line < byteCount {
            // SAFETY: a hint, which reads and writes nothing.
            unsafe kw_prefetch_for_writing(start + line)
            unsafe kw_prefetch_for_writing(start + line + 64)
            line &+= 128
        }
    }

    @inline(never)
    private func searchedPointer(_ address: UInt64, _ byteCount: Int, _ forWriting: Bool) -> UnsafeMutableRawPointer? {
        let index = firstRange(endingAtOrAfter: address)
        guard index < count, self[index].start <= address else { return nil }
        let range = self[index]
        let found = Recent(range)
        unsafe state.pointee.recent = found
        let (offset, limit) = (address &- range.start, forWriting ? found.writableCount : found.readableCount)
        guard offset < limit, UInt64(truncatingIfNeeded: byteCount) <= limit &- offset else { return nil }
        // SAFETY: as above.
        return unsafe found.pointer.map { unsafe $0 + Int(truncatingIfNeeded: offset) }
    }
}
