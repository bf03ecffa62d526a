// SPDX-License-Identifier: Apache-2.0

import PCIe

/// The configuration space of the physical function: an 82576 copper port, alone on its card.
///
/// Not there: VPD (0xE0; the EEPROM has no VPD area), 64-bit BARs.
///
/// - Datasheet: chapter 9; values from `lspci -xxxx` of an 82576 ET dual-port adapter
package struct PhysicalFunctionConfiguration: Sendable {
    /// What a write brought about, for the function to act on.
    package struct Effect: OptionSet, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Software asked for a function level reset. The space is reset already; the rest is the function's.
        package static let functionLevelReset = Effect(rawValue: 1 << 0)
        /// ``isBusMaster`` changed.
        package static let busMasterChanged = Effect(rawValue: 1 << 1)
        /// How interrupts are delivered changed: INTx disable, MSI or MSI-X enable, MSI-X function
        /// mask.
        package static let interruptModeChanged = Effect(rawValue: 1 << 2)
        /// ``powerState`` changed. Unless it is part of a function level reset, a change to D0 is an internal reset,
        /// because No_Soft_Reset is 0: the space is reset already; the rest is the function's.
        package static let powerStateChanged = Effect(rawValue: 1 << 3)
        /// VF Enable, NumVFs or VF MSE changed.
        package static let virtualFunctionsChanged = Effect(rawValue: 1 << 4)
    }

    package var space = ConfigurationSpace()

    /// Whether there is an SR-IOV capability.
    private let hasVirtualFunctions: Bool
    /// Entries of the MSI-X table.
    let msixVectorCount: Int

    /// - Parameters:
    ///   - macAddress: of port 0; the device serial number is made of it.
    ///   - msixVectorCount: entries of the MSI-X table, ten as a card leaves the factory; see ``msixVectorCounts``.
    ///   - virtualFunctions: TotalVFs, 0 to 8. The chip always has 8; fewer where fewer can be plugged in, so that
    ///     software does not enable one that has nothing behind it. With none there is no SR-IOV capability.
    ///   - expansionROMSize: bytes that the expansion ROM decodes, 0 without one. On the chip the EEPROM has it.
    package init(
        macAddress: MACAddress, msixVectorCount: Int = 10, virtualFunctions: Int = 0, expansionROMSize: Int = 0
    ) {
        hasVirtualFunctions = virtualFunctions > 0
        let vectors = Self.msixVectorCounts
        self.msixVectorCount = min(max(msixVectorCount, vectors.lowerBound), vectors.upperBound)
        var header = Self.header
        header.expansionROMSize = expansionROMSize
        header.install(in: &space)
        for (offset, capability) in Self.capabilities(macAddress, msixVectorCount: self.msixVectorCount) {
            capability.install(in: &space, at: offset)
        }
        guard hasVirtualFunctions else { return }
        Self.sriov(totalVFs: UInt16(clamping: min(virtualFunctions, 8))).install(in: &space, at: Offset.sriov)
    }

    /// As the chip makes it from its EEPROM at power-on.
    init(_ nvm: NVMImage, virtualFunctions: Int, expansionROMSize: Int) {
        self.init(
            macAddress: nvm.macAddress, msixVectorCount: nvm.msixVectorCount, virtualFunctions: virtualFunctions,
            expansionROMSize: expansionROMSize)
    }

    /// Reads `width` bytes (1, 2 or 4). Bytes outside the space read as zero.
    package func read(at offset: Int, width: Int) -> UInt32 { space.read(at: offset, width: width) }

    /// Writes `width` bytes (1, 2 or 4) through the masks. Bytes outside the space are ignored.
    package mutating func write(at offset: Int, width: Int, _ value: UInt32) -> Effect {
        let write = ConfigurationWrite(at: offset, width: width, value)
        let isReset = PCIExpress.isFunctionLevelReset(write, at: Offset.pciExpress)
        guard isReset || space.isChanged(by: write) else { return [] }
        let before = live
        space.apply(write)
        if isReset {
            space.reset(.functionLevel)
        } else if before.powerState == .d3hot, powerState == .d0 {
            space.reset(.conventional)
        }
        return live.changes(since: before).union(isReset ? .functionLevelReset : [])
    }

    /// Resets the space without a write from software: by power, or by the link.
    package mutating func reset(_ reset: ConfigurationSpace.Reset = .powerOn) { space.reset(reset) }

    /// What the function acts on.
    private struct Live {
        var isBusMaster: Bool
        var powerState: PowerManagement.State
        var interruptMode: InlineArray<4, Bool>
        var virtualFunctions: InlineArray<3, Int>

        func changes(since before: Live) -> Effect {
            var effect: Effect = []
            if isBusMaster != before.isBusMaster { effect.insert(.busMasterChanged) }
            if interruptMode.indices.contains(where: { interruptMode[$0] != before.interruptMode[$0] }) {
                effect.insert(.interruptModeChanged)
            }
            if powerState != before.powerState { effect.insert(.powerStateChanged) }
            if virtualFunctions.indices.contains(where: { virtualFunctions[$0] != before.virtualFunctions[$0] }) {
                effect.insert(.virtualFunctionsChanged)
            }
            return effect
        }
    }

    private var live: Live {
        Live(
            isBusMaster: isBusMaster, powerState: powerState,
            interruptMode: [isINTxDisabled, isMSIXEnabled, isMSIXFunctionMasked, isMSIEnabled],
            virtualFunctions: [virtualFunctionCount, isVirtualized ? 1 : 0, isVirtualMemoryEnabled ? 1 : 0])
    }
}

// MARK: Live state

extension PhysicalFunctionConfiguration {
    private var command: Header.Command { Header.Command(in: space) }

    /// Whether the function may send requests: Bus Master Enable, and in D0.
    package var isBusMaster: Bool { command.contains(.busMaster) && powerState == .d0 }
    /// Interrupt Disable: the function must not assert INTx.
    package var isINTxDisabled: Bool { command.contains(.interruptDisable) }

    package var isMSIXEnabled: Bool { MSIX.Control(in: space, at: Offset.msix).isEnabled }
    package var isMSIXFunctionMasked: Bool { MSIX.Control(in: space, at: Offset.msix).isFunctionMasked }
    package var isMSIEnabled: Bool { MSI.Control(in: space, at: Offset.msi).isEnabled }

    /// VF Enable: the VFs exist.
    package var isVirtualized: Bool { sriovControl?.isEnabled ?? false }
    /// VF MSE: the memory windows of the VFs decode.
    package var isVirtualMemoryEnabled: Bool { sriovControl?.isMemoryEnabled ?? false }
    /// NumVFs, as last written. Exceeds TotalVFs only while ``isVirtualized`` is false.
    package var virtualFunctionCount: Int { hasVirtualFunctions ? SRIOV.vfCount(in: space, at: Offset.sriov) : 0 }

    private var sriovControl: SRIOV.Control? {
        hasVirtualFunctions ? SRIOV.Control(in: space, at: Offset.sriov) : nil
    }

    /// Interrupt Status: an INTx interrupt is pending, whether or not it may be asserted.
    package var isINTxPending: Bool {
        get { Header.Status(in: space).contains(.interrupt) }
        set { Header.Status.set(.interrupt, newValue, in: &space) }
    }

    /// D0 or D3hot; the 82576 has no other.
    package var powerState: PowerManagement.State {
        PowerManagement.ControlStatus(in: space, at: Offset.powerManagement).state
    }
}
