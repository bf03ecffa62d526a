// SPDX-License-Identifier: Apache-2.0

import Intel82576

// What VFs ask for.

extension EmbeddedDriver {
    /// What a request comes to: `nil` is yes.
    private typealias Answer = Refusal?

    /// The VF was reset, by its driver or because its VM is gone; the next one may be another's.
    func handleReset(of vf: Int) {
        let hadStarted = virtualFunctions[vf].isClearToSend
        virtualFunctions[vf].isClearToSend = false
        (virtualFunctions[vf].notice, virtualFunctions[vf].unreadSince) = (nil, nil)
        virtualFunctions[vf].station = virtualFunctions[vf].settings.address
        addresses.setStation(nil, of: vf)
        applyActivity(of: vf)
        forgetRequests(of: vf)
        if hadStarted { tell(.reset(vf: vf), about: vf) }
    }

    private func forgetRequests(of vf: Int) {
        virtualFunctions[vf].forgetRequests()
        addresses.removeFilters(of: vf)
        multicasts.set([], of: vf)
        applyVLANs(to: vf)
        applyFilterControl(to: vf)
    }

    /// The VF read a message. One that never introduced itself reads what was left by another: it has to start anew.
    func handleAcknowledgement(of vf: Int) {
        virtualFunctions[vf].unreadSince = nil
        guard !virtualFunctions[vf].isClearToSend, mayRefuse(vf), mailboxes.takeBuffer(of: vf) else { return }
        send([Message.Mark.refused], to: vf)
    }

    func handleRequest(of vf: Int) {
        let message = mailboxes.receive(from: vf)
        guard !message.isAnswer else { return mailboxes.release(vf) }
        if message.kind == .reset { return introduce(vf) }
        guard virtualFunctions[vf].isClearToSend else { return refuseEarly(message, of: vf) }
        let refusal = answer(to: message, of: vf)
        if let refusal { tell(.refused(vf: vf, refusal), about: vf) }
        let mark = refusal == nil ? Message.Mark.acknowledged : Message.Mark.refused
        send([message[0] | mark | virtualFunctions[vf].clearToSend], to: vf)
        // A refusal without CTS reads as a call to start anew. The notice takes its place.
        if refusal != nil, virtualFunctions[vf].clearToSend == 0 { queue(.link, to: vf) }
    }

    /// Nothing counts before VF_RESET.
    private func refuseEarly(_ message: Message, of vf: Int) {
        guard mayRefuse(vf) else { return mailboxes.release(vf) }
        send([message[0] | Message.Mark.refused], to: vf)
    }

    /// A VF that asks and asks before it introduced itself is refused once in two seconds.
    private func mayRefuse(_ vf: Int) -> Bool {
        let now = now
        if let last = virtualFunctions[vf].lastRefusal, now &- last < 2_000_000_000 { return false }
        virtualFunctions[vf].lastRefusal = now
        return true
    }

    private func answer(to message: Message, of vf: Int) -> Answer {
        switch message.kind {
        case .setAddress: answerAddress(message, of: vf)
        case .setMulticast: answerMulticast(message, of: vf)
        case .setVLAN: answerVLAN(message, of: vf)
        case .setLongPackets: answerLongPackets(message, of: vf)
        case .setPromiscuous: answerPromiscuous(message, of: vf)
        case .reset, nil: .unknown
        }
    }
}

// MARK: VF_RESET

extension EmbeddedDriver {
    /// The driver of the VF is there: the pool opens, and it gets its address. This answer has no CTS.
    private func introduce(_ vf: Int) {
        forgetRequests(of: vf)
        virtualFunctions[vf].isClearToSend = true
        virtualFunctions[vf].notice = nil
        let station = virtualFunctions[vf].station
        addresses.setStation(station, of: vf)
        applyActivity(of: vf)
        let word = UInt32(Message.Kind.reset.rawValue) | Message.Mark.acknowledged
        send([word, station.low, station.high], to: vf)
        tell(.started(vf: vf, address: station), about: vf)
    }
}

// MARK: Addresses

extension EmbeddedDriver {
    private func answerAddress(_ message: Message, of vf: Int) -> Refusal? {
        switch message.information {
        case 0: return setStation(message.address, of: vf)
        case 1:
            addresses.removeFilters(of: vf)
            return nil
        case 2: return addFilter(message.address, of: vf)
        default: return .unknown
        }
    }

    private func setStation(_ address: UnicastAddress?, of vf: Int) -> Refusal? {
        guard let address else { return .addressInvalid }
        guard address != virtualFunctions[vf].station else { return nil }
        guard virtualFunctions[vf].settings.isTrusted else { return .addressFixed }
        virtualFunctions[vf].station = address
        addresses.setStation(address, of: vf)
        tell(.addressChanged(vf: vf, address: address), about: vf)
        return nil
    }

    private func addFilter(_ address: UnicastAddress?, of vf: Int) -> Refusal? {
        guard let address else { return .addressInvalid }
        guard virtualFunctions[vf].settings.isTrusted else { return .addressFixed }
        return addresses.addFilter(address, of: vf) ? nil : .noFilterLeft
    }
}

// MARK: The rest

extension EmbeddedDriver {
    private func answerMulticast(_ message: Message, of vf: Int) -> Refusal? {
        virtualFunctions[vf].hasManyMulticasts = message.information > MulticastTable.hashLimit
        multicasts.set(message.hashes, of: vf)
        applyFilterControl(to: vf)
        return nil
    }

    /// VID 0 is everybody's.
    private func answerVLAN(_ message: Message, of vf: Int) -> Refusal? {
        let identifier = UInt16(truncatingIfNeeded: message[1] & 0xFFF)
        guard virtualFunctions[vf].settings.portVLAN == nil else { return .portVLAN }
        guard identifier != 0 else { return nil }
        if message.information == 0 {
            vlans.leave(vf, identifier)
            virtualFunctions[vf].vlans.remove(identifier)
        } else {
            guard virtualFunctions[vf].settings.mayJoin(identifier) else { return .vlanNotGranted }
            guard vlans.join(vf, identifier) else { return .noVLANLeft }
            virtualFunctions[vf].vlans.insert(identifier)
        }
        applyFilterControl(to: vf)
        return nil
    }

    /// As much as Intel's driver grants. More than any frame has.
    private static let longestWish: UInt32 = 0x3F00

    private func answerLongPackets(_ message: Message, of vf: Int) -> Refusal? {
        virtualFunctions[vf].longestFrame = min(message[1], Self.longestWish)
        applyFilterControl(to: vf)
        return nil
    }

    private func answerPromiscuous(_ message: Message, of vf: Int) -> Refusal? {
        let wanted = Message.Promiscuity(rawValue: message.information)
        guard wanted.isSubset(of: [.unicast, .multicast]) else { return .unknown }
        guard wanted.isEmpty || virtualFunctions[vf].settings.isTrusted else { return .notTrusted }
        virtualFunctions[vf].promiscuity = wanted
        applyFilterControl(to: vf)
        return nil
    }

    /// WVBR has a bit for each transmit queue: v and v + 8 are those of VF v. Reading clears it.
    func reportSpoofing() {
        let queues = registers[WVBR.self].spoofing
        for vf in virtualFunctions.indices where (queues | queues >> 8) >> UInt32(vf) & 1 == 1 {
            tell(.spoofed(vf: vf), about: vf)
        }
    }
}
