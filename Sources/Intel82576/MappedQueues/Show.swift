extension Port {
    /// Puts what the queue registers say onto the clients' pages.
    @inline(__always)
    func showQueues() {
        if mappedQueues.functions != 0 { showPages() }
    }

    private func showPages() {
        var functions = mappedQueues.functions
        while functions != 0 {
            let function = functions.trailingZeroBitCount
            functions &= functions &- 1
            guard let pages = mappedQueues[function] else { continue }
            if isVisible(function) { show(pages) } else { hide(pages) }
        }
    }

    private func show(_ pages: QueuePages) {
        var lines = pages.outdatedLines(registers)
        while lines != 0 {
            let line = lines.trailingZeroBitCount
            lines &= lines &- 1
            pages.show(words(pages.layout.registers(of: line), isTransmit: pages.layout.isTransmit(line)), in: line)
        }
    }

    private func words(_ offset: Int, isTransmit: Bool) -> QueueWords {
        var words = QueueWords(repeating: 0)
        for word in 0..<16 { words[word] = registers[word: offset / 4 &+ word] }
        if !isTransmit { words[QueuePages.Word.drops] = 0 }
        return words
    }

    /// A VF that does not exist reads as zero.
    private func hide(_ pages: QueuePages) {
        for line in 0..<pages.layout.lineCount { pages.show(QueueWords(repeating: 0), in: line) }
    }
}
