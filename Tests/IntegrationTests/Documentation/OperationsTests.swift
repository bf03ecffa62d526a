// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest
import Testing

private let shared = SharedSetting<Operator>()

/// What the comments `<!-- terminal: NAME -->` of the documents call the settings in which commands are typed.
private enum Setting: String, CaseIterable {
    /// The TAP interface, for all others.
    case cable
    /// With guests.
    case pf, sriov, machines
    case start, ports, packet, wire, vhostuser, qemu, second, quoting, owners, faults, watch, clocks
    case seen, trouble, before, after
}

extension Integration {
    @Suite("Commands of operations, observability, troubleshooting and coming from igb", .serialized, shared)
    struct OperationsTests {
        private static let documents = [
            "docs/operations.md", "docs/observability.md", "docs/troubleshooting.md", "docs/coming-from-igb.md",
        ]

        private static let steps = Result { try documents.flatMap { try Recipe($0).steps } }

        private func steps(_ setting: Setting) throws -> [Recipe.Step] {
            try Self.steps.get().filter { $0.terminal == setting.rawValue }
        }

        /// The operator with a TAP interface, and nothing else running.
        private func person() throws -> Operator {
            let person = try shared.current()
            person.clear()
            if try !person.outside.attempt("ip link show tap0").succeeded { try person.follow(steps(.cable)) }
            return person
        }

        @Test("are all in settings that tests know")
        func settings() throws {
            #expect(try Set(Self.steps.get().map(\.terminal)) == Set(Setting.allCases.map(\.rawValue)))
        }

        @Test("give a guest the PF, which DPDK takes", .timeLimit(.minutes(3)))
        func pf() throws {
            let person = try person()
            let steps = try steps(.pf)
            try person.follow(steps.filter { !$0.isInGuest }, guests: [.dpdk()])
            let guest = try #require(person.guests.first)
            try guest.waitUntilReady()
            try guest.bringUpLink()
            #expect(try guest.ping() >= 2)
            try person.follow(steps.filter(\.isInGuest))
        }

        @Test("give a guest PF and VFs, of which DPDK takes one", .timeLimit(.minutes(3)))
        func sriov() throws {
            let person = try person()
            let steps = try steps(.sriov)
            let options = GuestOptions.dpdk { $0.kernelOptions += " intel_iommu=on iommu=pt" }
            try person.follow(steps.filter { !$0.isInGuest }, guests: [options])
            let guest = try #require(person.guests.first)
            try guest.waitUntilReady()
            try guest.bringUpLink()
            try guest.run("modprobe igbvf")
            try person.follow(steps.filter(\.isInGuest))
            #expect(try guest.functions().count == 4)
            #expect(try guest.run("ethtool -e eth0 offset 0x2d length 1").contains("02"))
            try typeSentences(in: guest)
            #expect(try person.execute("qemu-system-x86_64 -device help").contains("\"vfio-user-pci\""))
        }

        /// Commands that stand in sentences and no other test types.
        private func typeSentences(in guest: Guest) throws {
            #expect(try guest.run(#"dmesg | grep "Default domain""#).contains("Passthrough"))
            #expect(try guest.run("ethtool -e eth0 raw on | wc -c") == "512\n")
            try guest.run("ethtool -K eth0 rx-all on && ethtool -K eth0 rx-all off")
            #expect(try guest.run("ip -s link show eth0").contains("vf 3"))
            #expect(try !guest.attempt("ip link set eth0 vf 0 state enable").succeeded)
        }

        @Test("give two guests a VF each", .timeLimit(.minutes(3)))
        func machines() throws {
            let person = try person()
            try person.follow(try steps(.machines), guests: (0..<2).map { Bench.vfOptions($0) })
            for guest in person.guests { try guest.waitUntilReady() }
            let stations = try person.guests.enumerated().map { try $1.bringUpVF($0) }
            #expect(try stations[0].ping(stations[1], count: 3) >= 2)
            #expect(try stations[1].ping(person.outside, count: 3) >= 2)
        }

        @Test(
            "start Kawela on each uplink, in each way", .timeLimit(.minutes(1)),
            arguments: [
                (.start, "[ $(cat /sys/class/net/tap0/operstate) = up ]"),
                (.faults, "[ $(cat /sys/class/net/tap0/operstate) = up ]"),
                (.packet, "ip -d link show nic0 | grep 'promiscuity 1'"),
                (.vhostuser, "ss -Hx | grep ESTAB.*/tmp/nic0"),
                (.owners, "[ $(stat -c %U:%a /run/kawela/pf.sock) = libvirt-qemu:600 ]"),
                (.trouble, "[ -S /run/kawela/control.sock ]"),
            ] as [(Setting, String)])
        private func serve(_ setting: Setting, check: String) throws {
            let person = try person()
            try person.follow(try steps(setting))
            do {
                try eventually(check, within: 20) { try person.outside.attempt(check).succeeded }
            } catch { throw GuestError("\(error)\n\(person.log)\n\(try person.execute("ip link; ss -Hxa"))") }
        }

