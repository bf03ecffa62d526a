// SPDX-License-Identifier: Apache-2.0

import Intel82576
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
        registers[IMC.self] = IMC(raw: .max)
        registers[EIMC.self] = EIMC(raw: .max)
        registers[CTRL.self].resets = true
        registers[IMC.self] = IMC(raw: .max)
        _ = registers[ICR.self]
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
    private static let longestFrame = 9728

    private func setUpPools() {
        registers.write(VFRE.self)
        registers.write(VFTE.self)
        registers.write(MRQC.self) { $0.mode = .pools }
        // No pool gets what nobody asked for, and group frames go to each that did.
        registers.write(VT_CTL.self) { ($0.hasNoDefaultPool, $0.replicates) = (true, true) }
        registers[DTXCTL.self].seesInsertedTags = true
        registers[RPLOLR.self].stripsVLAN = true
        // A VF without buffers loses its frames rather than hold up those of the others.
        registers.write(QDE.self) { $0.queues = .max }
    }

    private func setUpFilters() {
        addresses.clear()
        vlans.clear()
        multicasts.clear()
        // A unicast nobody has the address of passes this filter, and goes to the pools with ROPE.
        for index in 0..<UTA.count { registers[UTA.self, index] = UTA(raw: .max) }
    }

    private func setUpInterrupts() {
        registers.write(GPIE.self) {
            ($0.isMultipleMSIX, $0.isNonSelectiveClear, $0.masksOnMessage, $0.isPBASupported) = (true, true, true, true)
        }
        registers.write(IVAR_MISC.self) { $0.otherCauses = VectorEntry(0) }
        registers[EIAC.self] = EIAC(raw: 1)
        registers[EIMS.self] = EIMS(raw: 1)
        registers.write(MBVFIMR.self) { $0.functions = .max }
        registers.write(IMS.self) { $0.causes = [.linkStatusChange, .mailbox, .outOfSync] }
    }

    private func startTraffic() {
        registers.write(RLPML.self) { $0.length = Self.longestFrame }
        registers.change(TCTL.self) { ($0.isEnabled, $0.padsShortPackets) = (true, true) }
        registers.write(RCTL.self) {
            ($0.isEnabled, $0.acceptsLongPackets, $0.acceptsBroadcast) = (true, true, true)
            ($0.filtersVLAN, $0.stripsCRC) = (true, true)
        }
        registers.change(CTRL.self) { ($0.setsLinkUp, $0.usesVLAN) = (true, true) }
        registers.change(CTRL_EXT.self) { ($0.isPhysicalFunctionReady, $0.isDriverLoaded) = (true, true) }
    }
}
