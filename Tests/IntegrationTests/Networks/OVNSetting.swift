// SPDX-License-Identifier: Apache-2.0

import KawelaGuest

/// Two hosts with OVN, of which the first has the databases too, and three guests that got their addresses by DHCP.
struct OVNSetting: NetworkSetting {
    let run: Run
    let a, b: NetworkHost
    let nicA, nicB: ServedNIC
    /// vm1 and vm2 on the first host, vm3 on the second.
    let vms: [Station]
    /// What DHCP gave them.
    let addresses: [String]
    private static let central = "192.0.2.1"

    init() throws {
        run = try Run()
        (a, b) = (try NetworkHost("hostA", in: run), try NetworkHost("hostB", in: run))
        try NetworkHost.join(a, b)
        for (host, address) in [(a, Self.central), (b, "192.0.2.2")] {
            try host.start("switch")
            try host.recipe("ovn-userspace", ["interface": "phy0", "address": address])
        }
        try a.start("central")
        try a.recipe("ovn-central")
        for (host, address, nic) in [(a, Self.central, "nicA"), (b, "192.0.2.2", "nicB")] {
            try host.recipe(
                "ovn-host", ["host": host.name, "central": Self.central, "address": address, "nic": nic])
            try host.start("controller")
        }
        try a.recipe("ovn-network")
        try a.recipe("ovn-policy")
        (nicA, nicB) = (try a.serve("ovn-nicA", vfs: 2), try b.serve("ovn-nicB", vfs: 1))
        let guests = [try nicA.start("vm1", vf: 0), try nicA.start("vm2", vf: 1), try nicB.start("vm3", vf: 0)]
        for guest in guests { try guest.waitUntilReady(seconds: 240) }
        addresses = try guests.map { try $0.addressByDHCP() }
        vms = zip(guests, addresses).map { $0.station(address: $1) }
    }

    /// How often the logical flows whose text has `flow` were met on a host.
    func counted(_ flow: String, on host: NetworkHost) throws -> Int {
        let output = try host.recipe("ovn-counted", ["flow": flow, "central": Self.central])
        guard let count = Int(output.filter(\.isNumber)) else { throw GuestError("no count of \(flow): \(output)") }
        return count
    }

    /// What port security dropped on the second host, all its ports together.
    var securityDrops: Int { get throws { try counted("(reg0[15] == 1), action=(drop;)", on: b) } }

    /// Packets that the first host sent to the second and got from it.
    var tunnelled: Int {
        get throws {
            let text = try a.execute("ovs-vsctl get interface ovn-hostB-0 statistics")
            return text.matches(of: /[rt]x_packets=(\d+)/).compactMap { Int($0.1) }.reduce(0, +)
        }
    }
}

extension Guest {
    /// Asks for an address as a machine does that starts, and takes the MTU that comes with it.
    fileprivate func addressByDHCP() throws -> String {
        try run("modprobe igbvf; ip link set \(Self.interface) up")
        try waitForCarrier(seconds: 30)
        try run(
            """
            printf '%s\\n' '#!/bin/sh' '[ -z "$mtu" ] || ip link set "$interface" mtu "$mtu"' \
                'exec /usr/share/udhcpc/default.script "$@"' >/tmp/dhcp
            chmod 755 /tmp/dhcp; udhcpc -i \(Self.interface) -n -q -t 10 -O mtu -s /tmp/dhcp
            """, seconds: 40)
        let text = try run("ip -4 addr show \(Self.interface)")
        guard let found = text.firstMatch(of: /inet ([0-9.]+)/) else {
            throw GuestError("\(name) has no address: \(text)")
        }
        return String(found.1)
    }
}
