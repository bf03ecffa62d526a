// SPDX-License-Identifier: Apache-2.0

// The order of resets, and configuration space.

extension MisuseRule {
    static let resets: Group = [
        .resetWithDMA: Definition(
            "sets CTRL.RST while queues are served",
            right:
                "set CTRL.GIO_MASTER_DISABLE and wait until STATUS bit 19 is clear, or stop receiver and transmitter",
            section: "4.2, 5.2.3", passes: "RCTL.RXEN and TCTL.EN off, as all drivers in use have them at that time."),
        .resetNotAwaited: Definition(
            "writes a register after CTRL.RST without having read one, or waited for 1 ms",
            right: "read EECD until AUTO_RD is set before setting the chip up", section: "4.2",
            passes: "IMC and EIMC, which keep the chip silent."),
        .queueBeforeResetDone: Definition(
            "enables a queue of a VF while the PF is in reset",
            right: "wait until RSTI of VFMAILBOX is clear, and send the VF_RESET message", section: "4.2.2, 7.10.2.9",
            severity: .remark,
            passes:
                "A remark, since Linux igbvf goes on when it has waited for a second, and may not know of a new reset."),
        .vfCountWhileEnabled: Definition(
            "changes NumVFs while VF Enable is set",
            right: "clear VF Enable first: the write has no effect", section: "9.6"),
        .msiAndMSIX: Definition(
            "enables MSI and MSI-X together",
            right: "enable one of them, with the other disabled", section: "9.5"),
        .barWhileDecoding: Definition(
            "changes a base address register while memory decoding is on",
            right: "clear Memory Space in the command register first", section: "9.4", severity: .remark,
            passes: "A remark, since firmware sizes base address registers like that."),
    ]
}

extension Lint {
    /// Nanoseconds after which a reset is over in any case.
    private static let resetDuration: UInt64 = 1_000_000

    func checkReset(_ use: RegisterUse) {
        if use.name == .CTRL, CTRL(raw: use.value).resets {
            if !registers[CTRL.self].disablesMaster, let queue = servedQueue {
                report(.resetWithDMA, use, field: "RST", "set CTRL.RST while queue \(queue) is served")
            }
            resetTime = port.clock()
            return
        }
        guard use.function == 0, use.name != .IMC, use.name != .EIMC, let time = resetTime else { return }
        resetTime = nil
        guard port.clock() &- time < Self.resetDuration else { return }
        report(.resetNotAwaited, use, "wrote \(Self.hex(use.value)) to \(use.label) at once after CTRL.RST")
    }

    private var servedQueue: Int? {
        guard port.functions.isMaster else { return nil }
        return (0..<16).first {
            !port.functions.owners.isVirtual($0)
                && (state(of: $0, transmits: true).isServed || state(of: $0, transmits: false).isServed)
        }
    }

    /// A VF's queue is being enabled.
    func checkResetDone(_ use: RegisterUse) {
        guard use.function > 0, registers[VFMAILBOX.self, use.function - 1].isResetting else { return }
        report(
            .queueBeforeResetDone, use, field: "ENABLE",
            "enabled queue \(use.element) of VF \(use.function - 1) while the PF is in reset")
    }
}

// MARK: Configuration space

extension Lint {
    private enum Offset {
        static let command = 4
        static let bars = 0x10..<0x28
        static let msi = PhysicalFunctionConfiguration.Offset.msi + 2
        static let msix = PhysicalFunctionConfiguration.Offset.msix + 2
        static let vfCount = PhysicalFunctionConfiguration.Offset.sriov + 0x10
    }

    /// A write to configuration space.
    func checkConfiguration(_ access: FunctionAccess) {
        if Offset.bars.contains(access.offset) { checkBAR(access) }
        guard access.function == 0 else { return }
        let configuration = port.functions.state.physical.configuration
        if let msi = word(at: Offset.msi, after: access), msi & 1 != 0, configuration.isMSIXEnabled {
            report(.msiAndMSIX, access, "enabled MSI while MSI-X is enabled")
        }
        if let msix = word(at: Offset.msix, after: access), msix & 0x8000 != 0, configuration.isMSIEnabled {
            report(.msiAndMSIX, access, "enabled MSI-X while MSI is enabled")
        }
        guard let count = word(at: Offset.vfCount, after: access), configuration.isVirtualized,
            count != configuration.virtualFunctionCount
        else { return }
        report(.vfCountWhileEnabled, access, "set NumVFs to \(count) while VF Enable is set")
    }

    private func checkBAR(_ access: FunctionAccess) {
        let old = configuration(access.function, at: access.offset, width: access.width)
        guard configuration(access.function, at: Offset.command, width: 2) & 2 != 0, old != access.value else { return }
        report(
            .barWhileDecoding, access,
            "wrote \(Self.hex(access.value)) to base address register at \(Self.hex(access.offset)) while it decodes")
    }

    private func configuration(_ function: Int, at offset: Int, width: Int) -> UInt32 {
        function == 0
            ? port.functions.state.physical.configuration.read(at: offset, width: width)
            : port.functions.state.virtual[function - 1].configuration.read(at: offset, width: width)
    }

    /// The 16 bits at `offset` of the PF's configuration space as `access` leaves them; `nil` if it does not reach them.
    private func word(at offset: Int, after access: FunctionAccess) -> UInt32? {
        guard access.offset < offset + 2, access.offset + access.width > offset else { return nil }
        var word = configuration(0, at: offset, width: 2)
        for index in 0..<2 {
            let place = offset + index - access.offset
            guard (0..<access.width).contains(place) else { continue }
            let byte = UInt32(truncatingIfNeeded: access.value &>> UInt64(8 * place)) & 0xFF
            word = word & ~(0xFF &<< UInt32(8 * index)) | byte &<< UInt32(8 * index)
        }
        return word
    }
}
