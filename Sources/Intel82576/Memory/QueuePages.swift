import CKawela
import Glibc

/// The sixteen words of a queue's registers.
typealias QueueWords = InlineArray<16, UInt32>

/// Where a function's queue registers are in its BAR 0 and among the port's registers: lines of 64 bytes, those of the
/// receive queues first.
struct QueuePageLayout: BitwiseCopyable {
    static let pageSize = 4096
    static let lineSize = 64

    /// Lines at the same distance from each other, one a queue.
    struct Lines: BitwiseCopyable {
        /// Byte offset of the first one.
        var start: Int
        /// Bytes from one to the next.
        var stride: Int

        @inline(__always)
        func offset(of index: Int) -> Int { start &+ index &* stride }
    }

    var barSize: Int
    /// Queues of each kind.
    var count: Int
    /// The lines of receive and transmit queues in the BAR.
    var receive: Lines
    var transmit: Lines
    /// Those of the same queues among the port's registers.
    var receiveRegisters: Lines
    var transmitRegisters: Lines

    var lineCount: Int { 2 &* count }

    /// The pages that a client may map.
    var areas: [Range<Int>] {
        [receive.start, transmit.start].map { $0 & ~(Self.pageSize - 1) }.map { $0..<($0 + Self.pageSize) }
    }

    @inline(__always)
    func isTransmit(_ line: Int) -> Bool { line >= count }

    /// Offset of a line in the BAR.
    @inline(__always)
    func offset(of line: Int) -> Int {
        line < count ? receive.offset(of: line) : transmit.offset(of: line &- count)
    }

    /// Offset of a line among the port's registers.
    @inline(__always)
    func registers(of line: Int) -> Int {
        line < count ? receiveRegisters.offset(of: line) : transmitRegisters.offset(of: line &- count)
    }
}

/// A function's queue registers in memory that its client maps, and what was last seen or put there.
///
/// The client may write any of it at any time: every word is read once and not trusted, and put back only where what was
/// seen is still there. A plain value, so that using it counts no references; its maker calls ``close()``.
@safe struct QueuePages: BitwiseCopyable {
    /// Places of words in a line, the same for both kinds.
    enum Word {
        static let head = 4
        static let tail = 6
        static let control = 10
        /// RQDPC, of receive queues.
        static let drops = 12
    }

    /// Reads of a line until two in a row have to be the same.
    private static let attempts = 4

    let layout: QueuePageLayout
    let descriptor: CInt
    /// The BAR's file, mapped from its beginning.
    private let bar: UnsafeMutableRawPointer
    /// What is known of each line.
    private let known: UnsafeMutablePointer<UInt32>

    /// Makes the memory, all zero. `nil` when the host has none, or no descriptor, left.
    init?(_ layout: QueuePageLayout) {
        let file = unsafe kw_memfd_sealed("kawela-queues", layout.barSize)
        guard file >= 0 else { return nil }
        // SAFETY: a fresh mapping of the whole file, which can be neither cut nor grown; unmapped in `close` alone.
        let mapped = unsafe mmap(nil, layout.barSize, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
        guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else {
            _ = Glibc.close(file)
            return nil
        }
        (self.layout, descriptor) = (layout, file)
        unsafe bar = mapped
        let lines = UnsafeMutableRawPointer.allocate(
            byteCount: layout.lineCount * QueuePageLayout.lineSize, alignment: QueuePageLayout.lineSize)
        unsafe known = lines.initializeMemory(as: UInt32.self, repeating: 0, count: layout.lineCount * 16)
    }

    /// For its maker alone, which forgets it.
    func close() {
        // SAFETY: nobody uses the memory any more; a client's own mapping of it stays valid.
        unsafe munmap(bar, layout.barSize)
        unsafe known.deallocate()
        _ = Glibc.close(descriptor)
    }

    @inline(__always)
    private func place(_ line: Int, _ word: Int) -> UnsafeMutableRawPointer {
        precondition(line >= 0 && line < layout.lineCount && word >= 0 && word < 16)
        return unsafe bar + (layout.offset(of: line) &+ 4 &* word)
    }

    @inline(__always)
    private func load(_ line: Int, _ word: Int) -> UInt32 {
        // SAFETY: `place` checked line and word; all lines of a layout lie in its BAR.
        UInt32(littleEndian: unsafe kw_load32_acquire(place(line, word)))
    }

    /// What was last seen or put there.
    @inline(__always)
    func known(_ line: Int, _ word: Int) -> UInt32 {
        precondition(line >= 0 && line < layout.lineCount && word >= 0 && word < 16)
        return unsafe known[16 &* line &+ word]
    }

    @inline(__always)
    private func setKnown(_ line: Int, _ word: Int, _ value: UInt32) {
        precondition(line >= 0 && line < layout.lineCount && word >= 0 && word < 16)
        unsafe known[16 &* line &+ word] = value
    }
}

// MARK: What the client wrote

extension QueuePages {
    /// Lines the client has written to since they were last seen, a bit each.
    @inline(__always)
    var writtenLines: UInt32 {
        let (count, size) = (UInt32(truncatingIfNeeded: layout.count), QueuePageLayout.lineSize)
        // SAFETY: `count` lines of each kind lie in the BAR and in `known`, as the layout says.
        let receive = unsafe kw_changed_lines(bar + layout.receive.start, layout.receive.stride, known, size, count)
        let transmit = unsafe kw_changed_lines(
            bar + layout.transmit.start, layout.transmit.stride, known + 16 &* layout.count, size, count)
        return receive | transmit &<< count
    }

