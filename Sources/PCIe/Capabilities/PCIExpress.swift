// SPDX-License-Identifier: Apache-2.0

/// PCI Express capability, version 2, of an endpoint.
///
/// The slot and root registers read as zero, and so do Link Capabilities 2 and Link Control 2, which a 2.5 GT/s device
/// of that version may leave out.
///
/// - Specification: PCI Express Base Specification 3.0, 7.8
package struct PCIExpress: Capability, Equatable {
    /// Device Capabilities.
    package var deviceCapabilities: UInt32
    /// Device Control after reset.
    package var deviceControl: UInt16
    /// Device Status after reset: bit 4 when auxiliary power is there.
    package var deviceStatus: UInt16
    /// Link Capabilities.
    package var linkCapabilities: UInt32
    /// Link Status: speed 3:0, width 9:4, slot clock bit 12.
    package var linkStatus: UInt16
    /// Device Capabilities 2.
    package var deviceCapabilities2: UInt32

    package init(
        deviceCapabilities: UInt32, deviceControl: UInt16, deviceStatus: UInt16, linkCapabilities: UInt32,
        linkStatus: UInt16, deviceCapabilities2: UInt32
    ) {
        (self.deviceCapabilities, self.deviceControl) = (deviceCapabilities, deviceControl)
        (self.deviceStatus, self.linkCapabilities) = (deviceStatus, linkCapabilities)
        (self.linkStatus, self.deviceCapabilities2) = (linkStatus, deviceCapabilities2)
    }

    private enum Offset {
        static let capabilities = 0x02
        static let deviceCapabilities = 0x04
        static let deviceControl = 0x08
        static let deviceStatus = 0x0A
        static let linkCapabilities = 0x0C
        static let linkControl = 0x10
        static let linkStatus = 0x12
        static let deviceCapabilities2 = 0x24
        static let deviceControl2 = 0x28
    }

    package func install(in space: inout ConfigurationSpace, at offset: Int) {
        space.append(self, .standard(.pciExpress), at: offset)
        space.define(at: offset + Offset.capabilities, UInt16(0x0002))
        installDevice(in: &space, at: offset)
        installLink(in: &space, at: offset)
    }

    private func installDevice(in space: inout ConfigurationSpace, at offset: Int) {
        space.define(at: offset + Offset.deviceCapabilities, deviceCapabilities)
        space.define(
            at: offset + Offset.deviceControl, deviceControl, writable: writableDeviceControl,
            sticky: DeviceControl.auxiliaryPower, keptByFLR: DeviceControl.maximumPayload)
        space.define(at: offset + Offset.deviceStatus, deviceStatus, clearedByOne: DeviceStatus.errors.rawValue)
        space.define(at: offset + Offset.deviceCapabilities2, deviceCapabilities2)
        // Completion timeout value and disable; the rest needs capabilities that version 2 of 2006 does not have.
        space.define(at: offset + Offset.deviceControl2, UInt16(0), writable: 0x001F)
    }

    private func installLink(in space: inout ConfigurationSpace, at offset: Int) {
        space.define(at: offset + Offset.linkCapabilities, linkCapabilities)
        // ASPM, read completion boundary, common clock, extended synch. They belong to the link: FLR keeps them.
        space.define(at: offset + Offset.linkControl, UInt16(0), writable: 0x00CB, keptByFLR: 0x00CB)
        space.define(at: offset + Offset.linkStatus, linkStatus)
    }

    /// Extended tags and phantom functions can be switched on only where Device Capabilities offers them.
    private var writableDeviceControl: UInt16 {
        let extendedTags: UInt16 = deviceCapabilities & 0x20 != 0 ? 0x0100 : 0
        let phantomFunctions: UInt16 = deviceCapabilities & 0x18 != 0 ? 0x0200 : 0
        return 0x7CFF | extendedTags | phantomFunctions
    }

    /// Whether `write` asks for a function level reset: a one to Device Control bit 15, which never reads back.
    ///
    /// - Specification: PCI Express Base Specification 3.0, 6.6.2
    package static func isFunctionLevelReset(_ write: ConfigurationWrite, at offset: Int) -> Bool {
        write.setsBit(15, ofRegisterAt: offset + Offset.deviceControl)
    }
}

extension PCIExpress {
    /// Bits of Device Control.
    private enum DeviceControl {
        static let auxiliaryPower: UInt16 = 0x0400
        static let maximumPayload: UInt16 = 0x00E0
    }

    /// Device Status.
    package struct DeviceStatus: OptionSet, Sendable {
        package let rawValue: UInt16
        package init(rawValue: UInt16) { self.rawValue = rawValue }

        package init(in space: ConfigurationSpace, at offset: Int) {
            rawValue = space.load(at: offset + Offset.deviceStatus)
        }

        /// Bit 0.
        package static let correctableError = DeviceStatus(rawValue: 1 << 0)
        /// Bit 1.
        package static let nonFatalError = DeviceStatus(rawValue: 1 << 1)
        /// Bit 2.
        package static let fatalError = DeviceStatus(rawValue: 1 << 2)
        /// Bit 3.
        package static let unsupportedRequest = DeviceStatus(rawValue: 1 << 3)
        /// Bit 4: auxiliary power is there.
        package static let auxiliaryPower = DeviceStatus(rawValue: 1 << 4)

        /// The bits that software clears by writing one.
        package static let errors: DeviceStatus = [.correctableError, .nonFatalError, .fatalError, .unsupportedRequest]
    }
}
