// SPDX-License-Identifier: Apache-2.0

// The EEPROM, the PHY, and the semaphores that both are used under.

extension MisuseRule {
    static let eepromAndPHY: Group = [
        .semaphoreSkipped: Definition(
            "changes the claims in SW_FW_SYNC without holding the semaphore",
            right:
                "take SWSM.SMBI by reading it as zero, set SWSM.SWESMBI and read it back as one, and then change claims",
            section: "8.7"),
        .phyNotClaimed: Definition(
            "gives the PHY a command without having claimed it",
            right: "set bit 1 of SW_FW_SYNC under the semaphore before using MDIC", section: "8.2.4, 8.7"),
        .mdicOperationReserved: Definition(
            "gives the PHY a command with a reserved operation",
            right: "set MDIC.OP to 1 (write) or 2 (read)", section: "8.2.4"),
        .eepromAddress: Definition(
            "reads or writes a word that the EEPROM does not have",
            right: "stay below 64 << EECD.EE_SIZE words: DONE is never set beyond", section: "8.4"),
        .eepromPinsNotGranted: Definition(
            "clocks the pins of the EEPROM without having been granted them",
            right: "set EECD.EE_REQ and wait until EE_GNT is set", section: "8.4"),
    ]
}

extension Lint {
    func checkEEPROMAndPHY(_ use: RegisterUse) {
        switch use.name {
        case .SW_FW_SYNC: checkClaims(use)
        case .MDIC: checkCommand(use, MDIC(raw: use.value))
        case .EERD, .EEWR: checkAddress(use, EERD(raw: use.value))
        case .EECD where EECD(raw: use.value).clock: checkPins(use)
        default: break
        }
    }

    private func checkClaims(_ use: RegisterUse) {
        let semaphores = port.nvm.semaphores
        let changes = (use.value ^ semaphores.claims) & 0xFFFF
        guard changes != 0, !SWSM(raw: semaphores.swsm).isHeldAgainstFirmware else { return }
        report(
            .semaphoreSkipped, use, field: "SW",
            "changed claims \(Self.hex(changes)) of SW_FW_SYNC while SWSM.SWESMBI is clear")
    }

    private func checkCommand(_ use: RegisterUse, _ command: MDIC) {
        if command.operation == nil {
            report(.mdicOperationReserved, use, field: "OP", "wrote \(Self.hex(use.value)) to MDIC")
        }
        guard port.nvm.semaphores.claims & 2 == 0 else { return }
        report(
            .phyNotClaimed, use, "used PHY register \(command.register) while bit 1 of SW_FW_SYNC is clear")
    }

    private func checkAddress(_ use: RegisterUse, _ request: EERD) {
        guard request.starts, request.address >= NVMImage.wordCount else { return }
        report(
            .eepromAddress, use, field: "ADDR",
            "asked for word \(Self.hex(request.address)) of \(NVMImage.wordCount)")
    }

    /// EE_SK is high.
    private func checkPins(_ use: RegisterUse) {
        guard !port.nvm.control.isGranted, !port.nvm.control.clock else { return }
        report(.eepromPinsNotGranted, use, field: "EE_SK", "raised EE_SK while EE_GNT is clear")
    }
}
