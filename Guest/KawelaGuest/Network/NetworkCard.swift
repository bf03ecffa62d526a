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

/// The card of one machine, whoever emulates it.
public final class NetworkCard: Sendable {
    public let nic: NIC
    public let mac: String
    public let server: KawelaServer?
    private let uplink: UplinkPeer

    public init(
        _ nic: NIC, uplink: UplinkPeer, mac: String = "52:54:00:82:57:06", in run: Run, namespace: Namespace? = nil
    ) throws {
        (self.nic, self.uplink, self.mac) = (nic, uplink, mac)
        server =
            nic == .kawela ? try KawelaServer(uplink: uplink, mac: mac, in: run, namespace: namespace) : nil
    }

    /// What QEMU needs besides the device.
    var machineArguments: [String] {
        nic == .qemuIGB ? ["-netdev", uplink.netdev(id: "uplink")] : []
    }

    /// The device in the form of `device_add` and of `-device` in JSON.
    public func device(id: String = "nic", bus: String = "port1") -> [String: Any] {
        if let server {
            return [
                "driver": "vfio-user-pci", "id": id, "bus": bus, "socket": ["type": "unix", "path": server.socket],
            ]
        }
        return ["driver": "igb", "id": id, "bus": bus, "netdev": "uplink", "mac": mac, "romfile": ""]
    }
}

func json(_ object: [String: Any]) throws -> String {
    String(decoding: try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys]), as: UTF8.self)
}
