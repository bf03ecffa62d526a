// SPDX-License-Identifier: Apache-2.0

import PCIe

/// What the configuration space of the physical function is made of.
extension PhysicalFunctionConfiguration {
    enum Offset {
        static let powerManagement = 0x40
        static let msi = 0x50
        static let msix = 0x70
        static let pciExpress = 0xA0
        static let aer = 0x100
        static let serialNumber = 0x140
        static let ari = 0x150
        static let sriov = 0x160
    }

    package var interruptCounts: InterruptCounts { InterruptCounts(intx: 1, msi: 1, msix: msixVectorCount) }

    /// Entries that the MSI-X table can have: the chip has no more causes to give a vector each. Datasheet 7.3.1.
    package static let msixVectorCounts = 1...25

    /// The MSI-X table at 0 of BAR 3, after reset.
    package var msixTable: MSIXTable {
        MSIXTable(vectorCount: msixVectorCount, pendingBitsOffset: Self.pendingBitsOffset)
    }

    /// Bytes of BAR 0 to 5; 0 for the absent ones.
    package static let barSizes: [Int] = {
        var sizes = [Int](repeating: 0, count: 6)
        for bar in header.baseAddressRegisters { sizes[bar.index] = bar.size }
        return sizes
    }()

    /// Who the function is for software that looks for it.
    package static var identity: (vendor: UInt16, device: UInt16) { (header.vendorID, header.deviceID) }

    static let header = Header(
        vendorID: 0x8086, deviceID: 0x10C9, revisionID: 0x01, classCode: 0x020000,
        subsystemVendorID: 0x8086, subsystemID: 0xA03C, interruptPin: .a,
        baseAddressRegisters: [registerBAR, flashBAR, ioBAR, msixBAR],
        commands: [
            .ioSpace, .memorySpace, .busMaster, .parityErrorResponse, .systemErrorEnable, .interruptDisable,
        ])

    /// CSRs.
    private static let registerBAR = BAR(0, .memory32, size: 128 << 10)
    /// Flash. Its size is an EEPROM setting, 64 KiB to 8 MiB; cards with 4 MiB and with 128 KiB are known. The smaller
    /// one costs a guest less address space, and there is no flash behind it that would need more.
    private static let flashBAR = BAR(1, .memory32, size: 128 << 10)
    /// IOADDR at 0, IODATA at 4.
    private static let ioBAR = BAR(2, .io, size: 32)
    private static let msixBAR = BAR(3, .memory32, size: 16 << 10)
    package static let pendingBitsOffset = 0x2000

    /// The capabilities, in the order of their chains.
    static func capabilities(
        _ macAddress: MACAddress, msixVectorCount: Int
    ) -> [(offset: Int, capability: any Capability)] {
        [
            (Offset.powerManagement, powerManagement),
            (Offset.msi, MSI(vectorCount: 1)),
            (Offset.msix, msix(vectorCount: msixVectorCount)),
            (Offset.pciExpress, pciExpress),
            (Offset.aer, aer),
            (Offset.serialNumber, SerialNumber(macAddress)),
            (Offset.ari, ARI(nextFunction: 0)),
        ]
    }

    /// Version 3, device specific initialization, PME from D0, D3hot and (with auxiliary power) D3cold. 2.6 W in D0,
    /// as read from a card; its figures for D3 are not known and read as zero.
    private static let powerManagement = PowerManagement(
        capabilities: 0xC823,
        figures: [PowerManagement.Figure.consumedInD0: 0x1A, PowerManagement.Figure.dissipatedInD0: 0x1A],
        figureScale: 1)

    private static func msix(vectorCount: Int) -> MSIX {
        MSIX(
            vectorCount: vectorCount,
            table: MSIX.Location(bar: msixBAR.index, offset: 0),
            pendingBits: MSIX.Location(bar: msixBAR.index, offset: UInt32(pendingBitsOffset)))
    }

    static let pciExpress = PCIExpress(
        // Payload up to 512 bytes, L0s < 512 ns, L1 < 64 us, role-based error reporting, FLR.
        deviceCapabilities: 0x1000_8CC2,
        // Relaxed ordering, no snoop, reads of up to 512 bytes.
        deviceControl: 0x2810,
        deviceStatus: PCIExpress.DeviceStatus.auxiliaryPower.rawValue,
        // 2.5 GT/s, x4, L0s and L1, port 2 (the number comes from the slot).
        linkCapabilities: 0x0203_6C41,
        // 2.5 GT/s, x4, the slot's reference clock.
        linkStatus: 0x1041,
        // Completion timeout ranges A to D, and can be disabled.
        deviceCapabilities2: 0x0000_001F)

    static let aer = AER(
        uncorrectableErrors: [
            .dataLinkProtocol, .poisonedTLP, .flowControlProtocol, .completionTimeout, .completerAbort,
            .unexpectedCompletion, .receiverOverflow, .malformedTLP, .unsupportedRequest,
        ],
        severity: [
            .dataLinkProtocol, .flowControlProtocol, .receiverOverflow, .malformedTLP,
            // Undefined since PCI Express 1.1; the card reads one.
            AER.UncorrectableErrors(rawValue: 1 << 0),
        ],
        correctableErrors: [
            .receiver, .badTLP, .badDLLP, .replayNumberRollover, .replayTimeout, .advisoryNonFatal,
        ],
        correctableMask: .advisoryNonFatal)

    /// SR-IOV, which goes last in the chain.
    ///
    /// A card without an ARI-capable port above it reads 0x180 as its first VF offset, with one 0x80.
    static func sriov(totalVFs: UInt16) -> SRIOV {
        SRIOV(
            totalVFs: totalVFs, firstVFOffset: (withoutARI: 0x180, withARI: 0x80), vfStride: 2,
            vfDeviceID: VirtualFunctionConfiguration.header.deviceID, supportedPageSizes: 0x553,
            baseAddressRegisters: VirtualFunctionConfiguration.header.baseAddressRegisters)
    }
}

extension SerialNumber {
    /// The EUI-64 of a MAC address: FF FF between its halves.
    init(_ macAddress: MACAddress) {
        let (upper, lower) = (macAddress.value >> 24, macAddress.value & 0xFF_FFFF)
        self.init(upper << 40 | 0xFFFF << 24 | lower)
    }
}
