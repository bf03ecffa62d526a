extension MappedQueues {
    /// Puts what the queue registers say onto the clients' pages.
    /// - Parameter existing: functions whose pages show their registers, a bit each. Those of a VF that does not exist read
    ///   as zero.
    func publish(_ existing: UInt32) {
        var left = functions
        while left != 0 {
            let function = left.trailingZeroBitCount
            left &= left &- 1
            guard let pages = self[function] else { continue }
            if existing &>> UInt32(function) & 1 != 0 { publish(pages) } else { clear(pages) }
        }
    }

    private func publish(_ pages: QueuePages) {
        var lines = pages.outdatedLines(registers.words)
        while lines != 0 {
            let line = lines.trailingZeroBitCount
            lines &= lines &- 1
            let words = words(pages.layout.registers(of: line), isTransmit: pages.layout.isTransmit(line))
            pages.publish(words, in: line)
        }
    }

    private func words(_ offset: Int, isTransmit: Bool) -> QueueWords {
        var words = QueueWords(repeating: 0)
        for word in 0..<16 { words[word] = registers[word: offset / 4 &+ word] }
        if !isTransmit { words[QueuePages.Word.drops] = 0 }
        return words
    }

    private func clear(_ pages: QueuePages) {
        for line in 0..<pages.layout.lineCount { pages.publish(QueueWords(repeating: 0), in: line) }
    }
}