        @Test("start the ports of the configuration file above them", .timeLimit(.minutes(1)))
        func ports() throws {
            let person = try person()
            let steps = try steps(.ports)
            let text = try String(contentsOfFile: Artifacts.repository + "/docs/operations.md", encoding: .utf8)
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).prefix(steps[0].line)
            let end = try #require(lines.lastIndex(of: "    }")), start = try #require(lines.lastIndex(of: "    {"))
            try person.write(lines[start...end].joined(separator: "\n"), to: "/etc/kawela/kawela.json")
            try person.follow(steps)
            for port in ["port0", "port1", "vfs"] { #expect(person.log.contains("port=\(port)")) }
        }

        @Test(
            "plug the NIC into QEMU", .timeLimit(.minutes(1)),
            arguments: [
                (.qemu, ["/run/kawela/pf.sock"]), (.second, ["/run/kawela/pf.sock", "/run/kawela/second.sock"]),
                (.quoting, ["/tmp/my sockets/k"]), (.clocks, []), (.after, []), (.wire, []), (.before, []),
            ] as [(Setting, [String])])
        private func plug(_ setting: Setting, served: [String]) throws {
            let person = try person()
            for socket in served { try person.serve("kawela serve --socket '\(socket)' --uplink null") }
            if setting == .second { person.rest = "$(kawela qemu-args --socket /run/kawela/pf.sock --memory 512M)" }
            try person.follow(try steps(setting))
            let check: String? =
                switch setting {
                case .wire: "ss -Hx | grep ESTAB.*/tmp/wire.sock"
                case .before: "[ $(cat /sys/class/net/tap0/operstate) = up ]"
                default: nil
                }
            try eventually("QEMU connects\n\(person.log)", within: 20) {
                try check.map { try person.outside.attempt($0).succeeded } ?? person.log.contains("client connected")
            }
        }

        @Test("ask a NIC that runs", .timeLimit(.minutes(1)))
        func see() throws {
            let person = try person()
            try person.follow(try steps(.seen))
        }

        @Test("serve metrics and the page", .timeLimit(.minutes(1)))
        func watch() throws {
            let person = try person()
            try person.serve("kawela serve --socket /run/kawela/pf.sock --uplink null --control /run/k.sock")
            try person.follow(try steps(.watch))
            for address in ["9576/metrics", "8257/"] {
                let parts = address.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
                let request = "GET /\(parts[1]) HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n"
                let answer = try person.execute(
                    "exec 3<>/dev/tcp/127.0.0.1/\(parts[0]); printf '\(request)' >&3; timeout 10 head -n 1 <&3")
                #expect(answer.contains(" 200 "), "\(address): \(answer)")
            }
        }

        /// The commands that stand in the sentences and tables of observability.md, of those that ask a control socket and need
        /// neither a screen nor another program.
        private static let questions: [String] = {
            let path = Artifacts.repository + "/docs/observability.md"
            let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            let spans = text.matches(
                of: /`(kawela (?:status|link|vf|counters|registers|capture|trace|lint|events|fault|ctl)[^`|]*)`/)
            return Set(spans.map { String($0.1) }).sorted()
        }()

        @Test("in sentences and tables are answered by a NIC that runs", .timeLimit(.minutes(2)))
        func answer() throws {
            let person = try person()
            try person.write(#"{"version": 1}"#, to: "/etc/kawela/kawela.json")
            try person.serve(
                "kawela serve --config /etc/kawela/kawela.json --directory /run/k --vfs 4 --pf embedded --uplink tap:tap0 "
                    + "--control /run/k/control.sock")
            #expect(Self.questions.count >= 24)
            for question in Self.questions {
                let command = question.replacing("FILE", with: "/tmp/file").replacing(
                    "mac=...", with: "mac=52:54:00:00:00:10")
                let goesOn = ["capture", "trace", "events", "ctl matrix"].contains { command.hasPrefix("kawela " + $0) }
                // Interrupted, as the document has it.
                let whole = (goesOn ? "timeout --preserve-status --signal INT 1 " : "") + command
                let result = try person.outside.attempt("KAWELA_CONTROL=/run/k/control.sock " + whole)
                #expect(result.succeeded || goesOn && result.status == 130, "\(question): \(result)")
            }
        }
    }
}
