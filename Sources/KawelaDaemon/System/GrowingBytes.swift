// SPDX-License-Identifier: Apache-2.0

/// Bytes that grow at their end, in memory that is used again.
struct GrowingBytes: Sendable {
    /// The first ``count`` bytes are in use.
    private var storage: [UInt8] = []
    private(set) var count = 0

    /// Bytes for which there is memory.
    var capacity: Int { storage.count }

    /// Forgets the bytes, but not the memory.
    mutating func removeAll() { count = 0 }

    func append(to bytes: inout [UInt8]) { bytes += storage[..<count] }

    mutating func append(_ other: GrowingBytes) {
        let start = grow(by: other.count)
        storage.replaceSubrange(start..<count, with: other.storage[..<other.count])
    }

    /// Adds `byteCount` bytes of any value.
    /// - Returns: where they begin.
    @discardableResult
    mutating func grow(by byteCount: Int) -> Int {
        let missing = count + byteCount - storage.count
        if missing > 0 { storage += [UInt8](repeating: 0, count: max(missing, storage.count, 4096)) }
        defer { count += byteCount }
        return count
    }

    /// Has `body` write bytes, whose places count from the first.
    @inline(__always)
    mutating func write(_ body: (inout MutableRawSpan) -> Void) {
        var span = storage.mutableSpan
        // SAFETY: every bit pattern is a valid byte.
        var bytes = unsafe span.mutableBytes
        body(&bytes)
    }
}
