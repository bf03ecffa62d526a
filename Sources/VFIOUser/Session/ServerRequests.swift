// SPDX-License-Identifier: Apache-2.0

/// The requests that the server sends, for DMA: their ids, and what is known of the client that answers them.
struct ServerRequests {
    private var lastID: UInt16 = 0
    /// Ids of requests that were given up on, whose replies may still come.
    private var abandoned: [UInt16] = []
    /// How the client lays out data of DMA messages; `nil` until the first of them was answered.
    var layout: MemoryDataLayout?
    /// Data bytes in one DMA message, as negotiated.
    var transferSize = 0

    mutating func nextID() -> UInt16 {
        lastID &+= 1
        return lastID
    }

    /// Gives up on the reply to request `id`. False when too many were given up on.
    mutating func abandon(_ id: UInt16) -> Bool {
        abandoned.append(id)
        return abandoned.count <= Limits.abandonedRequests
    }

    /// Whether a reply with `id` answers a request given up on, which is then forgotten.
    mutating func takeAbandoned(_ id: UInt16) -> Bool {
        guard let index = abandoned.firstIndex(of: id) else { return false }
        abandoned.remove(at: index)
        return true
    }
}
