// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Which 82576 the guest gets. The other one answers "is it us or the guest?".
public enum NIC: String, Sendable, CaseIterable {
    case kawela
    /// QEMU's own, in its process.
    case qemuIGB = "igb"

    /// KAWELA_NIC=igb chooses QEMU's.
    public static var chosen: NIC {
        ProcessInfo.processInfo.environment["KAWELA_NIC"].flatMap(NIC.init) ?? .kawela
    }
}

/// QEMU's device for a function that somebody else serves.
public enum FunctionDevice: String, Sendable {
    /// QEMU's own.
    case stock = "vfio-user-pci"
    /// Ours, from QEMU/kawela-sriov.c: may have virtual functions or be one.
    case plugin = "kawela-sriov"
}

/// What of a card is in a machine's port from the start.
public enum Plugged: Sendable {
    case nothing
    case pf(FunctionDevice = .stock)
    /// The physical function with all virtual functions behind it, which the guest enables.
    case all
    /// Virtual functions by their numbers, each as a card of its own.
    case vfs([Int], FunctionDevice = .stock)
}

/// The card of one machine, whoever emulates it.
public final class NetworkCard: Sendable {
    public let nic: NIC
    public let mac: String
    public let vfs: Int
    public let server: KawelaServer?
    private let uplink: UplinkPeer
    /// Whether QEMU waits until a write is answered.
    private let isSynchronous: Bool
    /// Where the sockets of the functions are.
    private let folder: String

    /// - Parameters:
    ///   - vfs: how many virtual functions it has. QEMU's own card has its VFs without being asked.
    ///   - driven: `kawela` itself drives the physical function, for machines that get only virtual ones.
    ///   - faults: ``KawelaServer/inject(_:)`` can be used.
    ///   - control: ``KawelaServer/ask(_:)`` can be used.
    ///   - synchronous: QEMU waits for a write, which `kawela` answers once what it asks for is done.
    public init(
        _ nic: NIC, uplink: UplinkPeer, mac: String = "52:54:00:82:57:06", vfs: Int = 0, driven: Bool = false,
        faults: Bool = false, control: Bool = false, synchronous: Bool = false, in run: Run, namespace: Namespace? = nil
    ) throws {
        (self.nic, self.uplink, self.mac, self.vfs, isSynchronous) = (nic, uplink, mac, vfs, synchronous)
        server =
            nic == .kawela
            ? try KawelaServer(
                uplink: uplink, mac: mac, vfs: vfs, driven: driven, faults: faults, control: control,
                synchronous: synchronous, in: run, namespace: namespace)
            : nil
        folder = server?.folder ?? ""
    }

    /// A card that a `kawela serve` of the caller's serves, with the sockets of its functions in `folder`.
    public init(servedIn folder: String, mac: String, vfs: Int) {
        (self.folder, self.mac, self.vfs) = (folder, mac, vfs)
        (nic, uplink, server, isSynchronous) = (.kawela, .null, nil, false)
    }

    /// What QEMU needs besides the device.
    var machineArguments: [String] {
        nic == .qemuIGB ? ["-netdev", uplink.netdev(id: "uplink")] : []
    }

    /// The physical function in the form of `device_add` and of `-device` in JSON.
    public func device(_ type: FunctionDevice = .stock, id: String = "nic", bus: String = "port1") -> [String: Any] {
        if nic == .kawela { return device(.pf, type, id: id, bus: bus) }
        return ["driver": "igb", "id": id, "bus": bus, "netdev": "uplink", "mac": mac, "romfile": ""]
    }

    /// A function of Kawela's card in the form of `device_add` and of `-device` in JSON.
    public func device(
        _ function: ServedFunction, _ type: FunctionDevice, id: String, bus: String
    ) -> [String: Any] {
        let properties: [String: Any] = [
            "driver": type.rawValue, "id": id, "bus": bus,
            "socket": ["type": "unix", "path": "\(folder)/\(function.socketName)"],
        ]
        return isSynchronous ? properties.merging(["x-no-posted-writes": true]) { $1 } : properties
    }

    /// The devices in the order QEMU wants them.
    func devices(_ plugged: Plugged) -> [[String: Any]] {
        switch plugged {
        case .nothing: []
        case .pf(let type): [device(type)]
        case .all where nic == .qemuIGB: [device()]
        case .all: sriov()
        case .vfs(let numbers, let type):
            numbers.enumerated().map { device(.vf($1), type, id: "vf\($1)", bus: "port\($0 + 1)") }
        }
    }

    /// VFs come before the PF they name, all on one port.
    private func sriov() -> [[String: Any]] {
        let virtual = (0..<vfs).map { number in
            device(.vf(number), .plugin, id: "vf\(number)", bus: "port1").merging(
                ["addr": "0x0.\(number + 1)", "sriov-pf": "nic"]) { $1 }
        }
        return virtual + [device(.plugin).merging(["addr": "0x0.0"]) { $1 }]
    }
}

func json(_ object: [String: Any]) throws -> String {
    String(decoding: try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys]), as: UTF8.self)
}
