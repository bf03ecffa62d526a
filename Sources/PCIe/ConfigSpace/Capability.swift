// SPDX-License-Identifier: Apache-2.0

/// A capability structure that a function can have in its configuration space.
///
/// A value describes what the function offers; the live registers are in the space. Types named after the registers
/// (`MSIX.Control`, `PowerManagement.ControlStatus`, ...) read them with `init(in:at:)`.
package protocol Capability: Sendable {
    /// Lays the structure out at `offset`, and links it behind the last one of its chain.
    func install(in space: inout ConfigurationSpace, at offset: Int)

    /// Software wrote to the space, or it was reset: brings up to date the fields that follow from others.
    ///
    /// - Parameter before: the space as it was.
    func settle(_ space: inout ConfigurationSpace, at offset: Int, since before: ConfigurationSpace)
}

extension Capability {
    package func settle(_ space: inout ConfigurationSpace, at offset: Int, since before: ConfigurationSpace) {}
}

/// Identifiers of the capabilities in the first 256 bytes.
package enum CapabilityID: UInt8, Sendable {
    case powerManagement = 0x01
    case msi = 0x05
    case pciExpress = 0x10
    case msix = 0x11
}

/// Identifiers of the capabilities from 0x100 on.
package enum ExtendedCapabilityID: UInt16, Sendable {
    case advancedErrorReporting = 0x0001
    case serialNumber = 0x0003
    case alternativeRoutingID = 0x000E
    case singleRootIOVirtualization = 0x0010
}

/// The first bytes of a capability: what it is, and where the next one is.
enum CapabilityHeader {
    case standard(CapabilityID)
    case extended(ExtendedCapabilityID, version: UInt16)

    var region: Range<Int> {
        switch self {
        case .standard: 0x40..<0x100
        case .extended: 0x100..<ConfigurationSpace.size
        }
    }

    func define(in space: inout ConfigurationSpace, at offset: Int) {
        switch self {
        case .standard(let id):
            space.define(at: offset, UInt16(id.rawValue))
        case .extended(let id, let version):
            space.define(at: offset, id.rawValue)
            space.define(at: offset + 2, version & 0xF)
        }
    }
}
