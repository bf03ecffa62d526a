// SPDX-License-Identifier: Apache-2.0

// Vectors, interrupt modes, acknowledgements.

extension MisuseRule {
    static let interrupts: Group = [
        .vectorBeyondTable: Definition(
            "gives a cause a vector that the MSI-X table of the function does not have",
            right: "use vectors below the table size of the MSI-X capability, which a VF has 3 of", section: "7.3.1"),
        .multipleMSIXWithoutMSIX: Definition(
            "sets GPIE.Multiple_MSIX while MSI-X is disabled in configuration space",
            right: "set MSI-X Enable in the capability before, or leave Multiple_MSIX clear", section: "8.8",
            severity: .remark,
            passes: "A remark, since DPDK enables MSI-X through the kernel after it has set GPIE."),
        .acknowledgedTwice: Definition(
            "clears causes by writing ones, none of which is set",
            right: "clear what was read, once: EIAC and reads of EICR and ICR clear causes by themselves",
            section: "7.3, 8.8",
            passes: "A write of ones to all causes; a cause that the reset of a VF has cleared since MBVFICR was read."),
    ]
}

extension Lint {
    func checkInterrupts(_ use: RegisterUse) {
        switch use.name {
        case .IVAR: checkVectors(use, entries: 4)
        case .IVAR_MISC: checkVectors(use, entries: use.function == 0 ? 2 : 1)
        case .GPIE: checkMode(use, GPIE(raw: use.value))
        case .ICR: checkAcknowledgement(use, pending: port.interrupts.icr)
        case .EICR: checkAcknowledgement(use, pending: port.interrupts.extendedCauses)
        case .MBVFICR: checkAcknowledgement(use, pending: mailboxes.clearable(registers[MBVFICR.self]).raw)
        case .VFLRE: checkAcknowledgement(use, pending: registers[VFLRE.self].raw)
        default: break
        }
    }

    private func checkVectors(_ use: RegisterUse, entries: Int) {
        let vectors = use.function == 0 ? physicalVectors : VirtualFunctionConfiguration.interruptCounts.msix
        for index in 0..<entries {
            let entry = VectorEntry(raw: UInt8(truncatingIfNeeded: use.value &>> UInt32(8 * index)))
            guard entry.isValid, entry.vector >= vectors else { continue }
            let field = "bits \(8 * index + 4):\(8 * index)"
            report(
                .vectorBeyondTable, use, field: field,
                "set \(use.label) to vector \(entry.vector), where the function has \(vectors)")
        }
    }

    /// Without MSI-X, entries name bits of EICR.
    private var physicalVectors: Int {
        let configuration = port.functions.state.physical.configuration
        return configuration.isMSIXEnabled ? configuration.interruptCounts.msix : 16
    }

    private func checkMode(_ use: RegisterUse, _ mode: GPIE) {
        guard mode.isMultipleMSIX, !port.functions.state.physical.configuration.isMSIXEnabled else { return }
        report(
            .multipleMSIXWithoutMSIX, use, field: "Multiple_MSIX",
            "set GPIE to \(Self.hex(use.value)) while MSI-X is disabled")
    }

    private func checkAcknowledgement(_ use: RegisterUse, pending: UInt32) {
        let causes = use.spec.writable
        guard use.value & causes != 0, use.value & causes != causes, use.value & pending == 0 else { return }
        report(
            .acknowledgedTwice, use,
            "wrote \(Self.hex(use.value)) to \(use.label), which holds \(Self.hex(pending))")
    }
}
