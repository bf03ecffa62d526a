// SPDX-License-Identifier: Apache-2.0

/// What becomes of a command that stands in a document and that no integration types from there.
enum CommandAccount {
    /// A test runs the like of it: the file, from the repository's root, has the text.
    case run(by: String, text: String)
    /// Why nothing does.
    case notRun(String)
}

private let ethtool = "Tests/GuestTests/Ethtool/EthtoolGuest.swift"
private let faults = "Tests/GuestTests/Faults/IgbFaultTests.swift"
private let observability = "Tests/GuestTests/SRIOV/ObservabilityTests.swift"
private let operations = "Tests/IntegrationTests/Documentation/OperationsTests.swift"
private let policy = "Tests/GuestTests/SRIOV/PolicyTests.swift"
private let vhostNet = "Tests/GuestTests/VhostNetTests.swift"

/// By command, of all documents. One that no document has any more fails the test too.
let commandAccounts: [String: CommandAccount] = [
    // Of the repository
    "make demo": .run(by: "Tests/IntegrationTests/Documentation/DemoTests.swift", text: "kawela-demo"),
    "make deb": .run(by: "Tests/IntegrationTests/Packages/BuiltPackages.swift", text: "\"make\""),
    "make docs": .run(by: "Tests/Intel82576Tests/Lint/LintRuleTests.swift", text: "make docs writes it anew"),
    "make observe": .notRun("a benchmark, whose figures are in the document"),
    "make plugin": .run(by: "Makefile", text: "test: plugin"),
    "make quick": .notRun("the tests of the device alone, which make test has among others"),
    "make qos-test": .run(by: "Tests/IntegrationTests/QOSTest/QOSTests.swift", text: "qos-test"),
    "make rom": .run(by: "Tests/IntegrationTests/NetworkBoot/BootFirmware.swift", text: "boot-rom"),
    "make test-integrations ONLY=NetworkBoot": .run(by: ".ci/run", text: "NetworkBoot"),
    "swift build -c release": .run(by: "Scripts/test", text: "swift build -c release --product kawela"),
    "export PATH=$PWD/.build/release:$PATH": .notRun("tests have kawela by its path"),

    // QEMU
    "qemu-system-x86_64 -accel kvm $(kawela qemu-args --socket /tmp/k.sock --memory 2G) -drive file=debian.qcow2,if=virtio -nographic":
        .notRun("with a disk image of the reader's; a guest without is in operations.md"),
    "qemu-system-x86_64 -accel kvm $(kawela qemu-args --socket /tmp/k.sock --memory 2G) -nographic":
        .run(by: "Tests/IntegrationTests/NetworkBoot/NetworkBootTests.swift", text: "bios"),
    "qemu-system-x86_64 -accel kvm $(kawela qemu-args --socket /tmp/k.sock --memory 2G) -nographic -drive if=pflash,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd -drive if=pflash,format=raw,file=vars.fd -device virtio-rng-pci":
        .run(by: "Tests/IntegrationTests/NetworkBoot/BootFirmware.swift", text: "virtio-rng-pci"),
    "cp /usr/share/OVMF/OVMF_VARS_4M.fd vars.fd":
        .run(by: "Tests/IntegrationTests/NetworkBoot/BootFirmware.swift", text: "OVMF_VARS_4M"),
    "qemu-system-x86_64 -device help": .run(by: operations, text: "qemu-system-x86_64 -device help"),
    "cloud-hypervisor --memory size=2G,shared=on --user-device socket=/run/kawela/vf0.sock ...":
        .notRun("it needs KVM; tests replay what its client sends"),

    // Interfaces
    "ip link": .run(by: operations, text: "ip link"),
    "ip -s link": .run(by: operations, text: "ip -s link"),
    "ip -s link show": .run(by: operations, text: "ip -s link show"),
    "ip link set DEV up": .run(
        by: "Guest/KawelaGuest/Network/GuestLink.swift", text: "ip link set \\(Self.interface) up"),
    "ip link set DEV down": .run(by: faults, text: " down"),
    "ip link set tap0 down": .run(by: observability, text: "ip link set \\(Namespace.tap) down"),
    "ip link set DEV vf N": .run(by: policy, text: "spoofchk"),
    "ip link set DEV vf N spoofchk off": .run(by: policy, text: "spoofchk off"),
    "ip link set DEV vf N max_tx_rate": .run(by: policy, text: "max_tx_rate"),
    "ip link set vf N state": .run(by: operations, text: "vf 0 state"),
    "ip link set PF vf N state ...": .run(by: operations, text: "vf 0 state"),
    "ethtool -d": .run(by: ethtool, text: "ethtool -d"),
    "ethtool -e": .run(by: operations, text: "ethtool -e eth0"),
    "ethtool -e DEV raw on": .run(by: operations, text: "raw on"),
    "ethtool -E DEV magic 0x10c98086 ...": .run(by: "Tests/GuestTests/SettingsTests.swift", text: "ethtool -E"),
    "ethtool -K DEV rx-all on": .run(by: operations, text: "rx-all on"),
    "ethtool -K tap0 tso off gso off": .run(by: faults, text: "tso off gso off"),
    "ethtool -r": .run(by: faults, text: "ethtool -r"),
    "ethtool -S": .run(by: ethtool, text: "ethtool -S"),
    "setpci -s 01:00.0 COMMAND=6": .run(
        by: "Tests/GuestTests/Faults/TestPMDFaultTests.swift", text: "setpci -s \\(pf.function) COMMAND=6"),
    "ptp4l -4": .run(by: "Tests/GuestTests/PrecisionTimeTests.swift", text: "ptp4l"),
    "echo 1 > .../remove": .run(by: faults, text: "/remove"),
    "echo 1 > /sys/bus/pci/rescan": .run(by: faults, text: "/sys/bus/pci/rescan"),
    #"dmesg | grep "Default domain""#: .run(by: operations, text: "Default domain"),

    // Uplinks
    "modprobe tun": .run(by: vhostNet, text: "modprobe -a tun"),
    "modprobe vhost_net": .run(by: vhostNet, text: "modprobe -a tun vhost_net"),
    "ls -l /dev/vhost-net": .run(by: vhostNet, text: "ls /dev/vhost-net"),
    "passt --socket /tmp/passt.sock": .run(by: "integrations/networks/passt.sh", text: "passt --foreground --socket"),
    "ovs-vsctl add-port br0 nic0 -- set Interface nic0 type=dpdkvhostuserclient options:vhost-server-path=/run/kawela/nic0":
        .notRun("Open vSwitch with DPDK has huge pages of the host's; tried by hand, as the document says"),
    "setcap cap_net_raw+ep kawela": .notRun("a test must not change the program; root has the capability"),

    // The host
    "kill -9": .run(by: "Guest/KawelaGuest/DPDK/TestPMD.swift", text: "killall -9"),
    "kill -USR1": .run(by: "Guest/KawelaGuest/Network/KawelaServer.swift", text: "SIGUSR1"),
    "journalctl -k": .notRun("the kernel's log is the machine's, where tests run in containers"),
    "top -H": .notRun("the names of threads are for people"),
    "ssh -L 8257:127.0.0.1:8257 HOST": .notRun("it takes another machine"),
    "ssh -L 8257:PATH": .notRun("it takes another machine"),

    // libvirt
    "virsh dumpxml": .run(by: "Tests/IntegrationTests/Libvirt/LibvirtTests.swift", text: "dumpxml"),
    "virsh define": .run(by: "Tests/IntegrationTests/Libvirt/Domain.swift", text: "define"),
    "virsh managedsave": .run(by: "Tests/IntegrationTests/Libvirt/LibvirtRefusalTests.swift", text: "managedsave"),
    "virsh attach-interface --model igb": .notRun("the document says that the wrapper does not know it"),
]
