// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import EmbeddedDriver
import Intel82576

// Answers of `vf.get` and `vf.set`.

extension PortAnswers {
    func virtualFunctions(_ index: Int?) throws(ControlError) -> JSONValue {
        if let index { try checkVF(index) }
        let all = index.map { [$0] } ?? Array(0..<plan.vfCount)
        return ["functions": .array(all.map { describeVF($0) })]
    }

    private func checkVF(_ index: Int) throws(ControlError) {
        guard index < plan.vfCount else {
            throw .invalidParameters("there is no VF \(index): there are \(plan.vfCount)")
        }
    }

    private func describeVF(_ index: Int) -> JSONValue {
        if let settings = reload.settings { return describe(settings[index], index) }
        let pool = port.poolStatus(index)
        return [
            "vf": .integer(index), "settable": false,
            "mac": port.address(of: index + 1).map { .string("\($0)") } ?? nil,
            "vlan": .integer(Int(pool.insertedTag ?? 0) & 0xFFF), "qos": .integer(Int(pool.insertedTag ?? 0) >> 13),
            "rate": .integer(pool.rate), "spoof-check": .bool(pool.checksAddresses), "trust": nil, "link": "auto",
        ]
    }

    private func describe(_ settings: VFSettings, _ index: Int) -> JSONValue {
        [
            "vf": .integer(index), "settable": true, "mac": .string("\(MACAddress(value: settings.address.value))"),
            "vlan": .integer(Int(settings.portVLAN?.identifier ?? 0)),
            "qos": .integer(Int(settings.portVLAN?.priority ?? 0)), "rate": .integer(settings.rate ?? 0),
            "spoof-check": .bool(settings.isSpoofChecked), "trust": .bool(settings.isTrusted),
            "link": .string(settings.linkState.rawValue),
        ]
    }

    func changeVF(_ parameters: [String: JSONValue]) throws(ControlError) -> JSONValue {
        let index = parameters["vf"]?.integer ?? 0
        try checkVF(index)
        guard var settings = reload.settings else {
            throw .refused(
                "the PF's driver in the guest decides about its VFs: only with --pf embedded they are set here")
        }
        settings[index] = try changed(settings[index], by: parameters)
        let address = settings[index].address
        guard !settings.indices.contains(where: { $0 != index && settings[$0].address == address }) else {
            throw .invalidParameters("another VF has this address")
        }
        reload.put(settings)
        return describe(settings[index], index)
    }

    private func changed(
        _ old: VFSettings, by parameters: [String: JSONValue]
    ) throws(ControlError) -> VFSettings {
        var new = old
        if let text = parameters["mac"]?.string { new.address = try address(text) }
        new.portVLAN = try portVLAN(old.portVLAN, parameters["vlan"]?.integer, parameters["qos"]?.integer)
        if new.portVLAN != nil { new.trunk = [] }
        if let rate = parameters["rate"]?.integer { new.rate = rate == 0 ? nil : rate }
        if let isChecked = parameters["spoof-check"]?.bool { new.isSpoofChecked = isChecked }
        if let isTrusted = parameters["trust"]?.bool { new.isTrusted = isTrusted }
        if let state = parameters["link"]?.string.flatMap({ VFSettings.LinkState(rawValue: $0) }) {
            new.linkState = state
        }
        return new
    }

    private func address(_ text: String) throws(ControlError) -> UnicastAddress {
        do throws(InvalidSetting) {
            if let address = UnicastAddress(try MACAddress.station(text).value) { return address }
        } catch { throw .invalidParameters(error.message) }
        throw .invalidParameters("'\(text)' is no address of a station")
    }

    private func portVLAN(
        _ old: VFSettings.PortVLAN?, _ vlan: Int?, _ priority: Int?
    ) throws(ControlError) -> VFSettings.PortVLAN? {
        let identifier = vlan ?? old.map { Int($0.identifier) } ?? 0
        guard identifier > 0 else {
            guard priority ?? 0 == 0 else { throw .invalidParameters("\"qos\" goes with \"vlan\": give that too") }
            return nil
        }
        return VFSettings.PortVLAN(identifier: identifier, priority: priority ?? old.map { Int($0.priority) } ?? 0)
    }
}
