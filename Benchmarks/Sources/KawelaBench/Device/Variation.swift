// SPDX-License-Identifier: Apache-2.0

import Intel82576

/// What frames, or the card they go through, have beyond the plain case: untagged UDP over IPv4 through a card that checks
/// no source and filters no EtherType. None of it may cost much.
enum Variation: String, CaseIterable {
    case plain = ""
    case ipv6 = ", IPv6"
    /// The tag is in the frame, sent and received.
    case tagged = ", tagged"
    /// The switch puts the sender's tag in and the receiver's queue takes it out: VMVIR and STRVLAN.
    case portVLAN = ", port VLAN"
    /// As igb sets it for PTP over Ethernet; no frame matches.
    case etherTypeFilter = ", EtherType filter on"
    case spoofChecks = ", spoof checks on"

    static let vlan: UInt16 = 0x2005

    /// The shortest frame that is a plain frame of `length` bytes at least: 60 bytes have no room for IPv6 and UDP.
    func length(_ length: Int) -> Int { self == .ipv6 ? max(length, 62) : length }

    /// The name of a row about `what` for frames of `length` bytes.
    func name(_ what: String, _ length: Int, _ how: String = "") -> String {
        "\(what) \(self.length(length)) B\(how)\(rawValue)"
    }

    func frame(_ number: Int, length: Int, to destination: [UInt8], from source: [UInt8] = Frames.card) -> [UInt8] {
        switch self {
        case .ipv6: Frames.udp6(number, length: self.length(length), to: destination, from: source)
        case .tagged:
            Frames.tagged(
                Frames.udp(number, length: length - 4, to: destination, from: source), with: Self.vlan)
        default: Frames.udp(number, length: length, to: destination, from: source)
        }
    }

    /// Sets up pools 0 to 7, which are there already.
    func applyToPools(_ driver: Driver) throws {
        switch self {
        case .plain, .ipv6, .tagged: break
        case .portVLAN:
            try driver.write(VLVF.self) { ($0.identifier, $0.pools, $0.isEnabled) = (Self.vlan & 0xFFF, .max, true) }
            for pool in 0..<8 {
                try driver.write(VMVIR.self, pool) { ($0.tag, $0.policy) = (Self.vlan, .always) }
                try driver.write(VMOLR.self, pool) {
                    ($0.stripsCRC, $0.stripsVLAN, $0.acceptsBroadcast, $0.acceptsUntagged) = (true, true, true, true)
                }
            }
        case .etherTypeFilter: try setEtherTypeFilter(driver)
        case .spoofChecks:
            try driver.write(DTXSWC.self) { ($0.isEnabled, $0.checksMAC, $0.checksVLAN) = (true, .max, .max) }
        }
    }

    /// Sets up a card without pools.
    func applyToPort(_ driver: Driver) throws {
        if self == .etherTypeFilter { try setEtherTypeFilter(driver) }
    }

    private func setEtherTypeFilter(_ driver: Driver) throws {
        try driver.write(ETQF.self, 3) { ($0.etherType, $0.isEnabled, $0.isTimed) = (0x88F7, true, true) }
    }
}

extension Frames {
    /// A UDP datagram over IPv6 in a frame of `length` bytes, with its checksum.
    static func udp6(_ number: Int, length: Int, to destination: [UInt8], from source: [UInt8]) -> [UInt8] {
        let count = length - 54
        var frame = destination + source + [0x86, 0xDD, 0x60, 0, 0, 0, UInt8(count >> 8), UInt8(count & 0xFF), 17, 64]
        for host: UInt8 in 1...2 { frame += [0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, host] }
        frame += [0xC0, 0x00, 0x00, 0x09, UInt8(count >> 8), UInt8(count & 0xFF), 0, 0]
        frame += (0..<count - 8).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ number &* 31 &+ $0 >> 8) }
        let checksum = ~fold(sum(frame[22...]) + 17 + UInt32(count))
        set(checksum == 0 ? .max : checksum, at: 60, of: &frame)
        return frame
    }

    /// `frame` with a VLAN tag behind its addresses.
    static func tagged(_ frame: [UInt8], with tag: UInt16) -> [UInt8] {
        Array(frame[..<12]) + [0x81, 0x00, UInt8(tag >> 8), UInt8(tag & 0xFF)] + frame[12...]
    }
}