    /// The tail, when it is all that was written; it was read before the rest.
    @inline(__always)
    func newTail(_ line: Int) -> UInt32? {
        let tail = load(line, Word.tail)
        for word in 0..<16 where word != Word.tail && load(line, word) != known(line, word) { return nil }
        return tail
    }

    /// A line as it was at one moment, as far as the order of the client's writes tells: it was read twice, the same both
    /// times. `nil` while the client goes on writing.
    ///
    /// A driver disables a queue before it changes its ring, and enables it last. ENABLE is read first. So if the first
    /// reading had found ENABLE as before and then a word of the new ring, the second would find ENABLE gone, or all of
    /// the new ring.
    func stableLine(_ line: Int) -> QueueWords? {
        var first = words(line)
        for _ in 1..<Self.attempts {
            let second = words(line)
            var isSame = true
            for word in 0..<16 where first[word] != second[word] { isSame = false }
            if isSame { return second }
            first = second
        }
        return nil
    }

    /// ENABLE and the tail first.
    private func words(_ line: Int) -> QueueWords {
        var words = QueueWords(repeating: 0)
        words[Word.control] = load(line, Word.control)
        words[Word.tail] = load(line, Word.tail)
        for word in 0..<16 where word != Word.control && word != Word.tail { words[word] = load(line, word) }
        return words
    }

    /// Notes that `words` have been seen.
    func note(_ words: QueueWords, in line: Int) {
        for word in 0..<16 { setKnown(line, word, words[word]) }
    }

    @inline(__always)
    func noteTail(_ tail: UInt32, in line: Int) { setKnown(line, Word.tail, tail) }

    /// Takes note of what is in a line without acting on it.
    func ignore(_ line: Int) { note(words(line), in: line) }
}

// MARK: What the client is to read

extension QueuePages {
    /// Lines that differ from the port's registers, a bit each. RQDPC, which reads as zero on the pages, counts too.
    @inline(__always)
    func outdatedLines<let words: Int>(_ registers: WordStorage<words>) -> UInt32 {
        let (count, size) = (UInt32(truncatingIfNeeded: layout.count), QueuePageLayout.lineSize)
        let (receive, transmit) = (layout.receiveRegisters, layout.transmitRegisters)
        // SAFETY: `count` lines lie in `known`; the lines of all queues lie among the registers, as the layout says.
        let receiving = unsafe kw_changed_lines(registers.bytes + receive.start, receive.stride, known, size, count)
        let sending = unsafe kw_changed_lines(
            registers.bytes + transmit.start, transmit.stride, known + 16 &* layout.count, size, count)
        return receiving | sending &<< count
    }

    /// Puts `words` where something else is known to be. What the client wrote meanwhile stays, and is found by the next
    /// poll.
    func publish(_ words: QueueWords, in line: Int) {
        for word in 0..<16 where words[word] != known(line, word) {
            if word == Word.head {
                publishHead(words[word], in: line)
            } else if replace(line, word, known(line, word), by: words[word]) {
                setKnown(line, word, words[word])
            }
        }
    }

    /// A driver that has disabled the queue may already have written a head that looks the same as the one known; it must
    /// not be lost under one that the queue reached before. So once the control word is not the known one, the head is
    /// left alone, or put back as it was.
    private func publishHead(_ head: UInt32, in line: Int) {
        let (before, control) = (known(line, Word.head), known(line, Word.control))
        guard load(line, Word.control) == control, replace(line, Word.head, before, by: head) else { return }
        if load(line, Word.control) == control {
            setKnown(line, Word.head, head)
        } else {
            _ = replace(line, Word.head, head, by: before)
        }
    }

    private func replace(_ line: Int, _ word: Int, _ expected: UInt32, by value: UInt32) -> Bool {
        // SAFETY: `place` checked line and word.
        unsafe kw_replace32(place(line, word), expected.littleEndian, value.littleEndian)
    }
}
