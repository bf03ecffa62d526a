// SPDX-License-Identifier: Apache-2.0

/// What a pool's driver finds in its ring.
struct Delivery: Equatable {
    var bytes: [UInt8]
    /// The stripped tag; `nil` when VP is clear.
    var tag: UInt16?
    /// Status bit 18: the frame came from another pool.
    var isLoopback: Bool
}

extension SwitchModel {
    /// The copy that `pool` gets of a frame.
    func delivery(of frame: SwitchFrame, to pool: Int, from origin: Origin) -> Delivery {
        let stripsVLAN = frame.isToGroup ? stripsVLANOfReplicated : pools[pool].stripsVLAN
        let stripsCRC = frame.isToGroup ? stripsCRCOfReplicated : pools[pool].stripsCRC
        var bytes = frame.bytes
        let tag = stripsVLAN ? frame.tags.first : nil
        if tag != nil { bytes.removeSubrange(12..<16) }
        if !stripsCRC { bytes += frame.fcs }
        return Delivery(bytes: bytes, tag: tag, isLoopback: origin != .wire)
    }

    /// The queue of `pool` that gets a frame: the pool's number, and 8 more for the second queue of mode 5. Frames from
    /// other pools are not spread.
    func queue(of pool: Int, for frame: SwitchFrame, from origin: Origin) -> Int {
        guard let spreading, pools[pool].spreads, origin == .wire, let input = hashInput(of: frame) else { return pool }
        let entry = spreading.table[Int(Slow.toeplitz(input, key: spreading.key) & 127)]
        return pool + (entry & 8 == 0 ? 0 : 8)
    }

    /// Addresses and ports of TCP over IPv4 without options, the one type the switch tests enable.
    private func hashInput(of frame: SwitchFrame) -> [UInt8]? {
        let content = frame.content
        guard frame.tags.count < 2, content.count >= 42, content[0] == 8, content[1] == 0, content[2] == 0x45,
            content[11] == 6
        else { return nil }
        return Array(content[14..<26])
    }
}
