// SPDX-License-Identifier: Apache-2.0

/// What the host decided about one VF. An untrusted VF has no address and no VLANs but those given here.
package struct VFSettings: Equatable, Sendable {
    /// The address the VF starts with. An untrusted one can have no other.
    package var address: UnicastAddress
    /// The VLAN the VF is in without knowing: tags are put on and taken off. The VF can join no other then.
    package var portVLAN: PortVLAN?
    /// The VLANs that an untrusted VF may join, with tags of its own.
    package var trunk: Set<UInt16>
    /// Drops frames that the VF sends with another's address, into a VLAN it is not in, or as link control (PAUSE).
    package var isSpoofChecked: Bool
    /// Lets the VF take any address, also that of another station, join any VLAN, and ask for all frames.
    package var isTrusted: Bool
    /// What each of the VF's two transmit queues may send, in Mb/s; `nil` for no limit of its own.
    package var rate: Int?
    package var linkState: LinkState

    package init(
        address: UnicastAddress, portVLAN: PortVLAN? = nil, trunk: Set<UInt16> = [], isSpoofChecked: Bool = true,
        isTrusted: Bool = false, rate: Int? = nil, linkState: LinkState = .auto
    ) {
        (self.address, self.portVLAN, self.trunk, self.isSpoofChecked) = (address, portVLAN, trunk, isSpoofChecked)
        (self.isTrusted, self.rate, self.linkState) = (isTrusted, rate, linkState)
    }

    package struct PortVLAN: Equatable, Sendable {
        /// 1 to 4094.
        package var identifier: UInt16
        /// 0 to 7.
        package var priority: UInt8

        /// `nil` for numbers that do not exist.
        package init?(identifier: Int, priority: Int = 0) {
            guard (1...4094).contains(identifier), (0...7).contains(priority) else { return nil }
            (self.identifier, self.priority) = (UInt16(identifier), UInt8(priority))
        }
    }

    /// What the VF is told about its link. The chip shows every VF the port's own link bit, so only part of this can be
    /// enforced; the rest hangs on how drivers read the mailbox.
    package enum LinkState: String, Equatable, Sendable, CaseIterable {
        /// The uplink's.
        case auto
        /// Up, as far as that goes: the VF is not told when the uplink's link goes down. A driver that starts while it
        /// is down still finds it down.
        case on
        /// Down: the VF's queues are off, and messages lack the mark (CTS) that drivers want to see before they take the
        /// link as up.
        case off
    }

    /// Whether the VF's driver may join a VLAN, where there is no port VLAN.
    func mayJoin(_ identifier: UInt16) -> Bool { isTrusted || trunk.contains(identifier) }
}
