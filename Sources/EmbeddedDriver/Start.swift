import PCIe

/// Why the driver cannot run a function.
package enum StartError: Error, Equatable, Sendable {
    /// It has no SR-IOV or no MSI-X capability.
    case noCapability
    /// It can have this many VFs, fewer than wanted.
    case tooFewVFs(Int)
    /// It did not take the settings: VF Enable stayed off.
    case notEnabled
}

// MARK: Configuration space

private enum Configuration {
    static let command = 0x04
    /// Memory space, bus master, no INTx.
    static let commandValue: UInt32 = 0x0406
    static let msixCapability: UInt32 = 0x11
    static let sriovCapability: UInt32 = 0x10
}

private enum SRIOVOffset {
    static let control = 0x08
    static let totalVFs = 0x0E
    static let numVFs = 0x10
    /// VF Enable and VF MSE.
    static let enabled: UInt32 = 0x0009
}

private enum MSIXOffset {
    static let control = 0x02
    static let table = 0x04
    static let enabled: UInt32 = 0x8000
}

extension EmbeddedDriver {
    /// From power-on to VFs that may start, in the order of a driver that is loaded with VFs.
    func start() throws(StartError) {
        registers.function.writeConfiguration(at: Configuration.command, width: 2, Configuration.commandValue)
        resetDevice()
        try enableInterruptMessages()
        try enableVirtualFunctions()
        setUpPools()
        setUpFilters()
        for vf in virtualFunctions.indices { applyAll(to: vf) }
        setUpInterrupts()
        startTraffic()
        followLink()
    }

    private func resetDevice() {
        registers.write(.IMC, .max)
        registers.write(.EIMC, .max)
        registers.set(CTRL.reset, in: .CTRL)
        registers.write(.IMC, .max)
        _ = registers.read(.ICR)
    }

    /// Vector 0 unmasked. Its address does not matter: the host delivers by number.
    private func enableInterruptMessages() throws(StartError) {
        let function = registers.function
        guard let msix = registers.capability(Configuration.msixCapability) else { throw .noCapability }
        let table = function.readConfiguration(at: msix + MSIXOffset.table, width: 4)
        let entry = Int(table & ~7)
        for word in 0..<4 { function.writeBAR(Int(table & 7), at: entry + 4 * word, width: 4, 0) }
        let control = function.readConfiguration(at: msix + MSIXOffset.control, width: 2)
        function.writeConfiguration(at: msix + MSIXOffset.control, width: 2, control | MSIXOffset.enabled)
    }

    private func enableVirtualFunctions() throws(StartError) {
        let function = registers.function
        guard let sriov = registers.extendedCapability(Configuration.sriovCapability) else { throw .noCapability }
        let total = Int(function.readConfiguration(at: sriov + SRIOVOffset.totalVFs, width: 2))
        guard virtualFunctions.count <= total else { throw .tooFewVFs(total) }
        function.writeConfiguration(at: sriov + SRIOVOffset.control, width: 2, 0)
        function.writeConfiguration(at: sriov + SRIOVOffset.numVFs, width: 2, UInt32(virtualFunctions.count))
        function.writeConfiguration(at: sriov + SRIOVOffset.control, width: 2, SRIOVOffset.enabled)
        let control = function.readConfiguration(at: sriov + SRIOVOffset.control, width: 2)
        guard control & SRIOVOffset.enabled == SRIOVOffset.enabled else { throw .notEnabled }
    }
}

// MARK: Registers

extension EmbeddedDriver {
    private static let longestFrame: UInt32 = 9728

    private func setUpPools() {
        registers.write(.VFRE, 0)
        registers.write(.VFTE, 0)
        registers.write(.MRQC, MRQC.pools)
        registers.write(.VT_CTL, VT_CTL.value)
        registers.set(DTXCTL.vlanAdded, in: .DTXCTL)
        registers.set(RPLOLR.stripVLAN, in: .RPLOLR)
        // A VF without buffers loses its frames rather than hold up those of the others.
        registers.write(.QDE, 0xFFFF)
    }

    private func setUpFilters() {
        addresses.clear()
        vlans.clear()
        multicasts.clear()
        // A unicast nobody has the address of passes this filter, and goes to the pools with ROPE.
        for index in 0..<128 { registers.write(.UTA(index), .max) }
    }

    private func setUpInterrupts() {
        registers.write(.GPIE, GPIE.multipleVectors)
        // Other causes (bits 15:8) on vector 0, valid.
        registers.write(.IVAR_MISC, 0x8000)
        registers.write(.EIAC, 1)
        registers.write(.EIMS, 1)
        registers.write(.MBVFIMR, 0xFF)
        registers.write(.IMS, ICR.linkChange | ICR.mailbox | ICR.spoofing)
    }

    private func startTraffic() {
        registers.write(.RLPML, Self.longestFrame)
        registers.set(TCTL.enable, in: .TCTL)
        registers.write(.RCTL, RCTL.value)
        registers.set(CTRL.setLinkUp | CTRL.vlanMode, in: .CTRL)
        registers.set(CTRL_EXT.resetDone | CTRL_EXT.driverLoaded, in: .CTRL_EXT)
    }
}
