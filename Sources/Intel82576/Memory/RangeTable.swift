// SPDX-License-Identifier: Apache-2.0

import CKawela

/// The ranges of an ``AddressSpace``, sorted by address: what the data path looks guest addresses up in.
///
/// They lie in chunks of bounded size, so that a range comes or goes by moving its neighbours in one chunk, however many
/// there are; both levels are searched by halves. Chunks are used again, so a client that maps and unmaps all the time has
/// nothing allocated.
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
        /// Number of the file in ``MappedFiles``; of no meaning for memory reached by messages.
        var file: UInt16 = 0
    }

    /// Where a range is, until one comes or goes.
    struct Position {
        fileprivate var chunk: Int
        fileprivate var index: Int
    }

    /// Neighbouring ranges: 1 to ``capacity``.
    @safe private struct Chunk: BitwiseCopyable {
        static let capacity = 128

        var ranges: UnsafeMutablePointer<Range>
        var count = 0
        /// Address of the last byte of the last range, which chunks are searched by.
        var last: UInt64 = 0
    }

    @safe private struct State {
        var chunks: UnsafeMutablePointer<Chunk>
        var chunkCapacity: Int
        /// Of ``chunks``; 0 while the ranges are hidden.
        var chunkCount = 0
        /// ``chunkCount`` of a table whose ranges are hidden.
        var hiddenCount: Int?
        /// Of ranges, hidden or not.
        var count = 0
        /// Memory of chunks that are gone: a list by the field `pointer` of the first range of each.
        var spare: UnsafeMutablePointer<Range>?
        var spareCount = 0
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

    /// Chunks that are kept for later when they are empty.
    private static let spareLimit = 16

    private let state: UnsafeMutablePointer<State>

    init() {
        unsafe state = .allocate(capacity: 1)
        unsafe state.initialize(to: State(chunks: .allocate(capacity: 16), chunkCapacity: 16))
    }

    /// For its address space alone, which is at its end.
    func deallocate() {
        reveal()
        removeAll()
        // SAFETY: the owner does not use the table any more, and nobody else does without it.
        while let spare = unsafe takeSpare() { unsafe spare.deallocate() }
        unsafe state.pointee.chunks.deallocate()
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

    /// How many ranges there are, hidden ones too.
    var count: Int { @inline(__always) get { unsafe state.pointee.count } }

    /// Hides the ranges, so that no look-up finds any, until ``reveal()``.
    func hide() {
        unsafe state.pointee.hiddenCount = state.pointee.hiddenCount ?? state.pointee.chunkCount
        unsafe state.pointee.chunkCount = 0
        unsafe state.pointee.recent = Recent()
    }

    /// Whether the ranges were hidden; they are not any more.
    @discardableResult
    func reveal() -> Bool {
        guard let hidden = unsafe state.pointee.hiddenCount else { return false }
        unsafe (state.pointee.chunkCount, state.pointee.hiddenCount) = (hidden, nil)
        return true
    }
}

// MARK: Chunks

extension RangeTable {
    /// Chunks in which ranges are found now.
    var chunkCount: Int { @inline(__always) get { unsafe state.pointee.chunkCount } }

    private subscript(chunk index: Int) -> Chunk {
        @inline(__always) get {
            precondition(index >= 0 && index < chunkCount)
            return unsafe state.pointee.chunks[index]
        }
        nonmutating set {
            precondition(index >= 0 && index < chunkCount)
            unsafe state.pointee.chunks[index] = newValue
        }
    }

    /// Inserts an empty chunk as number `index`.
    private func insertChunk(at index: Int) {
        precondition(index >= 0 && index <= chunkCount)
        if unsafe chunkCount == state.pointee.chunkCapacity { grow() }
        let place = unsafe state.pointee.chunks + index
        // SAFETY: there is room for one more.
        unsafe (place + 1).update(from: place, count: chunkCount - index)
        unsafe place.initialize(to: Chunk(ranges: takeSpare() ?? .allocate(capacity: Chunk.capacity)))
        unsafe state.pointee.chunkCount += 1
    }

    private func grow() {
        let (old, capacity) = unsafe (state.pointee.chunks, state.pointee.chunkCapacity * 2)
        unsafe state.pointee.chunks = .allocate(capacity: capacity)
        unsafe state.pointee.chunks.initialize(from: old, count: chunkCount)
        unsafe state.pointee.chunkCapacity = capacity
        unsafe old.deallocate()
    }

    /// Removes the chunks `removed`, whose ranges are gone or elsewhere.
    private func removeChunks(_ removed: Swift.Range<Int>) {
        precondition(removed.lowerBound >= 0 && removed.upperBound <= chunkCount)
        for index in removed { unsafe release(self[chunk: index].ranges) }
        let place = unsafe state.pointee.chunks + removed.lowerBound
        // SAFETY: what is moved lies behind what is removed and before the end.
        unsafe place.update(from: place + removed.count, count: chunkCount - removed.upperBound)
        unsafe state.pointee.chunkCount -= removed.count
    }

    @unsafe private func takeSpare() -> UnsafeMutablePointer<Range>? {
        guard let spare = unsafe state.pointee.spare else { return nil }
        unsafe state.pointee.spare = spare.pointee.pointer?.assumingMemoryBound(to: Range.self)
        unsafe state.pointee.spareCount -= 1
        return unsafe spare
    }

    @unsafe private func release(_ ranges: UnsafeMutablePointer<Range>) {
        guard unsafe state.pointee.spareCount < Self.spareLimit else { return unsafe ranges.deallocate() }
        let next = unsafe UnsafeMutableRawPointer(state.pointee.spare)
        let link = unsafe Range(start: 0, last: 0, pointer: next, isReadable: false, isWritable: false)
        unsafe ranges.initialize(to: link)
        unsafe state.pointee.spare = ranges
        unsafe state.pointee.spareCount += 1
    }

    /// Puts the ranges of chunk `index` from `kept` on into a new one behind it.
    private func split(_ index: Int, keeping kept: Int) {
        insertChunk(at: index + 1)
        var (lower, upper) = (self[chunk: index], self[chunk: index + 1])
        upper.count = lower.count - kept
        // SAFETY: a new chunk has room for all of another's.
        unsafe upper.ranges.initialize(from: lower.ranges + kept, count: upper.count)
        (upper.last, lower.count) = (lower.last, kept)
        lower.last = unsafe lower.ranges[kept - 1].last
        (self[chunk: index], self[chunk: index + 1]) = (lower, upper)
    }

    /// Joins chunk `index` and the next if both have no more than half a chunk's ranges together: so there are at most four
    /// times as many chunks as the ranges need. False if they stay as they are.
    private func join(_ index: Int) -> Bool {
        guard index >= 0, index + 1 < chunkCount else { return false }
        var (lower, upper) = (self[chunk: index], self[chunk: index + 1])
        guard lower.count + upper.count <= Chunk.capacity / 2 else { return false }
        // SAFETY: there is room, as was just checked.
        unsafe (lower.ranges + lower.count).initialize(from: upper.ranges, count: upper.count)
        (lower.count, lower.last) = (lower.count + upper.count, upper.last)
        self[chunk: index] = lower
        removeChunks(index + 1..<index + 2)
        return true
    }
}

// MARK: Change

extension RangeTable {
    /// Inserts a range that touches no other.
    /// - Parameter position: that of the first range behind it, where ``firstRange(endingAtOrAfter:)`` found it.
    func insert(_ range: Range, at position: Position) {
        var position = position
        if chunkCount == 0 { insertChunk(at: 0) }
        if position.chunk == chunkCount {
            position = Position(chunk: chunkCount - 1, index: self[chunk: chunkCount - 1].count)
        }
        if self[chunk: position.chunk].count == Chunk.capacity { makeRoom(at: &position) }
        var chunk = self[chunk: position.chunk]
        precondition(position.index >= 0 && position.index <= chunk.count && chunk.count < Chunk.capacity)
        let place = unsafe chunk.ranges + position.index
        // SAFETY: there is room for one more.
        unsafe (place + 1).update(from: place, count: chunk.count - position.index)
        unsafe place.initialize(to: range)
        chunk.count += 1
        if position.index == chunk.count - 1 { chunk.last = range.last }
        self[chunk: position.chunk] = chunk
        unsafe state.pointee.count += 1
    }

    /// Splits the full chunk of `position`; at its end by leaving it full, so that ranges that come in order fill chunks.
    private func makeRoom(at position: inout Position) {
        let kept = position.index == Chunk.capacity ? Chunk.capacity : Chunk.capacity / 2
        split(position.chunk, keeping: kept)
        if position.index >= kept { position = Position(chunk: position.chunk + 1, index: position.index - kept) }
    }

    /// Removes the ranges from `position` on that end at `last` or before, and hands each to `note`.
    func remove(from position: Position, through last: UInt64, _ note: (Range) -> Void) {
        var (number, index) = (position.chunk, position.index)
        while number < chunkCount {
            let isWhole = removeFromChunk(number, index, last, note)
            if !isWhole { break }
            (number, index) = (number + 1, 0)
        }
        let isKept = position.chunk < chunkCount && self[chunk: position.chunk].count > 0
        let firstEmpty = isKept ? position.chunk + 1 : position.chunk
        if firstEmpty < number { removeChunks(firstEmpty..<number) }
        // Those that have become smaller, or have got another neighbour.
        var first = max(0, firstEmpty - 2)
        for _ in 0..<3 where !join(first) { first += 1 }
        unsafe state.pointee.recent = Recent()
    }

    /// Removes the ranges of chunk `number` from `index` on that end at `last` or before. Whether these were all from there.
    private func removeFromChunk(_ number: Int, _ index: Int, _ last: UInt64, _ note: (Range) -> Void) -> Bool {
        var chunk = self[chunk: number]
        precondition(index >= 0 && index <= chunk.count)
        var end = index
        while end < chunk.count, unsafe chunk.ranges[end].last <= last {
            unsafe note(chunk.ranges[end])
            end += 1
        }
        let (removed, left) = (end - index, chunk.count - end)
        // SAFETY: what is moved lies behind what is removed and before the end.
        unsafe (chunk.ranges + index).update(from: chunk.ranges + end, count: left)
        chunk.count -= removed
        if chunk.count > 0 { chunk.last = unsafe chunk.ranges[chunk.count - 1].last }
        self[chunk: number] = chunk
        unsafe state.pointee.count -= removed
        return left == 0
    }

    /// Removes all ranges, which must not be hidden.
    func removeAll() {
        removeChunks(0..<chunkCount)
        unsafe state.pointee.count = 0
        unsafe state.pointee.recent = Recent()
    }
}

// MARK: Look-up

extension RangeTable {
    /// The range at `position`; `nil` behind the last.
    subscript(position: Position) -> Range? {
        @inline(__always) get {
            guard position.chunk < chunkCount else { return nil }
            let chunk = self[chunk: position.chunk]
            precondition(position.index >= 0 && position.index < chunk.count)
            return unsafe chunk.ranges[position.index]
        }
    }

    /// Where the first range is whose last byte is at `address` or above; behind the last if none is.
    func firstRange(endingAtOrAfter address: UInt64) -> Position {
        var (low, high) = (0, chunkCount)
        while low < high {
            let middle = (low + high) / 2
            if self[chunk: middle].last < address { low = middle + 1 } else { high = middle }
        }
        guard low < chunkCount else { return Position(chunk: low, index: 0) }
        let chunk = self[chunk: low]
        var (first, end) = (0, chunk.count - 1)
        while first < end {
            let middle = (first + end) / 2
            // SAFETY: below the chunk's count.
            if unsafe chunk.ranges[middle].last < address { first = middle + 1 } else { end = middle }
        }
        return Position(chunk: low, index: first)
    }

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
        guard let range = self[firstRange(endingAtOrAfter: address)], range.start <= address else { return nil }
        let found = Recent(range)
        unsafe state.pointee.recent = found
        let (offset, limit) = (address &- range.start, forWriting ? found.writableCount : found.readableCount)
        guard offset < limit, UInt64(truncatingIfNeeded: byteCount) <= limit &- offset else { return nil }
        // SAFETY: as above.
        return unsafe found.pointer.map { unsafe $0 + Int(truncatingIfNeeded: offset) }
    }
}
