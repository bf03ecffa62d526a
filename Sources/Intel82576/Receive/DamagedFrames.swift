// SPDX-License-Identifier: Apache-2.0

extension Receive {
    /// Takes frame `index` of a batch, whose FCS is wrong: CRCERRS. With RCTL.SBP it goes to memory if it passes the filters,
    /// with RXE in its descriptor; else it ends here.
    ///
    /// - Datasheet: 7.1.1.1 and the Receive Control register
    mutating func deliverDamaged(_ batch: borrowing FrameBatch, _ index: Int, _ bridge: inout Switch) -> Delivery {
        guard rules.isOpen else {
            drops.disabled &+= 1
            return .dropped
        }
        let summary = FrameSummary(
            batch.header(of: index), frameLength: Int(batch[index].byteCount), tagTypes: rules.tagTypes)
        let length = wireLength(summary.byteCount)
        if !isHeld {
            arrived.count(length)
            registers.add(1, to: CRCERRS.self)
        }
        guard rules.control.storesBadPackets, length <= Self.maximumFrame else { return .dropped }
        let frame = ReceivedFrame(summary, index: index, .frameError)
        let delivery = deliverDamaged(batch, frame, &bridge)
        isHeld = delivery == .held
        return delivery
    }

    private mutating func deliverDamaged(
        _ batch: borrowing FrameBatch, _ frame: ReceivedFrame, _ bridge: inout Switch
    ) -> Delivery {
        let summary = frame.summary
        if rules.hasPools {
            let pools = bridge.decideFromWire(summary, rules.control).pools
            return pools != 0 && deliver(batch, frame, to: pools) ? .done : .dropped
        }
        guard bridge.filters.passesVLAN(summary, rules.control),
            bridge.filters.match(summary.destination, source: summary.source, rules.control) != .none
        else {
            drops.filtered &+= 1
            return .dropped
        }
        return place(batch, frame, pool: nil)
    }
}
