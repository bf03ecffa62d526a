// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

extension Integration {
    @Suite("With libvirt, without a guest,", .serialized) struct LibvirtDomainTests {
        @Test("what Kawela prints is valid, defined, started and ended", arguments: LibvirtVersion.allCases)
        func printed(_ version: LibvirtVersion) throws {
            let machine = try LibvirtMachine(version)
            defer { machine.close() }
            try machine.follow("A card in a domain", [0, 3])
            let forms = [
                "--vfs 8 --directory /run/kawela/x --iommu", "--socket /run/k --stock --synchronous", "--empty-port",
            ]
            for form in forms {
                try machine.attempt("virsh undefine x")
                try machine.shell(
                    "kawela libvirt-xml --name x --type qemu --emulator /usr/bin/qemu-system-x86_64 \(form) >/tmp/x.xml"
                )
                try machine.shell("virt-xml-validate /tmp/x.xml domain; virsh define --validate /tmp/x.xml")
            }
            try machine.shell("virsh start --paused x; virsh destroy x")
            try machine.installed()
            #expect(try machine.shell("virsh start --paused installed; virsh domstate installed").contains("paused"))
            #expect(try machine.services("installed") == 1)
            try machine.shell("virsh destroy installed")
        }

        @Test("the hook leaves what others started, and others' domains, alone")
        func others() throws {
            let machine = try LibvirtMachine(.trixie)
            defer { machine.close() }
            let domain = try Domain("guest", in: machine)
            try machine.shell("virsh start --paused guest; virsh destroy guest; ! ls /run/kawela")

            // Somebody serves it who has no file in /etc/kawela.
            try machine.write(
                #"{"version": 1, "socket": "/run/kawela/guest/pf.sock", "uplink": "null", "socket-mode": "0666"}"#,
                to: "/tmp/mine.json")
            try machine.shell(
                "mkdir -p /run/kawela/guest; kawela serve --config /tmp/mine.json >/tmp/log 2>&1 & "
                    + "until [ -S /run/kawela/guest/pf.sock ]; do sleep 0.1; done")
            try machine.shell(
                "virsh dumpxml guest | kawela libvirt-xml --socket /run/kawela/guest/pf.sock >/tmp/g.xml; "
                    + "virsh define /tmp/g.xml; virsh start --paused guest; virsh destroy guest")
            #expect(try machine.processes("serve --config /tmp/mine.json").count == 1)
            _ = domain
        }

        /// A systemd of one service, which writes down what it is asked for.
        private let systemctl = """
            #!/bin/sh
            case $1 in
            --quiet) [ -e /run/kawela/lab/vf0.sock ]; exit ;;
            start) kawela serve --socket /run/kawela/lab/vf0.sock --uplink null >/tmp/log 2>&1 9>&- & ;;
            stop) rm /run/kawela/lab/vf0.sock ;;
            esac
            echo "$*" >>/tmp/asked
            """

        @Test("the hook has systemd start the card's service with the first domain and stop it after the last")
        func systemd() throws {
            let machine = try LibvirtMachine(.trixie)
            defer { machine.close() }
            try machine.write(systemctl, to: "/usr/bin/systemctl")
            try machine.shell(
                "chmod 755 /usr/bin/systemctl; mkdir -p /run/systemd/system /run/kawela/lab; echo {} >/etc/kawela/lab.json; "
                    + "kawela libvirt-xml --name a --socket /run/kawela/lab/vf0.sock >/tmp/a.xml")
            let hook = "sh /usr/share/doc/kawela/examples/libvirt/qemu"
            for call in ["a prepare", "b prepare", "a release", "b release"] {
                try machine.shell("\(hook) \(call) begin - </tmp/a.xml")
            }
            let asked = try machine.shell("cat /tmp/asked").split(separator: "\n").filter { !$0.hasPrefix("--quiet") }
            #expect(asked == ["start kawela@lab.service", "start kawela@lab.service", "stop kawela@lab.service"])

            // Its administrator started it: it is the administrator's to stop.
            try machine.shell(
                "systemctl start kawela@lab.service; until systemctl --quiet; do sleep 0.1; done; rm /tmp/asked")
            for call in ["a prepare", "a release"] { try machine.shell("\(hook) \(call) begin - </tmp/a.xml") }
            #expect(try machine.attempt("cat /tmp/asked").succeeded == false)
        }

        @Test(
            "the line for AppArmor is one that its parser takes, and is in QEMU's profile",
            arguments: LibvirtVersion.allCases)
        func appArmor(_ version: LibvirtVersion) throws {
            let machine = try LibvirtMachine(version)
            defer { machine.close() }
            try machine.follow("AppArmor")
            try machine.write(
                "#include <tunables/global>\nprofile qemu {\n  #include <abstractions/libvirt-qemu>\n}\n",
                to: "/tmp/profile")
            let parser = "apparmor_parser --base /etc/apparmor.d --skip-cache --skip-kernel-load"
            try machine.shell("\(parser) /tmp/profile")
            #expect(try machine.shell("\(parser) --preprocess /tmp/profile").contains("/run/kawela/** rw,"))
        }
    }
}

extension LibvirtMachine {
    /// A domain as virt-install makes it, with a card.
    fileprivate func installed() throws {
        try write(
            #"{"version": 1, "socket": "/run/kawela/installed/0.sock", "socket-mode": "0660", "uplink": "tap:tap0"}"#,
            to: "/etc/kawela/installed.json")
        try shell(
            """
            virt-install --print-xml --name installed --memory 256 --osinfo detect=off,require=off --import --disk none \
            --network none --graphics none --virt-type qemu --machine q35 >/tmp/installed
            kawela libvirt-xml --socket /run/kawela/installed/0.sock </tmp/installed >/tmp/installed.xml
            virsh define --validate /tmp/installed.xml
            """)
    }
}
