extension Port {
    /// Takes over what clients wrote to their pages. Whether there was anything.
    @discardableResult
    @inline(__always)
    public func look() -> Bool { mappedQueues.functions != 0 && lookAtPages() }

    private func lookAtPages() -> Bool {
        var (functions, found) = (mappedQueues.functions, false)
        while functions != 0 {
            let function = functions.trailingZeroBitCount
            functions &= functions &- 1
            guard let pages = mappedQueues[function] else { continue }
            var lines = pages.writtenLines
            found = found || lines != 0
            while lines != 0 {
                let line = lines.trailingZeroBitCount
                lines &= lines &- 1
                if takesWrites(function) { takeOver(line, of: pages) } else { pages.ignore(line) }
            }
        }
        return found
    }

    private func takeOver(_ line: Int, of pages: QueuePages) {
        let offset = pages.layout.registers(of: line)
        if let tail = pages.newTail(line) {
            pages.noteTail(tail, in: line)
            return writeRegister(offset + 4 * QueuePages.Word.tail, tail)
        }
        // Being written at this moment: the next look finds it.
        guard let written = pages.stableLine(line) else { return }
        let change = LineChange(pages, line, written)
        pages.note(written, in: line)
        apply(change, at: offset)
    }

    /// Writes what changed: the tail last, so that it is never served with an older ring.
    ///
    /// A ring that changed under a queue that is enabled, before and after, means that the queue was disabled between two
    /// looks and enabled again: it is, so that nothing of the old ring is left. The head then counts as written whatever
    /// it is, for a driver may write one that is there already.
    private func apply(_ change: LineChange, at offset: Int) {
        func write(_ word: Int, _ value: UInt32) { writeRegister(offset + 4 * word, value) }
        let control = offset + 4 * QueuePages.Word.control
        let stops = isEnabled(registers[word: control / 4]) && (!change.isEnabled || change.isRingChanged)
        if stops { writeRegister(control, change.new[QueuePages.Word.control] & ~LineChange.enable) }
        for index in LineChange.plain.indices {
            let word = LineChange.plain[index]
            if change.isChanged(word) { write(word, change.new[word]) }
        }
        if change.isRingChanged || change.isChanged(QueuePages.Word.control) {
            write(QueuePages.Word.head, change.new[QueuePages.Word.head])
        }
        if stops ? change.isEnabled : change.isChanged(QueuePages.Word.control) {
            writeRegister(control, change.new[QueuePages.Word.control])
        }
        if change.isChanged(QueuePages.Word.tail) { write(QueuePages.Word.tail, change.new[QueuePages.Word.tail]) }
    }

    private func isEnabled(_ control: UInt32) -> Bool { control & LineChange.enable != 0 }
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
