// SPDX-License-Identifier: Apache-2.0

/// Keeps a descriptor that does nothing but fail from being waited for without pause.
///
/// Poll reports an error on a descriptor each time until its owner closes it. An owner that does not, or that has to read
/// what came before the error first, gets ``failureLimit`` waits in a row; from then on one every ``retryInterval``.
struct ErrorBackoff {
    /// Failed waits in a row before a descriptor is held back.
    static let failureLimit = 64
    /// Nanoseconds between two waits for a descriptor that is held back.
    static let retryInterval: UInt64 = 100_000_000

    private struct Entry {
        var descriptor: CInt
        var failures = 0
        var heldUntil: UInt64 = 0
    }

    /// The descriptors that failed when last waited for: none, nearly always.
    private var entries: [Entry] = []

    /// Notes how a wait ended for `descriptor`, at `now` nanoseconds.
    mutating func note(_ descriptor: CInt, failed: Bool, at now: UInt64) {
        if !failed {
            if !entries.isEmpty { entries.removeAll { $0.descriptor == descriptor } }
            return
        }
        let index = entries.firstIndex { $0.descriptor == descriptor } ?? add(descriptor)
        entries[index].failures &+= 1
        if entries[index].failures >= Self.failureLimit { entries[index].heldUntil = now &+ Self.retryInterval }
    }

    private mutating func add(_ descriptor: CInt) -> Int {
        entries.append(Entry(descriptor: descriptor))
        return entries.count - 1
    }

    /// Whether `descriptor` is to be left out of a wait that begins at `now`.
    func holds(_ descriptor: CInt, at now: UInt64) -> Bool {
        !entries.isEmpty && entries.contains { $0.descriptor == descriptor && $0.heldUntil > now }
    }

    /// When the first held descriptor may be waited for again.
    func nextRelease(after now: UInt64) -> UInt64? {
        entries.isEmpty ? nil : entries.lazy.map(\.heldUntil).filter { $0 > now }.min()
    }

    /// Forgets descriptors that `isWatched` no longer knows.
    mutating func prune(_ isWatched: (CInt) -> Bool) {
        if !entries.isEmpty { entries.removeAll { !isWatched($0.descriptor) } }
    }
}
