// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest
import Testing

extension Integration.KubeVirtNodeTests {
    /// The calls of sriov-cni 2.10 in its order: ApplyVFConfig, SetupVF, then ReleaseVF and ResetVFConfig.
    @Test("lets sriov-cni set VFs, move them to pods, and set everything back", .timeLimit(.minutes(8)))
    func cni() throws {
        let node = try Node()
        defer { node.close() }
        let pfs = (0..<2).map(node.pf)
        for pf in pfs { try pf.enableVFs(2) }
        let before = try pfs.map { try $0.settings(ofVF: 0) }
        let macs = try pfs.map { try node.guest.run("cat \($0.vf(0))/net/*/address") }

        for pf in pfs { try apply(to: pf) }
        refusals(of: pfs[0])
        let pods = try pfs.map { try Pod($0, mac: mac(of: $0)) }
        #expect(try pods[0].ping(pods[1]) >= 2, "through the bridge, both with VLAN 100's tag")
        #expect(try pfs[1].set(0, "vlan 101").succeeded)
        #expect(try pods[0].ping(pods[1]) == 0, "another VLAN")

        for (pod, mac) in zip(pods, macs) { try pod.release(mac: mac.trimmed) }
        for (pf, old) in zip(pfs, before) {
            try reset(pf, to: old)
            #expect(try pf.settings(ofVF: 0) == old)
        }
        #expect(try pfs.map { try node.guest.run("cat \($0.vf(0))/net/*/address") } == macs)
    }

    private func mac(of pf: PhysicalFunction) -> String { "ca:fe:c0:ff:ee:0\(pf.number)" }

    private func apply(to pf: PhysicalFunction) throws {
        for setting in [
            "vlan 100 qos 3 proto 802.1q", "mac \(mac(of: pf))", "min_tx_rate 0 max_tx_rate 100", "spoofchk off",
            "trust on",
        ] {
            let result = try pf.set(0, setting)
            #expect(result.succeeded, "\(setting): \(result)")
        }
        let settings = try pf.settings(ofVF: 0)
        #expect(settings["address"] as? String == mac(of: pf))
        #expect(settings["vlan_list"] as? NSArray == [["vlan": 100, "qos": 3]])
        #expect(settings["rate"] as? NSDictionary == ["max_tx": 100, "min_tx": 0])
        #expect(settings["spoofchk"] as? Bool == false && settings["trust"] as? Bool == true)
    }

    /// What Linux' igb does not have, whatever the card: sriov-cni's `link_state`, `vlanProto` and `min_tx_rate`.
    private func refusals(of pf: PhysicalFunction) {
        for (setting, answer) in [
            ("state enable", "Operation not supported"), ("vlan 100 proto 802.1ad", "Protocol not supported"),
            ("min_tx_rate 10 max_tx_rate 100", "Invalid argument"),
        ] {
            let result = try? pf.set(0, setting)
            #expect(result?.succeeded == false, "\(setting)")
            #expect(result?.output.contains(answer) == true, "\(setting): \(result as Any)")
        }
    }

    private func reset(_ pf: PhysicalFunction, to old: NSDictionary) throws {
        #expect(old["vlan_list"] as? NSArray == [NSDictionary()], "none before")
        for setting in [
            "vlan 0 qos 0 proto 802.1q", "spoofchk on", "mac \(old["address"] as? String ?? "none")", "trust off",
            "min_tx_rate 0 max_tx_rate 0",
        ] {
            let result = try pf.set(0, setting)
            #expect(result.succeeded, "\(setting): \(result)")
        }
    }
}

extension PhysicalFunction {
    /// New VFs with the driver igbvf, for pods that want an interface.
    func enableVFs(_ count: Int) throws {
        try guest.run("echo 0 >\(device)/sriov_numvfs; echo \(count) >\(device)/sriov_numvfs", seconds: 60)
        try eventually("\(count) interfaces of \(interface)'s VFs\n\(guest.evidence)", within: 30, every: 0.2) {
            try guest.run("ls -d \(device)/virtfn*/net/* 2>/dev/null; true").split(separator: "\n").count == count
        }
    }
}

/// A pod whose interface `net1` is VF 0 of a PF, as SetupVF of sriov-cni makes it and ReleaseVF takes it back.
struct Pod {
    let pf: PhysicalFunction
    let host: String
    var name: String { "pod\(pf.number)" }
    var address: String { "10.57.0.\(10 + pf.number)" }

    init(_ pf: PhysicalFunction, mac: String) throws {
        self.pf = pf
        host = try pf.guest.run("ls \(pf.vf(0))/net").trimmed
        try pf.guest.run(
            """
            set -e; mkdir -p /var/run/netns
            ip netns add temporary; ip netns add \(name)
            ip link set dev \(host) netns temporary
            ip -n temporary link set dev \(host) name net1
            ip -n temporary link set dev net1 netns \(name); ip netns del temporary
            ip -n \(name) link set dev net1 address \(mac); ip -n \(name) link set dev net1 up
            ip -n \(name) addr add \(address)/24 dev net1
            """)
        try eventually("carrier in \(name)\n\(pf.guest.evidence)", within: 30, every: 0.5) {
            try pf.guest.attempt("ip netns exec \(name) cat /sys/class/net/net1/carrier").output.trimmed == "1"
        }
    }

    var station: Station {
        Station(name, address) { try pf.guest.attempt("ip netns exec \(name) \($0)", seconds: $1) }
    }

    func ping(_ other: Pod) throws -> Int { try station.ping(other.station, count: 3) }

    func release(mac: String) throws {
        try pf.guest.run(
            """
            set -e
            ip -n \(name) link set dev net1 down; ip -n \(name) link set dev net1 name \(host)
            ip -n \(name) link set dev \(host) address \(mac); ip -n \(name) link set dev \(host) mtu 1500
            ip -n \(name) link set dev \(host) netns 1; ip netns del \(name)
            """)
    }
}
