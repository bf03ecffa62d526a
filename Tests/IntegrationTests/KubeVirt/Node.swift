// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest

/// A node of a cluster as KubeVirt's CI makes it (kubevirtci, cluster-provision/centos10/scripts): the bridge and TAP
/// of dnsmasq.sh in a namespace, and the machine of vm.sh with two NUMA nodes, whose QEMU is `kawela-qemu`. It has a
/// second card, on the other NUMA node, which is asked for as `--qemu-args` would.
///
/// One line of vm.sh differs: it has `accel=kvm`, with which QEMU gives half of the interrupt controller to the kernel
/// (`kernel_irqchip=split`). Under TCG all of it is QEMU's, and the setting means nothing.
struct Node {
    static let wrapper = Artifacts.repository + "/integrations/kubevirtci/kawela-qemu"
    /// The cards' addresses, in the order of their NUMA nodes.
    static let macs = ["52:55:00:d1:57:01", "52:55:00:d1:58:01"]

    /// vm.sh's arguments, without disks, sound, and the network that the cluster itself uses.
    static let machine = """
        -device pxb-pcie,id=sriovpxb,bus=pcie.0,bus_nr=128,numa_node=0
        -device pxb-pcie,id=secondarypxb0,bus=pcie.0,bus_nr=160,numa_node=0
        -device pxb-pcie,id=secondarypxb1,bus=pcie.0,bus_nr=192,numa_node=1
        -device pcie-root-port,id=sriovrp,slot=3,chassis=3,bus=sriovpxb
        -device igb,id=igb0,bus=sriovrp,netdev=sriovnet0,mac=\(macs[0])
        -netdev tap,id=sriovnet0,ifname=tap-sriov01,script=no,downscript=no
        -m 2048M
        -smp 2
        -object memory-backend-ram,size=1024M,id=m0 -numa node,nodeid=0,memdev=m0,cpus=0-0
        -object memory-backend-ram,size=1024M,id=m1 -numa node,nodeid=1,memdev=m1,cpus=1-1
        -machine q35,kernel_irqchip=split
        -device intel-iommu,intremap=on,caching-mode=on
        """.split(whereSeparator: \.isWhitespace).map(String.init)

    static let secondCard = ["--pf", "mac=\(macs[1]),tap=tap-sriov02,bridge=br-sriov,vfs=7,numa=1"]

    let run: Run
    let guest: Guest

    init() throws {
        let run = try Run()
        let container = try Self.container(in: run)
        self.run = run
        let options = GuestOptions.nesting {
            $0.name = "node"
            // As kubevirtci's kernel.args has it: a busy host keeps the timer late.
            $0.kernelOptions = "no_timer_check"
        }
        guest = try Guest(options, in: run) {
            try Machine(
                name: "node",
                command: try Self.command(in: run) + ["-nodefaults", "-no-user-config", "-display", "none"]
                    + Self.machine + Self.secondCard + $0, in: run, namespace: container)
        }
        try guest.waitUntilReady()
        try guest.run("modprobe igb; modprobe igbvf")
        for number in 0..<2 { try pf(number).name() }
    }

    func close() { run.close() }

    /// What dnsmasq.sh makes for one node.
    static func container(in run: Run) throws -> Namespace {
        let container = try Namespace(in: run)
        try container.execute(
            """
            set -e
            ip link add br-sriov type bridge; ip link set dev br-sriov up
            ip tuntap add dev tap-sriov01 mode tap
            ip link set tap-sriov01 master br-sriov; ip link set dev tap-sriov01 up
            """)
        return container
    }

    /// `kawela-qemu` with the programs of this test; QEMU's arguments come after it.
    static func command(in run: Run) throws -> [String] {
        [
            wrapper, "--qemu", try Artifacts.find().qemu, "--kawela", try Artifacts.kawela(),
            "--plugin", try Artifacts.plugin(), "--directory", run.folder,
        ]
    }

    func pf(_ number: Int) -> PhysicalFunction { PhysicalFunction(number: number, guest: guest) }
}

/// A card of a node, which the node calls `sriov0` or `sriov1`.
struct PhysicalFunction {
    let number: Int
    let guest: Guest
    var interface: String { "sriov\(number)" }
    var device: String { "/sys/class/net/\(interface)/device" }
    /// The folder of VF `number` in sysfs.
    func vf(_ number: Int) -> String { "\(device)/virtfn\(number)" }
    func address(ofVF number: Int) throws -> String { try guest.run("basename $(readlink \(vf(number)))").trimmed }

    /// Gives the interface its name, as the node's rule for udev does, and sets it up.
    func name() throws {
        try guest.run(
            """
            set -e
            for net in /sys/class/net/*; do
                if [ "$(cat $net/address)" = \(Node.macs[number]) ]; then ip link set ${net##*/} name \(interface); fi
            done
            ip link set \(interface) up
            """)
        try eventually("carrier on \(interface)\n\(guest.evidence)", within: 20, every: 0.2) {
            try guest.attempt("cat /sys/class/net/\(interface)/carrier").output.trimmed == "1"
        }
    }

    func read(_ file: String) throws -> String { try guest.run("cat \(device)/\(file)").trimmed }

    /// The steps of kubevirtci's configure_vfs.sh: all VFs new, and given to vfio-pci by whoever took them first.
    func configureVFs(_ count: Int = 7) throws {
        try guest.run(
            """
            set -e
            modprobe vfio_iommu_type1; modprobe vfio-pci
            [ $(cat \(device)/sriov_totalvfs) -ge \(count) ]
            echo 0 >>\(device)/sriov_numvfs
            echo \(count) >>\(device)/sriov_numvfs
            sleep 3
            for link in \(device)/virtfn*; do
                vf=$(readlink -f $link) address=$(basename $(readlink $link))
                [ ! -d $vf/driver ] || echo $address >>$vf/driver/unbind
                echo vfio-pci >>$vf/driver_override
                echo $address >>/sys/bus/pci/drivers/vfio-pci/bind
                echo >>$vf/driver_override
            done
            """, seconds: 90)
    }

    /// What Linux says of VF `number`: an entry of `vfinfo_list` of `ip -j link show`.
    func settings(ofVF number: Int) throws -> NSDictionary {
        let text = try guest.run("ip -j link show dev \(interface)")
        let links = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]]
        let all = links?.first?["vfinfo_list"] as? [[String: Any]] ?? []
        guard let found = all.first(where: { $0["vf"] as? Int == number }) else {
            throw GuestError("no VF \(number): \(text)")
        }
        return found as NSDictionary
    }

    /// `ip link set DEV vf N SETTING`, which is one call of sriov-cni's.
    func set(_ number: Int, _ setting: String) throws -> CommandResult {
        try guest.attempt("ip link set dev \(interface) vf \(number) \(setting)")
    }
}

extension String {
    var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
