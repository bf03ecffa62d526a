// SPDX-License-Identifier: Apache-2.0

extension Receive {
    /// Takes frame `index` of a batch, whose FCS is wrong: CRCERRS. With RCTL.SBP it goes to memory if it passes the filters,
    /// with RXE in its descriptor; else it ends here.
    ///
    /// - Datasheet: 7.1.1.1 and the Receive Control register
    mutating func deliverDamaged(_ batch: borrowing FrameBatch, _ index: Int, _ bridge: inout Switch) -> Delivery {
        guard rules.isOpen else {
            note(.disabled, batch, index)
            return .dropped
        }
        let summary = FrameSummary(
            batch.header(of: index), frameLength: Int(batch[index].byteCount), tagTypes: rules.tagTypes)
        let length = wireLength(summary.byteCount)
        if !isHeld {
            arrived.count(length)
            registers.add(1, to: CRCERRS.self)
        }
        guard rules.control.storesBadPackets, length <= Self.maximumFrame else {
            note(.damaged, batch, index)
            return .dropped
        }
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
            let decision = bridge.decideFromWire(summary, rules.control)
            note(.poolDisabled, batch, frame.index, pools: decision.disabledPools)
            guard decision.pools != 0 else {
                return decision.disabledPools == 0 ? dropFiltered(batch, frame.index) : .dropped
            }
            return deliver(batch, frame, to: decision.pools) ? .done : .dropped
        }
        guard bridge.filters.passesVLAN(summary, rules.control),
            bridge.filters.match(summary.destination, source: summary.source, rules.control) != .none
        else {
            return dropFiltered(batch, frame.index)
        }
        return place(batch, frame, pool: nil)
    }
}
