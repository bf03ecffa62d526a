// SPDX-License-Identifier: Apache-2.0

import EmbeddedDriver
import Intel82576

/// What the configuration file says about one VF; `nil` where it says nothing.
struct VFOptions: Equatable, Sendable {
    var mac: MACAddress?
    var portVLAN: VFSettings.PortVLAN?
    var trunk: Set<UInt16>?
    var isSpoofChecked: Bool?
    var isTrusted: Bool?
    /// Mb/s.
    var rate: Int?
    var linkState: VFSettings.LinkState?
}

extension VFOptions: Decodable {
    private enum Key: String, CodingKey, CaseIterable {
        case mac
        case vlan
        case priority
        case trunk
        case spoofCheck = "spoof-check"
        case trust
        case rate
        case linkState = "link-state"
    }

    init(from decoder: any Decoder) throws {
        try refuseUnknownKeys(of: decoder, known: Key.allCases.map(\.rawValue))
        do {
            try decode(decoder.container(keyedBy: Key.self))
        } catch let error as InvalidSetting {
            throw InvalidSetting("\(place(of: decoder.codingPath) ?? "vfs"): \(error.message)")
        }
    }

    private mutating func decode(_ values: KeyedDecodingContainer<Key>) throws {
        mac = try values.decodeIfPresent(String.self, forKey: .mac).map { try MACAddress.station($0) }
        portVLAN = try Self.portVLAN(
            Self.number(values, .vlan), Self.number(values, .priority))
        trunk = try Self.trunk(values)
        guard portVLAN == nil || trunk == nil else {
            throw InvalidSetting("\"vlan\" and \"trunk\" exclude each other: a VF in a \"vlan\" can join no other")
        }
        isSpoofChecked = try values.decodeIfPresent(Bool.self, forKey: .spoofCheck)
        isTrusted = try values.decodeIfPresent(Bool.self, forKey: .trust)
        rate = try Self.number(values, .rate).map { try Self.rate($0) }
        linkState = try values.decodeIfPresent(String.self, forKey: .linkState).map { try Self.linkState($0) }
    }

    /// Asked for an `Int`, Foundation calls 1.5 invalid JSON and does not say where it is.
    private static func number(_ values: KeyedDecodingContainer<Key>, _ key: Key) throws -> Int? {
        guard let value = try values.decodeIfPresent(Double.self, forKey: key) else { return nil }
        guard let number = Int(exactly: value) else {
            throw InvalidSetting("\"\(key.rawValue)\" is not a whole number")
        }
        return number
    }

    private static func portVLAN(_ vlan: Int?, _ priority: Int?) throws(InvalidSetting) -> VFSettings.PortVLAN? {
        guard let vlan else {
            guard priority == nil else { throw InvalidSetting("\"priority\" goes with \"vlan\": add that") }
            return nil
        }
        guard (1...4094).contains(vlan) else { throw InvalidSetting("\"vlan\" \(vlan) does not exist: use 1 to 4094") }
        guard let portVLAN = VFSettings.PortVLAN(identifier: vlan, priority: priority ?? 0) else {
            throw InvalidSetting("\"priority\" \(priority ?? 0) does not exist: use 0 to 7")
        }
        return portVLAN
    }

    private static func trunk(_ values: KeyedDecodingContainer<Key>) throws -> Set<UInt16>? {
        guard values.contains(.trunk) else { return nil }
        guard let numbers = try? values.decode([Double].self, forKey: .trunk) else {
            throw InvalidSetting("\"trunk\" is not a list of VLANs")
        }
        return Set(try numbers.map { try vlan($0) })
    }

    private static func vlan(_ number: Double) throws(InvalidSetting) -> UInt16 {
        guard let identifier = UInt16(exactly: number), (1...4094).contains(identifier) else {
            throw InvalidSetting("\"trunk\" has a VLAN that does not exist: use 1 to 4094")
        }
        return identifier
    }

    /// The chip counts a rate as a part of the link's speed, which is at most 1000.
    private static func rate(_ rate: Int) throws(InvalidSetting) -> Int {
        guard (1...1000).contains(rate) else {
            throw InvalidSetting("\"rate\" \(rate) is not possible: use 1 to 1000 Mb/s, or leave it out for no limit")
        }
        return rate
    }

    private static func linkState(_ text: String) throws(InvalidSetting) -> VFSettings.LinkState {
        guard let state = VFSettings.LinkState(rawValue: text) else {
            throw InvalidSetting("\"link-state\" '\(text)' is not known: use auto, on or off")
        }
        return state
    }
}

func refuseSharedAddresses(_ vfs: [VFOptions]) throws(InvalidSetting) {
    for (index, vf) in vfs.enumerated() {
        guard let mac = vf.mac, let first = vfs.prefix(index).firstIndex(where: { $0.mac == mac }) else { continue }
        throw InvalidSetting("vfs[\(index)]: \(mac) is the address of vfs[\(first)] too: each VF needs its own")
    }
}

extension VFSettings {
    /// - Parameter address: for a VF that got none.
    init(_ options: VFOptions, address: UnicastAddress) {
        self.init(
            address: options.mac.flatMap { UnicastAddress($0.value) } ?? address, portVLAN: options.portVLAN,
            trunk: options.trunk ?? [], isSpoofChecked: options.isSpoofChecked ?? true,
            isTrusted: options.isTrusted ?? false, rate: options.rate, linkState: options.linkState ?? .auto)
    }
}
