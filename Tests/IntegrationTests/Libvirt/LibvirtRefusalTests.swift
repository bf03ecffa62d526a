// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

extension Integration {
    @Suite("With libvirt, refused is", .serialized) struct LibvirtRefusalTests {
        private func machine(_ version: LibvirtVersion, hasTAP: Bool = true) throws -> (LibvirtMachine, Domain) {
            let machine = try LibvirtMachine(version)
            if hasTAP { try machine.follow("A card in a domain", [0]) }
            try machine.follow("A card in a domain", [1])
            return (machine, try Domain("guest", in: machine))
        }

        /// The domain `guest` with its card, defined.
        private func plug(_ machine: LibvirtMachine, _ options: String = "") throws {
            try machine.shell(
                "virsh dumpxml --inactive guest | kawela libvirt-xml --socket /run/kawela/guest/pf.sock \(options) "
                    + ">/tmp/g.xml; virsh define --validate /tmp/g.xml")
        }

        @Test(
            "whatever would save the domain, with the reason that the manual names", arguments: LibvirtVersion.allCases)
        func saving(_ version: LibvirtVersion) throws {
            let (machine, domain) = try machine(version)
            defer { withExtendedLifetime(domain) { machine.close() } }
            try machine.shell("qemu-img create -f qcow2 /var/lib/libvirt/images/disk.qcow2 16M")
            try plug(machine)
            try machine.shell(
                "virsh attach-disk guest /var/lib/libvirt/images/disk.qcow2 vda --subdriver qcow2 --config")
            try machine.shell("virsh start --paused guest")
            let reason = try #require(try Manual.blocks(under: "Saving, snapshots, migration").first)
            let saving = [
                "managedsave guest", "save guest /tmp/saved", "snapshot-create-as guest s1",
                "snapshot-create-as guest s2 --memspec /tmp/memory,snapshot=external", "migrate guest qemu:///system",
            ]
            for command in saving {
                let result = try machine.attempt("virsh \(command)")
                #expect(result.status != 0)
                #expect(result.output.contains(reason), "\(command): \(result)")
            }
            try machine.shell("virsh snapshot-create-as guest s3 --disk-only")
            #expect(try machine.shell("virsh domstate guest").contains("paused"))
        }

        @Test("to bring back a domain that QEMU saved without its card; it can be started anew")
        func restoring() throws {
            let (machine, domain) = try machine(.trixie)
            defer { withExtendedLifetime(domain) { machine.close() } }
            try plug(machine, "--stock")
            try machine.shell("virsh start --paused guest; virsh managedsave guest")
            let result = try machine.attempt("virsh start guest")
            #expect(result.status != 0)
            #expect(result.output.contains("kawela: guest cannot be restored"), "\(result)")
            #expect(try machine.services("guest") == 0)
            try machine.shell("virsh start --paused --force-boot guest; virsh save guest /tmp/saved")
            #expect(try machine.attempt("virsh restore /tmp/saved").output.contains("cannot be restored"))
            try machine.shell("virsh start --paused guest")
            let migration = try machine.attempt("virsh migrate guest qemu:///system")
            #expect(migration.status != 0)
            #expect(migration.output.contains("kawela: guest cannot be migrated here"), "\(migration)")
        }

        @Test("a QEMU that may not connect, and a card whose Kawela does not start, each with the reason")
        func starting() throws {
            let (machine, domain) = try machine(.trixie, hasTAP: false)
            defer { withExtendedLifetime(domain) { machine.close() } }
            try plug(machine)
            let missing = try machine.attempt("virsh start --paused guest")
            #expect(missing.status != 0)
            #expect(missing.output.contains("kawela: uplink: no TAP interface 'tap0'"), "\(missing)")

            try machine.follow("A card in a domain", [0])
            try machine.shell("virsh start --paused guest; virsh destroy guest")
            try machine.shell("sed -i s/0660/0600/ /etc/kawela/guest.json")
            let forbidden = try machine.attempt("virsh start --paused guest")
            #expect(forbidden.status != 0)
            #expect(forbidden.output.contains("'/run/kawela/guest/pf.sock': Permission denied"), "\(forbidden)")
            #expect(try machine.services("guest") == 0)
        }
    }
}
