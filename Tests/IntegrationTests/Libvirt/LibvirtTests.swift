// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest
import Testing

extension Integration {
    @Suite("With libvirt,", .serialized) struct LibvirtTests {
        private func makeInterface(_ machine: LibvirtMachine) throws { try machine.follow("A card in a domain", [0]) }

        private let address = "10.82.57.2"

        @Test(
            "a domain starts with its card, pings, outlives libvirtd, and starts again after it was destroyed",
            arguments: LibvirtVersion.allCases)
        func oneCard(_ version: LibvirtVersion) throws {
            let machine = try LibvirtMachine(version)
            defer { machine.close() }
            let guest = try Domain("guest", in: machine)
            try machine.follow("A card in a domain", [0, 1, 2])
            for isFirst in [true, false] {
                try guest.waitUntilReady()
                try guest.run("modprobe igb")
                try guest.bringUp("eth0", address)
                #expect(try guest.station(address).ping(machine.outside, count: 3) == 3)
                #expect(try machine.processes("qemu-system-x86_64 ").map(\.user) == [64055])
                #expect(try machine.processes("serve --config").map(\.user) == [900])
                if isFirst {
                    try machine.restartDaemon()
                    #expect(try machine.shell("virsh domstate guest").contains("running"))
                    #expect(try guest.station(address).ping(machine.outside) == 1)
                }
                try machine.shell("virsh destroy guest")
                #expect(try machine.services("guest") == 0)
                #expect(try machine.shell("ls /run/kawela/guest /run/kawela-libvirt/users").contains("sock") == false)
                if isFirst { try machine.shell("virsh start guest") }
            }
        }

        @Test(
            "two domains share the VFs of a card, which stays until the last has ended",
            arguments: LibvirtVersion.allCases)
        func sharedCard(_ version: LibvirtVersion) throws {
            let machine = try LibvirtMachine(version)
            defer { machine.close() }
            try makeInterface(machine)
            let (a, b) = (try Domain("a", in: machine), try Domain("b", in: machine))
            try machine.follow("VFs of one card in several domains")
            let stations = try [(a, "10.82.57.11"), (b, "10.82.57.12")].map { domain, address in
                try domain.waitUntilReady()
                try domain.run("modprobe igbvf")
                try domain.bringUp("eth0", address)
                return domain.station(address)
            }
            #expect(try stations[0].ping(stations[1], count: 3) == 3)
            #expect(try stations[1].ping(machine.outside, count: 3) == 3)
            try machine.shell("virsh destroy a")
            #expect(try machine.services("lab") == 1)
            #expect(try stations[1].ping(machine.outside) == 1)
            try machine.shell("virsh destroy b")
            #expect(try machine.services("lab") == 0)
        }

        @Test(
            "a card with VFs appears in a domain, and its VFs reach the network", arguments: LibvirtVersion.allCases)
        func virtualFunctions(_ version: LibvirtVersion) throws {
            let machine = try LibvirtMachine(version)
            defer { machine.close() }
            try makeInterface(machine)
            let guest = try Domain("guest", in: machine)
            try machine.follow("A card with VFs in a domain")
            try machine.shell("virsh start guest")
            try guest.waitUntilReady()
            try guest.run("modprobe igb; modprobe igbvf; ip link set eth0 up")
            try guest.run("echo 4 >/sys/class/net/eth0/device/sriov_numvfs")
            #expect(try guest.run("lspci -d 8086:10ca").split(separator: "\n").count == 4)
            try guest.bringUp("eth4", address)
            #expect(try guest.station(address).ping(machine.outside, count: 3) == 3)
            #expect(try guest.run("cat /sys/class/dmi/id/sys_vendor; ls /sys/class/iommu").contains("dmar"))
        }

        @Test(
            "a domain has several cards, and another is plugged in while it runs, and taken out",
            arguments: LibvirtVersion.allCases)
        func severalCards(_ version: LibvirtVersion) throws {
            let machine = try LibvirtMachine(version)
            defer { machine.close() }
            try makeInterface(machine)
            let guest = try Domain("guest", in: machine)
            try machine.follow("Several cards in a domain")
            try machine.shell("virsh start guest")
            try guest.waitUntilReady()
            try guest.run("modprobe igb")
            try guest.bringUp("eth0", address)
            try guest.bringUp("eth1", "10.82.58.2")
            #expect(try guest.station(address).ping(machine.outside) == 1)

            try machine.follow("Hot-plug", [0])
            try guest.waitForCards(3)
            try guest.bringUp("eth2", "10.82.59.2")
            try machine.follow("Hot-plug", [1])
            try guest.waitForCards(2)
            let unplugging = try #require(try Manual.blocks(under: "Hot-plug")[safe: 1])
            try machine.shell(unplugging.replacingOccurrences(of: "kawela2", with: "kawela1"))
            try guest.waitForCards(1)
            #expect(try guest.station(address).ping(machine.outside) == 1)
        }

        @Test(
            "a domain whose card is plugged in while it runs can be saved once the card is out, and goes on with a card"
        )
        func savedWithout() throws {
            let machine = try LibvirtMachine(.trixie)
            defer { machine.close() }
            try makeInterface(machine)
            let guest = try Domain("guest", in: machine)
            try machine.shell(
                "virsh dumpxml guest | kawela libvirt-xml --id late --empty-port >/tmp/g.xml; virsh define /tmp/g.xml; "
                    + "kawela serve --socket /tmp/late --socket-mode 0666 --uplink tap:tap0 >/tmp/log 2>&1 & "
                    + "virsh start guest")
            try guest.waitUntilReady()
            let plug =
                "virsh qemu-monitor-command guest \"$(kawela libvirt-xml --hot-plug --id late --socket /tmp/late)\""
            for isFirst in [true, false] {
                try machine.shell(plug)
                try guest.waitForCards(1)
                try guest.run("modprobe igb")
                try guest.bringUp("eth0", address)
                #expect(try guest.station(address).ping(machine.outside, count: 3) == 3)
                guard isFirst else { break }
                try machine.shell("! virsh managedsave guest")
                try machine.shell(
                    #"virsh qemu-monitor-command guest '{"execute": "device_del", "arguments": {"id": "late"}}'"#)
                try guest.waitForCards(0)
                try machine.shell("virsh managedsave guest; virsh start guest", seconds: 120)
                try guest.reconnect()
            }
        }
    }
}

extension Domain {
    fileprivate func waitForCards(_ count: Int) throws {
        try eventually("\(count) cards in \(name)", within: 30, every: 0.5) {
            try run("lspci -d 8086:10c9").split(separator: "\n").count == count
        }
    }
}
