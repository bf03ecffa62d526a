// SPDX-License-Identifier: Apache-2.0

/// A reply to a request of this side, still in the receive queue.
struct Reply {
    let header: Header
    let offset: Int

    var isError: Bool { header.flags.contains(.error) }
}

extension Session {
    /// Sends what is queued and waits for the reply to request `id`. Requests of the client that arrive meanwhile stay
    /// queued: the function, which is waiting for this, cannot be called.
    ///
    /// The client may be waiting itself, for the reply to such a request. QEMU then holds the lock its side of the DMA
    /// needs, and neither would ever go on. So after little time the DMA fails and the connection stays, until many
    /// requests have been left without a reply. Memory shared by file descriptor needs none of this.
    ///
    /// The same goes for a client that sends so much meanwhile that there is no room left for the reply.
    func awaitReply(to id: UInt16) -> Reply? {
        let start = ContinuousClock.now
        defer { waitBudget.spend(.now - start) }
        let deadline = start + waitBudget.replyTime
        var search = ReplySearch(id: id)
        while end == nil {
            flush()
            if let reply = scan(&search) { return reply }
            if !awaitInput(until: deadline) {
                giveUp(search)
                return nil
            }
            receive()
        }
        return nil
    }

    private func awaitInput(until deadline: ContinuousClock.Instant) -> Bool {
        guard end == nil else { return true }
        guard input.room > 0 else { return false }
        let left = deadline - .now
        return left > .zero && transport.wait(forWriting: hasOutput, for: left)
    }

    private func giveUp(_ search: ReplySearch) {
        guard requests.abandon(search.id) else { return finish(.noReply) }
        if !hasMissedReply {
            log.warning("a DMA message was not answered in time and failed: give the guest shared, file-backed memory")
        }
        hasMissedReply = true
    }

    /// Scans the messages that have become complete for the reply.
    private func scan(_ search: inout ReplySearch) -> Reply? {
        while end == nil, input.count - search.offset >= Limits.headerSize {
            let header = Header(input, at: search.offset)
            guard isWellFormed(header) else {
                finish(.violation("malformed header"))
                break
            }
            if input.count - search.offset < Int(header.size) { break }
            if header.isReply {
                if header.id == search.id { return Reply(header: header, offset: search.offset) }
                dropLateReply(header, at: search.offset)
            } else {
                search.offset += Int(header.size)
            }
        }
        return nil
    }

    func dropLateReply(_ header: Header, at offset: Int) {
        guard requests.takeAbandoned(header.id) else { return finish(.violation("reply to no request")) }
        removeReply(at: offset)
    }
}

/// How far the receive queue has been scanned for a reply.
private struct ReplySearch {
    let id: UInt16
    /// Offset in the receive queue of the first message that was not scanned.
    var offset = 0
}
