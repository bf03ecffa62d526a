// SPDX-License-Identifier: Apache-2.0

import HostSystem
import Intel82576
import Synchronization
import SystemPackage

/// Where a live capture waits for its reader: pcapng that grows in the port's thread, by a ``CaptureStream``, and is taken by
/// another.
final class CaptureTap: Sendable {
    struct Settings: Sendable {
        var filter = CaptureFilter.everything
        /// Bytes that are kept of each frame.
        var snapLength = Pcapng.longestFrame
        /// Bytes that may wait before a frame.
        var limit = 8 << 20
        /// VFs that the port may have.
        var virtualFunctions = 0
        /// What the capture is of, as in `kawela port a`.
        var hardware = "Intel 82576"
    }

    private struct Waiting {
        var blocks = GrowingBytes()
        /// Memory for the blocks to come.
        var spare = GrowingBytes()
        var hasEnded = false
    }

    /// Memory of taken blocks is kept up to so many bytes.
    private static let mostSpare = 1 << 20

    let settings: Settings
    /// Nanoseconds since 1970.
    let clock: @Sendable () -> UInt64
    private let event: Event
    private let waiting = Mutex(Waiting())

    /// - Parameter clock: nanoseconds since 1970.
    init(_ settings: Settings, clock: @escaping @Sendable () -> UInt64 = wallNanoseconds) throws(Errno) {
        (self.settings, self.clock) = (settings, clock)
        event = try Event()
    }

    /// Readable when there may be something to take.
    var descriptor: CInt { event.descriptor }
}

// MARK: The reader's thread

extension CaptureTap {
    /// Appends what was published since the last call to `output`.
    func take(into output: inout [UInt8]) {
        event.take()
        var taken = GrowingBytes()
        waiting.withLock { swap(&$0.blocks, &taken) }
        taken.append(to: &output)
        guard taken.capacity <= Self.mostSpare else { return }
        taken.removeAll()
        waiting.withLock { if $0.spare.capacity < taken.capacity { swap(&$0.spare, &taken) } }
    }

    /// The port's side has ended the capture: nothing comes after what ``take(into:)`` gives then.
    var hasEnded: Bool { waiting.withLock { $0.hasEnded } }
}

// MARK: The port's thread

extension CaptureTap {
    /// Takes over `blocks`, which is empty afterwards.
    /// - Returns: bytes that wait for the reader.
    func put(_ blocks: inout GrowingBytes, isLast: Bool = false) -> Int {
        let (wasEmpty, count) = waiting.withLock { waiting in
            let wasEmpty = waiting.blocks.count == 0
            if wasEmpty {
                swap(&waiting.blocks, &blocks)
                if blocks.capacity < waiting.spare.capacity { swap(&blocks, &waiting.spare) }
            } else {
                waiting.blocks.append(blocks)
            }
            blocks.removeAll()
            if isLast { waiting.hasEnded = true }
            return (wasEmpty, waiting.blocks.count)
        }
        if wasEmpty || isLast { event.signal() }
        return count
    }
}

/// Nanoseconds since 1970.
private func wallNanoseconds() -> UInt64 {
    let (seconds, nanoseconds) = wallClock()
    return UInt64(seconds) * 1_000_000_000 + UInt64(nanoseconds)
}
