// SPDX-License-Identifier: Apache-2.0

import HostSystem

/// Descriptors received with messages that have not been handled yet, by the message's position in the stream.
struct ReceivedDescriptors {
    private var batches: [(position: UInt64, descriptors: [Descriptor])] = []

    var count: Int { batches.reduce(0) { $0 + $1.descriptors.count } }

    /// - Parameter position: where the message begins that brought them; not before that of an earlier call.
    mutating func add(_ descriptors: [Descriptor], at position: UInt64) {
        if let last = batches.last, last.position == position {
            batches[batches.count - 1].descriptors += descriptors
        } else {
            batches.append((position, descriptors))
        }
    }

    /// Takes the descriptors of the message at `position`.
    mutating func take(at position: UInt64) -> [Descriptor] {
        guard !batches.isEmpty, let index = batches.firstIndex(where: { $0.position == position }) else { return [] }
        return batches.remove(at: index).descriptors
    }

    /// Moves the messages behind `position` down by `size` bytes, which were taken out of the stream there.
    mutating func close(gapOf size: Int, at position: UInt64) {
        for index in batches.indices where batches[index].position > position {
            batches[index].position -= UInt64(size)
        }
    }

    mutating func removeAll() { batches.removeAll() }
}
