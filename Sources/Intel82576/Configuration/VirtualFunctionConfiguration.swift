// SPDX-License-Identifier: Apache-2.0

import PCIe

/// The configuration space of one virtual function, as a PCI function of its own.
///
/// On the chip a VF reads its ids as FFFF, and its BARs and memory enable are in the PF's SR-IOV capability. A VF that is
/// plugged into a virtual machine by itself has no PF beside it, so this space has them all. Where a VF does belong to a
/// PF, the virtual machine monitor hides them again.
///
/// No INTx, no MSI, no power management.
///
/// - Datasheet: chapter 9.7; Single Root I/O Virtualization and Sharing 1.1, 3.4
package struct VirtualFunctionConfiguration: Sendable {
    package typealias Effect = PhysicalFunctionConfiguration.Effect

    enum Offset {
        static let msix = 0x70
        static let pciExpress = 0xA0
        static let aer = 0x100
        static let ari = 0x150
    }

    package var space = ConfigurationSpace()

    package init() {
        Self.header.install(in: &space)
        Self.msix.install(in: &space, at: Offset.msix)
        PhysicalFunctionConfiguration.pciExpress.install(in: &space, at: Offset.pciExpress)
        PhysicalFunctionConfiguration.aer.install(in: &space, at: Offset.aer)
        ARI(nextFunction: 0).install(in: &space, at: Offset.ari)
    }

    /// Reads `width` bytes (1, 2 or 4). Bytes outside the space read as zero.
    package func read(at offset: Int, width: Int) -> UInt32 { space.read(at: offset, width: width) }

    /// Writes `width` bytes (1, 2 or 4) through the masks. Bytes outside the space are ignored.
    package mutating func write(at offset: Int, width: Int, _ value: UInt32) -> Effect {
        let write = ConfigurationWrite(at: offset, width: width, value)
        let isReset = PCIExpress.isFunctionLevelReset(write, at: Offset.pciExpress)
        guard isReset || space.isChanged(by: write) else { return [] }
        let (wasBusMaster, wasMSIXEnabled) = (isBusMaster, isMSIXEnabled)
        space.apply(write)
        var effect: Effect = []
        if isReset {
            space.reset(.functionLevel)
            effect.insert(.functionLevelReset)
        }
        if isBusMaster != wasBusMaster { effect.insert(.busMasterChanged) }
        if isMSIXEnabled != wasMSIXEnabled { effect.insert(.interruptModeChanged) }
        return effect
    }

    /// Resets the space without a write from software.
    package mutating func reset(_ reset: ConfigurationSpace.Reset = .powerOn) { space.reset(reset) }

    /// Bus Master Enable: the function may send requests.
    package var isBusMaster: Bool { Header.Command(in: space).contains(.busMaster) }
    package var isMSIXEnabled: Bool { MSIX.Control(in: space, at: Offset.msix).isEnabled }
}

// MARK: Layout

extension VirtualFunctionConfiguration {
    package static let interruptCounts = InterruptCounts(intx: 0, msi: 0, msix: 3)
    /// Bytes of BAR 0 to 5; 0 for the absent ones.
    package static let barSizes = [registerBAR.size, 0, 0, msixBAR.size, 0, 0]

    /// The MSI-X table at 0 of BAR 3, after reset.
    package static var msixTable: MSIXTable {
        MSIXTable(vectorCount: interruptCounts.msix, pendingBitsOffset: pendingBitsOffset)
    }

    static let header = Header(
        vendorID: 0x8086, deviceID: 0x10CA, revisionID: 0x01, classCode: 0x020000,
        subsystemVendorID: PhysicalFunctionConfiguration.header.subsystemVendorID,
        subsystemID: PhysicalFunctionConfiguration.header.subsystemID, interruptPin: .none,
        baseAddressRegisters: [registerBAR, msixBAR], commands: [.memorySpace, .busMaster])

    /// CSRs. The kind is that of the VF BARs in the SR-IOV capability of cards.
    private static let registerBAR = BAR(0, .memory64, size: 16 << 10)
    private static let msixBAR = BAR(3, .memory64, size: 16 << 10)
    private static let pendingBitsOffset = PhysicalFunctionConfiguration.pendingBitsOffset

    private static let msix = MSIX(
        vectorCount: interruptCounts.msix,
        table: MSIX.Location(bar: msixBAR.index, offset: 0),
        pendingBits: MSIX.Location(bar: msixBAR.index, offset: UInt32(pendingBitsOffset)))
}
