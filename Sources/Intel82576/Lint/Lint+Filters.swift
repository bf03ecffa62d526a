// SPDX-License-Identifier: Apache-2.0

// Filters, flow control and rate limits.

extension MisuseRule {
    static let filters: Group = [
        .emptyStationAddress: Definition(
            "makes a station address valid that is all zeros",
            right: "write RAL before RAH, and RAH.AV with an address only", section: "8.10"),
        .duplicateVLANEntry: Definition(
            "enables two entries of VLVF for one VLAN",
            right: "put all pools of a VLAN into one entry", section: "8.14"),
        .flowControlWatermarks: Definition(
            "turns on PAUSE transmission with watermarks that are not apart",
            right: "set FCRTH above FCRTL before CTRL.TFCE", section: "8.10"),
        .rateWithoutFactor: Definition(
            "turns on a rate limit with factor 0",
            right: "set RF_INT and RF_DEC of RTTBCNRC to the link's speed divided by the rate", section: "8.12"),
    ]
}

extension Lint {
    func checkFilters(_ use: RegisterUse) {
        switch use.name {
        case .RAH: checkAddress(use, RAH(raw: use.value))
        case .VLVF: checkVLAN(use, VLVF(raw: use.value))
        case .CTRL: checkWatermarks(use, CTRL(raw: use.value))
        case .RTTBCNRC: checkRate(use, RTTBCNRC(raw: use.value))
        default: break
        }
    }

    private func checkAddress(_ use: RegisterUse, _ address: RAH) {
        guard address.isValid, address.address == 0, registers[RAL.self, use.element].raw == 0 else { return }
        report(.emptyStationAddress, use, field: "AV", "made the empty address \(use.element) valid")
    }

    private func checkVLAN(_ use: RegisterUse, _ entry: VLVF) {
        guard entry.isEnabled else { return }
        let other = (0..<VLVF.count).first {
            let other = registers[VLVF.self, $0]
            return $0 != use.element && other.isEnabled && other.identifier == entry.identifier
        }
        guard let other else { return }
        report(
            .duplicateVLANEntry, use, field: "VLAN_Id",
            "enabled \(use.label) for VLAN \(entry.identifier), which VLVF[\(other)] is for")
    }

    private func checkWatermarks(_ use: RegisterUse, _ control: CTRL) {
        guard control.transmitsPause, !registers[CTRL.self].transmitsPause, !control.resets else { return }
        let (high, low) = (registers[FCRTH.self].bytes, registers[FCRTL.self].bytes)
        guard high <= low else { return }
        report(
            .flowControlWatermarks, use, field: "TFCE", "set CTRL.TFCE with FCRTH at \(high) and FCRTL at \(low) bytes")
    }

    private func checkRate(_ use: RegisterUse, _ rate: RTTBCNRC) {
        guard rate.isEnabled, rate.factor == 0 else { return }
        report(.rateWithoutFactor, use, field: "RF_INT, RF_DEC", "enabled a rate limit with factor 0")
    }
}
