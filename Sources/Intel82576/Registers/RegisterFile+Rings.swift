// SPDX-License-Identifier: Apache-2.0

extension Ring {
    /// `nil` while base, length and tail do not describe a ring: length 0, or head or tail outside it.
    @inline(__always)
    fileprivate init?(low: UInt32, high: UInt32, byteCount: Int, head: Int, tail: Int) {
        let count = byteCount / Ring.descriptorSize
        guard head < count, tail < count else { return nil }
        self.init(base: UInt64(high) << 32 | UInt64(low), count: count, head: head, tail: tail)
    }
}

extension RegisterFile {
    /// The ring of receive queue `queue`; `nil` while its registers describe none.
    @inline(__always)
    func receiveRing(_ queue: Int) -> Ring? {
        Ring(
            low: self[RDBAL.self, queue].address, high: self[RDBAH.self, queue].raw,
            byteCount: self[RDLEN.self, queue].byteCount, head: self[RDH.self, queue].index,
            tail: self[RDT.self, queue].index)
    }

    /// The ring of transmit queue `queue`; `nil` while its registers describe none.
    @inline(__always)
    func transmitRing(_ queue: Int) -> Ring? {
        Ring(
            low: self[TDBAL.self, queue].address, high: self[TDBAH.self, queue].raw,
            byteCount: self[TDLEN.self, queue].byteCount, head: self[TDH.self, queue].index,
            tail: self[TDT.self, queue].index)
    }
}
