// SPDX-License-Identifier: Apache-2.0

import Intel82576

// From settings to registers.

extension EmbeddedDriver {
    /// Puts changed settings into force. VFs whose settings stay the same notice nothing; one whose address changes has
    /// to start anew, and is told so.
    ///
    /// - Precondition: as many as the driver was started with.
    package func apply(_ settings: [VFSettings]) {
        precondition(settings.count == virtualFunctions.count, "the number of VFs cannot change")
        for vf in settings.indices where settings[vf] != virtualFunctions[vf].settings {
            change(vf, to: settings[vf])
        }
        sendNotices()
    }

    private func change(_ vf: Int, to new: VFSettings) {
        let old = virtualFunctions[vf].settings
        virtualFunctions[vf].settings = new
        if (new.portVLAN, new.trunk, new.isTrusted) != (old.portVLAN, old.trunk, old.isTrusted) { applyVLANs(to: vf) }
        if new.isSpoofChecked != old.isSpoofChecked { applySpoofCheck(to: vf) }
        if new.rate != old.rate { applyRate(to: vf) }
        if new.linkState != old.linkState { changeLinkState(of: vf) }
        applyAddress(to: vf, isChanged: new.address != old.address)
        if !new.isTrusted { addresses.removeFilters(of: vf) }
        applyFilterControl(to: vf)
    }

    func applyAll(to vf: Int) {
        applyVLANs(to: vf)
        applySpoofCheck(to: vf)
        applyRate(to: vf)
        applyFilterControl(to: vf)
    }

    // MARK: Address

    /// The address that a trusted VF chose stays until it is given another.
    private func applyAddress(to vf: Int, isChanged: Bool) {
        let settings = virtualFunctions[vf].settings
        guard virtualFunctions[vf].station != settings.address, isChanged || !settings.isTrusted else { return }
        replaceAddress(of: vf)
    }

    private func replaceAddress(of vf: Int) {
        virtualFunctions[vf].station = virtualFunctions[vf].settings.address
        addresses.setStation(nil, of: vf)
        guard virtualFunctions[vf].isClearToSend else { return }
        virtualFunctions[vf].isClearToSend = false
        virtualFunctions[vf].notice = .restart
        applyActivity(of: vf)
    }

    // MARK: Pool

    /// Receiving and sending, as far as the VF may.
    func applyActivity(of vf: Int) {
        let isActive = virtualFunctions[vf].isActive
        registers.change(VFRE.self) { $0.pools.set(isActive, vf) }
        registers.change(VFTE.self) { $0.pools.set(isActive, vf) }
    }

    func applyFilterControl(to vf: Int) {
        let hasMulticasts = !multicasts.isEmpty(vf)
        registers[VMOLR.self, vf] = virtualFunctions[vf].filterControl(hasMulticasts: hasMulticasts)
    }

    private func applySpoofCheck(to vf: Int) {
        let isChecked = virtualFunctions[vf].settings.isSpoofChecked
        registers.change(DTXSWC.self) {
            $0.isEnabled = true
            $0.checksMAC.set(isChecked, vf)
            $0.checksVLAN.set(isChecked, vf)
        }
    }

    /// The port VLAN alone, or VID 0 and what the VF asked for and may have.
    func applyVLANs(to vf: Int) {
        vlans.leaveAll(vf)
        guard let portVLAN = virtualFunctions[vf].settings.portVLAN else {
            registers.write(VMVIR.self, vf)
            for identifier in [0] + virtualFunctions[vf].grantedVLANs.sorted() { _ = vlans.join(vf, identifier) }
            return
        }
        vlans.claim(vf, portVLAN.identifier)
        registers.write(VMVIR.self, vf) {
            $0.tag = UInt16(portVLAN.priority) << 13 | portVLAN.identifier
            $0.policy = .always
        }
    }

    // MARK: Rate

    /// Queue v's limit, which a VF's second queue, v + 8, shares.
    func applyRate(to vf: Int) {
        let rate = virtualFunctions[vf].settings.rate ?? 0
        registers.write(RTTDQSEL.self) { $0.queue = vf }
        // The memory window that frames of 9728 bytes need.
        registers[RTTBCNRM.self] = RTTBCNRM(raw: 0x14)
        registers[RTTBCNRC.self] = RTTBCNRC.limit(of: rate, at: link.speed)
    }
}

extension RTTBCNRC {
    /// The limit of a queue to `rate` of a link of `speed`, both in Mb/s: none when the rate is 0, or not below the speed.
    static func limit(of rate: Int, at speed: Int) -> RTTBCNRC {
        var limit = RTTBCNRC(raw: 0)
        guard rate > 0, rate < speed else { return limit }
        limit.isEnabled = true
        limit.factor = UInt64(speed / rate) << 14 | UInt64((speed % rate) << 14 / rate)
        return limit
    }
}

extension PoolSet {
    /// Puts `pool` in or takes it out.
    fileprivate mutating func set(_ isMember: Bool, _ pool: Int) {
        let bit: PoolSet = 1 << UInt8(pool)
        if isMember { self |= bit } else { self &= ~bit }
    }
}
