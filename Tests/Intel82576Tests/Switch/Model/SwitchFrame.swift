// SPDX-License-Identifier: Apache-2.0

import Intel82576

/// An Ethernet frame as the switch sees it: without FCS, at least 60 bytes.
struct SwitchFrame: Equatable {
    var destination: MACAddress
    var source: MACAddress
    /// 802.1Q tags, the outermost first.
    var tags: [UInt16] = []
    /// EtherType and everything after it.
    var content: [UInt8]

    var isBroadcast: Bool { destination.value == 0xFFFF_FFFF_FFFF }
    /// To a group, but not to everybody.
    var isMulticast: Bool { isToGroup && !isBroadcast }
    var isUnicast: Bool { !isToGroup }
    /// Broadcast or multicast: what the datasheet calls replicated.
    var isToGroup: Bool { destination.value >> 40 & 1 == 1 }
    /// VLAN the frame belongs to; 0 for a priority tag, `nil` without a tag.
    var vlan: Int? { tags.first.map { Int($0 & 0xFFF) } }

    /// To 01:80:C2:00:00:00 to :0F.
    var isReserved: Bool { (0x0180_C200_0000...0x0180_C200_000F).contains(destination.value) }
    /// Two tags hide it.
    var isMACControl: Bool { tags.count < 2 && content.starts(with: [0x88, 0x08]) }

    var bytes: [UInt8] {
        let link = octets(destination) + octets(source) + tags.flatMap { [0x81, 0] + networkBytes($0) } + content
        return link + [UInt8](repeating: 0, count: max(0, 60 - link.count))
    }
    /// With FCS, as every limit and counter has it.
    var length: Int { bytes.count + 4 }
    /// The FCS as it follows the frame on the wire.
    var fcs: [UInt8] { networkBytes(Slow.crc(bytes, polynomial: 0xEDB8_8320).byteSwapped) }

    private func octets(_ address: MACAddress) -> [UInt8] {
        (0..<6).map { UInt8(truncatingIfNeeded: address.value >> UInt64(40 - 8 * $0)) }
    }
}
