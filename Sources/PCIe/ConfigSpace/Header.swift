// SPDX-License-Identifier: Apache-2.0

/// The type 0 header, offsets 0x00 to 0x3F.
///
/// Not offered: CardBus CIS, minimum grant and maximum latency; they read as zero.
///
/// - Specification: PCI Local Bus Specification 3.0, 6.1 and 6.2; PCI Express Base Specification 3.0, 7.5
package struct Header: Sendable, Equatable {
    package enum Offset {
        package static let vendorID = 0x00
        package static let deviceID = 0x02
        package static let command = 0x04
        package static let status = 0x06
        package static let revisionID = 0x08
        package static let cacheLineSize = 0x0C
        package static let headerType = 0x0E
        package static let baseAddressRegisters = 0x10
        package static let subsystemVendorID = 0x2C
        package static let subsystemID = 0x2E
        package static let expansionROM = 0x30
        package static let capabilitiesPointer = 0x34
        package static let interruptLine = 0x3C
        package static let interruptPin = 0x3D
    }

    package enum InterruptPin: UInt8, Sendable {
        case none, a, b, c, d
    }

    package var vendorID: UInt16
    package var deviceID: UInt16
    package var revisionID: UInt8
    /// Class, subclass and programming interface: 0x020000 is an Ethernet controller.
    package var classCode: UInt32
    package var subsystemVendorID: UInt16
    package var subsystemID: UInt16
    package var interruptPin: InterruptPin
    /// Whether other functions share the device number.
    package var isMultiFunction: Bool
    package var baseAddressRegisters: [BAR]
    /// Bytes that the expansion ROM decodes, a power of two from 2 KiB on; 0 without one.
    package var expansionROMSize = 0
    /// The command bits software can set.
    package var commands: Command

    package init(
        vendorID: UInt16, deviceID: UInt16, revisionID: UInt8, classCode: UInt32, subsystemVendorID: UInt16,
        subsystemID: UInt16, interruptPin: InterruptPin, isMultiFunction: Bool = false, baseAddressRegisters: [BAR],
        commands: Command
    ) {
        (self.vendorID, self.deviceID, self.revisionID) = (vendorID, deviceID, revisionID)
        (self.classCode, self.interruptPin, self.isMultiFunction) = (classCode, interruptPin, isMultiFunction)
        (self.subsystemVendorID, self.subsystemID) = (subsystemVendorID, subsystemID)
        (self.baseAddressRegisters, self.commands) = (baseAddressRegisters, commands)
    }

    /// Lays the header out. Comes before the capabilities.
    package func install(in space: inout ConfigurationSpace) {
        space.define(at: Offset.vendorID, vendorID)
        space.define(at: Offset.deviceID, deviceID)
        space.define(at: Offset.command, UInt16(0), writable: commands.rawValue)
        space.define(at: Offset.status, UInt16(0), clearedByOne: Status.errors.rawValue)
        space.define(at: Offset.revisionID, classCode << 8 | UInt32(revisionID))
        // Kept for legacy software; PCI Express gives the cache line size no effect.
        space.define(at: Offset.cacheLineSize, UInt8(0), writable: 0xFF)
        space.define(at: Offset.headerType, UInt8(isMultiFunction ? 0x80 : 0x00))
        for bar in baseAddressRegisters { bar.define(in: &space, base: Offset.baseAddressRegisters) }
        space.define(at: Offset.subsystemVendorID, subsystemVendorID)
        space.define(at: Offset.subsystemID, subsystemID)
        if expansionROMSize > 0 { defineExpansionROM(in: &space) }
        space.define(at: Offset.interruptLine, UInt8(0), writable: 0xFF)
        space.define(at: Offset.interruptPin, interruptPin.rawValue)
    }

    /// Expansion ROM Base Address: the address, and Expansion ROM Enable (bit 0). Bits 10:1 are reserved.
    private func defineExpansionROM(in space: inout ConfigurationSpace) {
        precondition(expansionROMSize.nonzeroBitCount == 1 && (2048...1 << 31).contains(expansionROMSize))
        let address = ~UInt32(expansionROMSize - 1)
        space.define(at: Offset.expansionROM, UInt32(0), writable: address | 1)
    }
}

extension Header {
    /// The Command register.
    package struct Command: OptionSet, Sendable {
        package let rawValue: UInt16
        package init(rawValue: UInt16) { self.rawValue = rawValue }
        package init(in space: ConfigurationSpace) { rawValue = space.load(at: Offset.command) }

        /// Bit 0: I/O windows decode.
        package static let ioSpace = Command(rawValue: 1 << 0)
        /// Bit 1: memory windows decode.
        package static let memorySpace = Command(rawValue: 1 << 1)
        /// Bit 2: the function may send requests: DMA and MSI(-X).
        package static let busMaster = Command(rawValue: 1 << 2)
        /// Bit 6.
        package static let parityErrorResponse = Command(rawValue: 1 << 6)
        /// Bit 8.
        package static let systemErrorEnable = Command(rawValue: 1 << 8)
        /// Bit 10: the function must not assert INTx.
        package static let interruptDisable = Command(rawValue: 1 << 10)
    }

    /// The Status register.
    package struct Status: OptionSet, Sendable {
        package let rawValue: UInt16
        package init(rawValue: UInt16) { self.rawValue = rawValue }
        package init(in space: ConfigurationSpace) { rawValue = space.load(at: Offset.status) }

        /// Bit 3: an INTx interrupt is pending, whether or not ``Command/interruptDisable`` holds it back.
        package static let interrupt = Status(rawValue: 1 << 3)
        /// Bit 4: the capability pointer is valid.
        package static let capabilities = Status(rawValue: 1 << 4)
        /// Bit 8.
        package static let masterDataParityError = Status(rawValue: 1 << 8)
        /// Bit 11.
        package static let signaledTargetAbort = Status(rawValue: 1 << 11)
        /// Bit 12.
        package static let receivedTargetAbort = Status(rawValue: 1 << 12)
        /// Bit 13.
        package static let receivedMasterAbort = Status(rawValue: 1 << 13)
        /// Bit 14.
        package static let signaledSystemError = Status(rawValue: 1 << 14)
        /// Bit 15.
        package static let detectedParityError = Status(rawValue: 1 << 15)

        /// The bits that software clears by writing one.
        package static let errors: Status = [
            .masterDataParityError, .signaledTargetAbort, .receivedTargetAbort, .receivedMasterAbort,
            .signaledSystemError, .detectedParityError,
        ]

        /// Sets or clears `bits` on behalf of the function.
        package static func set(_ bits: Status, _ on: Bool, in space: inout ConfigurationSpace) {
            let old = Status(in: space)
            space.store((on ? old.union(bits) : old.subtracting(bits)).rawValue, at: Offset.status)
        }
    }
}
