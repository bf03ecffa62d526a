/// The requests this side sends: their ids, and what is known of the client that answers them.
struct OwnRequests {
    private var lastID: UInt16 = 0
    /// Ids given up on; the reply may still come.
    private var abandoned: [UInt16] = []
    /// Nil until a first message has shown it.
    var layout: MemoryDataLayout?
    /// Data bytes in one message, as negotiated.
    var transferSize = 0

    mutating func nextID() -> UInt16 {
        lastID &+= 1
        return lastID
    }

    /// False when there are too many.
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
