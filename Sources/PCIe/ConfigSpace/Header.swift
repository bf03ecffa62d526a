/// The type 0 header, offsets 0x00 to 0x3F.
///
/// Not offered: an expansion ROM, CardBus CIS, minimum grant and maximum latency; they read as zero.
///
/// - Specification: PCI Local Bus Specification 3.0, 6.1 and 6.2; PCI Express Base Specification 3.0, 7.5
public struct Header: Sendable, Equatable {
    public enum Offset {
        public static let vendorID = 0x00
        public static let deviceID = 0x02
        public static let command = 0x04
        public static let status = 0x06
        public static let revisionID = 0x08
        public static let cacheLineSize = 0x0C
        public static let headerType = 0x0E
        public static let baseAddressRegisters = 0x10
        public static let subsystemVendorID = 0x2C
        public static let subsystemID = 0x2E
        public static let capabilitiesPointer = 0x34
        public static let interruptLine = 0x3C
        public static let interruptPin = 0x3D
    }

    public enum InterruptPin: UInt8, Sendable {
        case none, a, b, c, d
    }

    public var vendorID: UInt16
    public var deviceID: UInt16
    public var revisionID: UInt8
    /// Class, subclass and programming interface: 0x020000 is an Ethernet controller.
    public var classCode: UInt32
    public var subsystemVendorID: UInt16
    public var subsystemID: UInt16
    public var interruptPin: InterruptPin
    /// Whether other functions share the device number.
    public var isMultiFunction: Bool
    public var baseAddressRegisters: [BAR]
    /// The command bits software can set.
    public var commands: Command

    public init(
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
    public func install(in space: inout ConfigurationSpace) {
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
        space.define(at: Offset.interruptLine, UInt8(0), writable: 0xFF)
        space.define(at: Offset.interruptPin, interruptPin.rawValue)
    }
}

extension Header {
    /// The Command register.
    public struct Command: OptionSet, Sendable {
        public let rawValue: UInt16
        public init(rawValue: UInt16) { self.rawValue = rawValue }
        public init(in space: ConfigurationSpace) { rawValue = space.load(at: Offset.command) }

        /// Bit 0: I/O windows decode.
        public static let ioSpace = Command(rawValue: 1 << 0)
        /// Bit 1: memory windows decode.
        public static let memorySpace = Command(rawValue: 1 << 1)
        /// Bit 2: the function may send requests: DMA and MSI(-X).
        public static let busMaster = Command(rawValue: 1 << 2)
        /// Bit 6.
        public static let parityErrorResponse = Command(rawValue: 1 << 6)
        /// Bit 8.
        public static let systemErrorEnable = Command(rawValue: 1 << 8)
        /// Bit 10: the function must not assert INTx.
        public static let interruptDisable = Command(rawValue: 1 << 10)
    }

    /// The Status register.
    public struct Status: OptionSet, Sendable {
        public let rawValue: UInt16
        public init(rawValue: UInt16) { self.rawValue = rawValue }
        public init(in space: ConfigurationSpace) { rawValue = space.load(at: Offset.status) }

        /// Bit 3: an INTx interrupt is pending, whether or not ``Command/interruptDisable`` holds it back.
        public static let interrupt = Status(rawValue: 1 << 3)
        /// Bit 4: the capability pointer is valid.
        public static let capabilities = Status(rawValue: 1 << 4)
        /// Bit 8.
        public static let masterDataParityError = Status(rawValue: 1 << 8)
        /// Bit 11.
        public static let signaledTargetAbort = Status(rawValue: 1 << 11)
        /// Bit 12.
        public static let receivedTargetAbort = Status(rawValue: 1 << 12)
        /// Bit 13.
        public static let receivedMasterAbort = Status(rawValue: 1 << 13)
        /// Bit 14.
        public static let signaledSystemError = Status(rawValue: 1 << 14)
        /// Bit 15.
        public static let detectedParityError = Status(rawValue: 1 << 15)

        /// The bits that software clears by writing one.
        public static let errors: Status = [
            .masterDataParityError, .signaledTargetAbort, .receivedTargetAbort, .receivedMasterAbort,
            .signaledSystemError, .detectedParityError,
        ]

        /// Sets or clears `bits` on behalf of the function.
        public static func set(_ bits: Status, _ on: Bool, in space: inout ConfigurationSpace) {
            let old = Status(in: space)
            space.store((on ? old.union(bits) : old.subtracting(bits)).rawValue, at: Offset.status)
        }
    }
}
