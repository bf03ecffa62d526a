// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

private let shared = SharedSetting<OVNSetting>()

extension Integration {
    @Suite("Three machines with a VF each, on two hosts that OVN joins by Geneve", .serialized, shared)
    struct OVNTests {
        @Test("OVN gives each its address by DHCP, and an MTU that fits into the tunnel", .timeLimit(.minutes(6)))
        func dhcp() throws {
            let setting = try shared.current()
            #expect(setting.addresses == ["10.82.57.11", "10.82.58.12", "10.82.57.13"])
            for vm in setting.vms { #expect(try vm.run("cat /sys/class/net/eth0/mtu").hasPrefix("1442")) }
        }

        @Test("they reach each other from host to host, by ping and TCP", .timeLimit(.minutes(5)))
        func traffic() throws {
            let (vms, seen) = (try shared.current().vms, try shared.current().tunnelled)
            for (from, to) in [(vms[0], vms[2]), (vms[2], vms[0]), (vms[1], vms[2])] {
                #expect(try from.ping(to, count: 4) >= 3, "\(from) to \(to)")
                #expect(try from.send(to: to).bytes > 50_000, "\(from) to \(to)")
            }
            #expect(try shared.current().tunnelled > seen + 20, "by the tunnel")
        }

        @Test("two VFs of one NIC reach each other by OVN's router", .timeLimit(.minutes(3)))
        func router() throws {
            let vms = try shared.current().vms
            #expect(try vms[0].ping(vms[1], count: 4) >= 3)
            #expect(try vms[1].send(to: vms[0]).bytes > 50_000)
        }

        @Test("a packet of 1442 bytes passes the tunnel, and one of 1443 does not", .timeLimit(.minutes(3)))
        func tunnelMTU() throws {
            let vms = try shared.current().vms
            for vm in [vms[0], vms[2]] { try vm.run("ip link set eth0 mtu 1500") }
            defer { for vm in [vms[0], vms[2]] { _ = try? vm.run("ip link set eth0 mtu 1442") } }
            #expect(try vms[0].pingWhole(vms[2].address, size: 1442, count: 3) >= 2)
            #expect(try vms[0].pingWhole(vms[2].address, size: 1443, count: 2) == 0)
        }

        @Test("an ACL drops TCP to one port, and lets another and echo requests pass", .timeLimit(.minutes(3)))
        func acl() throws {
            let setting = try shared.current()
            let (from, to) = (setting.vms[0], setting.vms[2])
            let before = try setting.counted("tcp.dst == 5001", on: setting.b)
            for port in [5001, 5002] { try to.start("timeout 60 busybox nc -ll -p \(port) -e cat") }
            try eventually("TCP to port 5002", within: 15) { try from.connects(to: to.address, port: 5002) }
            #expect(try !from.connects(to: to.address, port: 5001))
            #expect(try from.ping(to, count: 3) >= 2)
            #expect(try setting.counted("tcp.dst == 5001", on: setting.b) > before)
        }
    }
}

extension Integration.OVNTests {
    @Test("the NIC drops a foreign source address, before OVN sees it", .timeLimit(.minutes(3)))
    func spoofInNIC() throws {
        let setting = try shared.current()
        let (vm, foreign) = (setting.vms[2], "02:00:00:00:00:99")
        let before = (try setting.nicB.lost("switch_spoofed"), try setting.securityDrops)
        try vm.send(from: foreign)
        try eventually("the NIC counts", within: 10) { try setting.nicB.lost("switch_spoofed") >= before.0 + 3 }
        #expect(try setting.securityDrops == before.1)
    }

    @Test("without spoof check in the NIC, OVN's port security drops it", .timeLimit(.minutes(3)))
    func spoofInOVN() throws {
        let setting = try shared.current()
        let (vm, foreign) = (setting.vms[2], "02:00:00:00:00:99")
        try setting.nicB.ask("vf 0 set spoof-check=false")
        defer { _ = try? setting.nicB.ask("vf 0 set spoof-check=true") }
        let before = (try setting.nicB.lost("switch_spoofed"), try setting.securityDrops)
        try vm.send(from: foreign)
        try eventually("OVN counts", within: 20, every: 0.5) { try setting.securityDrops >= before.1 + 3 }
        #expect(try setting.nicB.lost("switch_spoofed") == before.0)
    }

    @Test("an IP address of another is OVN's to drop: the NIC looks at Ethernet alone", .timeLimit(.minutes(3)))
    func foreignAddress() throws {
        let setting = try shared.current()
        let (vm, before) = (setting.vms[2], (try setting.nicB.lost("switch_spoofed"), try setting.securityDrops))
        try vm.run("ip addr add 10.82.57.99/32 dev eth0")
        defer { _ = try? vm.run("ip addr del 10.82.57.99/32 dev eth0") }
        let output = try vm.attempt("busybox ping -c 3 -W 1 -I 10.82.57.99 \(setting.vms[0].address)").output
        #expect(output.contains(" 0 packets received"))
        try eventually("OVN counts", within: 20, every: 0.5) { try setting.securityDrops >= before.1 + 3 }
        #expect(try setting.nicB.lost("switch_spoofed") == before.0)
    }

    @Test("a tag that the driver has the NIC insert gives way to the VF's own", .timeLimit(.minutes(3)))
    func insertedTag() throws {
        let setting = try shared.current()
        let (vm, before) = (setting.vms[2], try setting.securityDrops)
        try vm.addTags([12])
        defer { _ = try? vm.run("ip link del tag12") }
        #expect(try vm.ping("10.9.9.2", count: 3) == 0)
        // It is vm3's to OVN, which knows no 10.9.9.1 there.
        try eventually("OVN counts", within: 20, every: 0.5) { try setting.securityDrops > before }
    }

    @Test("a tag within the frame is dropped by the NIC", .timeLimit(.minutes(3)))
    func ownTag() throws {
        let setting = try shared.current()
        let vm = setting.vms[2]
        try vm.addTags([12, 13])
        defer { _ = try? vm.run("ip link del tag12") }
        let before = try setting.nicB.lost("switch_spoofed")
        #expect(try vm.ping("10.9.9.2", count: 3) == 0)
        #expect(try setting.nicB.lost("switch_spoofed") > before)
    }
}

extension Station {
    /// Whether somebody accepts TCP at `port`.
    fileprivate func connects(to address: String, port: Int) throws -> Bool {
        try attempt("timeout 8 busybox nc -w 3 \(address) \(port) </dev/null").succeeded
    }

    /// Puts VLAN interfaces onto eth0 and onto each other, and an address onto the last. Linux leaves the first
    /// tag to the NIC and writes the others into the frame.
    fileprivate func addTags(_ tags: [Int]) throws {
        var (commands, below) = (["set -e; modprobe 8021q"], "eth0")
        for tag in tags {
            commands.append("ip link add link \(below) name tag\(tag) type vlan id \(tag); ip link set tag\(tag) up")
            below = "tag\(tag)"
        }
        try run((commands + ["ip addr add 10.9.9.1/24 dev \(below)"]).joined(separator: "\n"))
    }

    /// Has a bridge in the guest send some ARP requests from `source`, an Ethernet address.
    fileprivate func send(from source: String) throws {
        try run(
            """
            set -e; modprobe bridge; ip link add br0 type bridge; ip link set br0 address \(source)
            ip link set eth0 master br0; ip link set br0 up; ip addr add 10.99.0.1/24 dev br0
            busybox ping -c 5 -i 1 -W 1 10.99.0.9 || true
            ip link del br0; ip link set eth0 nomaster; ip link set eth0 up
            """, seconds: 30)
    }
}
