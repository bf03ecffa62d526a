// SPDX-License-Identifier: Apache-2.0

import HostSystem

/// The MSI or MSI-X vectors of a function: which eventfd signals each, and which are pending.
///
/// A vector raised while it has no eventfd, or while it is masked, stays pending and is signalled when that changes: the
/// guest may enable a vector before QEMU has bound it, and QEMU unbinds all and binds them again to add one.
struct VectorTable {
    private struct Vector {
        var trigger: Descriptor?
        var isPending = false
        var isMasked = false
    }

    private let events: ClientEvents
    private var vectors: [Vector]

    init(count: Int, _ events: ClientEvents) {
        self.events = events
        vectors = Array(repeating: Vector(), count: max(count, 0))
    }

    var count: Int { vectors.count }

    mutating func raise(_ index: Int) {
        guard vectors.indices.contains(index) else { return }
        if let trigger = vectors[index].trigger, !vectors[index].isMasked {
            events.signal(trigger)
        } else {
            vectors[index].isPending = true
        }
    }

    /// Whether the vector was raised and not signalled yet.
    func isPending(_ index: Int) -> Bool { vectors.indices.contains(index) && vectors[index].isPending }

    /// Forgets that the vector was raised, if it was not signalled yet.
    mutating func withdraw(_ index: Int) {
        if vectors.indices.contains(index) { vectors[index].isPending = false }
    }

    /// Signals `trigger` for the vector from now on, or nothing with `nil`.
    mutating func bind(_ index: Int, to trigger: Descriptor?) {
        vectors[index].trigger = trigger
        deliver(index)
    }

    mutating func setMasked(_ index: Int, _ isMasked: Bool) {
        vectors[index].isMasked = isMasked
        deliver(index)
    }

    /// Unbinds and unmasks all. What is pending stays so.
    mutating func disable() {
        for index in vectors.indices { (vectors[index].trigger, vectors[index].isMasked) = (nil, false) }
    }

    /// Forgets pending vectors, since the device was reset.
    mutating func clearPending() {
        for index in vectors.indices { vectors[index].isPending = false }
    }

    private mutating func deliver(_ index: Int) {
        guard vectors[index].isPending else { return }
        vectors[index].isPending = false
        raise(index)
    }
}
