extension RegisterFile {
    /// The ring of receive queue `queue`; see ``ring(at:)``.
    @inline(__always)
    func receiveRing(_ queue: Int) -> Ring? { ring(at: RDBAL.offset &+ queue &* RDBAL.stride) }

    /// The ring of transmit queue `queue`; see ``ring(at:)``.
    @inline(__always)
    func transmitRing(_ queue: Int) -> Ring? { ring(at: TDBAL.offset &+ queue &* TDBAL.stride) }

    /// The ring whose registers start at `offset` (RDBAL or TDBAL of the queue). `nil` while base, length and tail do
    /// not describe a ring: length 0, or head or tail outside it.
    @inline(__always)
    private func ring(at offset: Int) -> Ring? {
        let word = offset / 4
        let count = Int(self[word: word + 2] & 0xFFFFF) / Ring.descriptorSize
        let head = Int(self[word: word + 4] & 0xFFFF)
        let tail = Int(self[word: word + 6] & 0xFFFF)
        guard head < count, tail < count else { return nil }
        let base = UInt64(self[word: word + 1]) << 32 | UInt64(self[word: word] & ~0x7F)
        return Ring(base: base, count: count, head: head, tail: tail)
    }
}
