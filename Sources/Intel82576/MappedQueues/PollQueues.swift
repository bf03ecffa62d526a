extension MappedQueues {
    /// Takes over what clients wrote to their pages. Whether there was anything.
    /// - Parameters:
    ///   - decoding: functions that take register writes, a bit each. What was written to the pages of another is lost.
    ///   - write: writes the register at an offset of the port's BAR 0.
    func poll(_ decoding: UInt32, write: (_ offset: Int, _ value: UInt32) -> Void) -> Bool {
        var (left, isChanged) = (functions, false)
        while left != 0 {
            let function = left.trailingZeroBitCount
            left &= left &- 1
            guard let pages = self[function] else { continue }
            var lines = pages.writtenLines
            isChanged = isChanged || lines != 0
            while lines != 0 {
                let line = lines.trailingZeroBitCount
                lines &= lines &- 1
                if decoding &>> UInt32(function) & 1 != 0 {
                    takeOver(line, of: pages, write)
                } else {
                    pages.ignore(line)
                }
            }
        }
        return isChanged
    }

    private func takeOver(_ line: Int, of pages: QueuePages, _ write: (Int, UInt32) -> Void) {
        let offset = pages.layout.registers(of: line)
        if let tail = pages.newTail(line) {
            pages.noteTail(tail, in: line)
            return write(offset + 4 * QueuePages.Word.tail, tail)
        }
        // Being written at this moment: the next poll finds it.
        guard let written = pages.stableLine(line) else { return }
        let change = LineChange(pages, line, written)
        pages.note(written, in: line)
        apply(change, at: offset, write)
    }

    /// Writes what changed: the tail last, so that it is never served with an older ring.
    ///
    /// A ring that changed under a queue that is enabled, before and after, means that the queue was disabled between two
    /// polls and enabled again: it is, so that nothing of the old ring is left. The head then counts as written whatever
    /// it is, for a driver may write one that is there already.
    private func apply(_ change: LineChange, at offset: Int, _ write: (Int, UInt32) -> Void) {
        func copy(_ word: Int) { write(offset + 4 * word, change.new[word]) }
        let control = offset + 4 * QueuePages.Word.control
        let stops = registers[word: control / 4] & LineChange.enable != 0 && (!change.isEnabled || change.isRingChanged)
        if stops { write(control, change.new[QueuePages.Word.control] & ~LineChange.enable) }
        for index in LineChange.plain.indices where change.isChanged(LineChange.plain[index]) {
            copy(LineChange.plain[index])
        }
        if change.isRingChanged || change.isChanged(QueuePages.Word.control) { copy(QueuePages.Word.head) }
        if stops ? change.isEnabled : change.isChanged(QueuePages.Word.control) { copy(QueuePages.Word.control) }
        if change.isChanged(QueuePages.Word.tail) { copy(QueuePages.Word.tail) }
    }
}

/// A line as a client left it, and where it differs from what was known.
private struct LineChange {
    /// ENABLE of TXDCTL and RXDCTL.
    static let enable: UInt32 = 1 << 25
    /// What is written before the head: SRRCTL; RXCTL or TXCTL; TDWBAH and TDWBAL; then the ring, base and length.
    static let plain: InlineArray<7, Int> = [3, 5, 15, 14, 1, 0, 2]

    let new: QueueWords
    private var changed: UInt32 = 0

    init(_ pages: QueuePages, _ line: Int, _ words: QueueWords) {
        new = words
        for word in 0..<16 where words[word] != pages.known(line, word) { changed |= 1 &<< UInt32(word) }
    }

    func isChanged(_ word: Int) -> Bool { changed &>> UInt32(word) & 1 != 0 }

    var isEnabled: Bool { new[QueuePages.Word.control] & Self.enable != 0 }
    /// Base, length or head.
    var isRingChanged: Bool { changed & (0b111 | 1 << 4) != 0 }
}
