// SPDX-License-Identifier: Apache-2.0

/// The counters the switch moves, and how a fate moves them.
struct SwitchCounters: Equatable {
    /// PFVFGPRC, GORC, MPRC, GPTC, GOTC, GPRLBC, GORLBC, GPTLBC and GOTLBC of one pool.
    struct Pool: Equatable {
        var received = Traffic()
        var multicast = 0
        var transmitted = Traffic()
        var receivedLocally = Traffic()
        var transmittedLocally = Traffic()
    }

    struct Traffic: Equatable {
        var packets = 0
        var octets = 0

        mutating func count(_ frame: SwitchFrame) {
            packets += 1
            octets += frame.length
        }
    }

    var pools = [Pool](repeating: Pool(), count: SwitchModel.poolCount)
    /// GPTC and GOTC: what left on the wire.
    var sent = Traffic()
    /// SSVPC.
    var violations = 0
    /// WVBR.
    var violatingQueues: Set<Int> = []

    mutating func count(_ fate: SwitchModel.Fate, from origin: SwitchModel.Origin, queue: Int) {
        for pool in fate.pools { countArrival(of: fate.frame, in: pool, isLocal: origin != .wire) }
        guard case .pool(let source) = origin else { return }
        guard !fate.isSpoofed else {
            violations += 1
            violatingQueues.insert(queue)
            return
        }
        pools[source].transmitted.count(fate.frame)
        if !fate.pools.isEmpty { pools[source].transmittedLocally.count(fate.frame) }
        if fate.goesToWire { sent.count(fate.frame) }
    }

    private mutating func countArrival(of frame: SwitchFrame, in pool: Int, isLocal: Bool) {
        pools[pool].received.count(frame)
        if frame.isMulticast { pools[pool].multicast += 1 }
        if isLocal { pools[pool].receivedLocally.count(frame) }
    }
}
