// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest

/// What each ``SoakEvent`` is. All leave the cards, the guests and their links as they were.
extension SoakNetwork {
    func perform(_ event: SoakEvent) throws {
        switch event {
        case .renegotiation: try inFirst("ethtool -r eth0")
        case .pfDownAndUp: try inFirst("ip link set eth0 down; sleep 1; ip link set eth0 up")
        case .pfFunctionReset: try resetPF()
        case .vfDownAndUp: try inFirst("ip -n vf0 link set nic0 down; sleep 1; ip -n vf0 link set nic0 up")
        case .numvfs: try cycleVFs()
        case .loneDownAndUp: try inSecond("ip link set eth0 down; sleep 1; ip link set eth0 up")
        case .loneFunctionReset:
            try inSecond("ip link set eth0 down; echo 1 >\(Self.device)/reset; ip link set eth0 up")
        case .pfUnplugged: try replugPF()
        case .loneUnplugged: try replugVF()
        case .uplinksDown: for tap in SoakServer.taps { try takeDown(uplink: tap, seconds: 2) }
        case .firstUplinkGone: try replace(uplink: SoakServer.taps[0], after: 2)
        case .secondUplinkGone: try replace(uplink: SoakServer.taps[1], after: 2)
        case .reload: try server.reload()
        case .pfGuestReset: try reset(first) { try prepareFirst() }
        case .loneGuestReset: try reset(second) { try prepareSecond() }
        case .pfGuestKilled: try replaceFirst()
        case .loneGuestKilled: try replaceSecond()
        }
        try waitForLinks()
    }

    private static let device = "/sys/class/net/\(Guest.interface)/device"

    private func inFirst(_ command: String) throws { try insist(command) { try first.run(command, seconds: 120) } }
    private func inSecond(_ command: String) throws { try insist(command) { try second.run(command, seconds: 120) } }

    private func waitForLinks() throws {
        try insist("links") {
            try first.waitForCarrier(seconds: 60)
            try second.waitForCarrier(seconds: 60)
            for number in 0..<SoakServer.vfs { try first.waitForCarrier(of: first.station(vf: number), seconds: 60) }
        }
    }

    private func reset(_ guest: Guest, _ prepare: () throws -> Void) throws {
        try guest.machine.qmp.execute("system_reset", seconds: 60)
        try guest.waitUntilReady(seconds: 600)
        try prepare()
    }

    private func cycleVFs() throws {
        for count in 0..<SoakServer.vfs { try insist("\(count) VFs") { _ = try first.isolateVFs(count) } }
        try prepareFirst()
    }

    /// The reset takes the VFs with it, and Linux tells neither igb nor igbvf: igb has to start its interface anew, and
    /// igbvf needs new VFs.
    private func resetPF() throws {
        try inFirst("echo 1 >\(Self.device)/reset; ip link set eth0 down; ip link set eth0 up")
        try prepareFirst()
    }

    private func replugPF() throws {
        try replug("nic", of: first, server.pfCard.device(.plugin))
        try prepareFirst()
    }

    private func replugVF() throws {
        let number = SoakServer.VF.guest.rawValue
        try replug(
            "vf\(number)", of: second, server.vfCard.device(.vf(number), .plugin, id: "vf\(number)", bus: "port1"))
        try prepareSecond()
    }

    private func replug(_ id: String, of guest: Guest, _ device: [String: Any]) throws {
        let qmp = guest.machine.qmp
        try qmp.execute("device_del", ["id": id], seconds: 60)
        try qmp.wait(for: "DEVICE_DELETED", seconds: 180)
        // Linux goes on powering the slot off for a second, and QEMU takes a device that came meanwhile for the old one.
        sleep(5)
        try qmp.execute("device_add", device, seconds: 60)
        try eventually("the guest finds \(id)\n\(guest.evidence)", within: 120, every: 0.5) {
            try guest.attempt("test -e /sys/class/net/\(Guest.interface)", seconds: 60).succeeded
        }
    }
}
