// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest
import Testing

extension RealGuest {
    /// The questions of docs/observability.md, each with a fault planted that the command there finds.
    @Suite("A person with a question", .serialized)
    struct Observability {
        /// What `kawela ARGUMENTS` says of the card that all these tests share.
        private func kawela(_ arguments: String...) throws -> String {
            try SharedSRIOVGuest.ask(arguments)
        }

        @Test("who is connected, and which VFs exist: status", .timeLimit(.minutes(3)))
        func status() throws {
            _ = try SharedSRIOVGuest.vfs(2)
            let lines = try kawela("status").split(separator: "\n").map {
                $0.split(separator: " ").prefix(3).joined(separator: " ")
            }
            #expect(lines.contains("pf yes yes") && lines.contains("vf1 yes yes") && lines.contains("vf2 no yes"))
        }

        @Test("why is there no link: link", .timeLimit(.minutes(3)))
        func link() throws {
            let guest = try SharedSRIOVGuest.guest()
            #expect(try kawela("link") == "link up, 1000 Mb/s, full duplex\n")
            _ = try kawela("link", "down")
            try eventually("the guest sees it", within: 10, every: 0.2) {
                try guest.run("cat /sys/class/net/eth0/carrier") == "0\n"
            }
            #expect(try kawela("link") == "link down, unplugged by hand\n")
            _ = try kawela("link", "up")
            try guest.waitForCarrier()
            try SharedSRIOVGuest.outside().run("ip link set \(Namespace.tap) down")
            defer { _ = try? SharedSRIOVGuest.outside().run("ip link set \(Namespace.tap) up") }
            try eventually("the carrier goes", within: 10, every: 0.2) {
                try kawela("link") == "link down, the uplink has no carrier\n"
            }
        }

        @Test("why is VF 1 silent, being in a VLAN of its own: vf, registers", .timeLimit(.minutes(3)))
        func silentByVLAN() throws {
            let (guest, vfs) = (try SharedSRIOVGuest.guest(), try SharedSRIOVGuest.vfs(2))
            defer { SharedSRIOVGuest.spoil() }
            try guest.setVF(1, "vlan 100 qos 5")
            #expect(try vfs[0].ping(vfs[1], count: 1) == 0)
            #expect(try kawela("vf", "1").contains(#/\n1 +\S+ +100 +5 /#))
            #expect(try kawela("registers", "--live", "VMVIR[1]").contains(#/VMVIR\[1\].*0x4000a064/#))
            try guest.setVF(1, "vlan 0")
        }

        @Test("why is VF 1 silent, its driver being down: counters", .timeLimit(.minutes(3)))
        func silentByDriver() throws {
            let vfs = try SharedSRIOVGuest.vfs(2)
            defer { SharedSRIOVGuest.spoil() }
            try vfs[1].run("ip link set nic0 down")
            let queues = try queues()
            #expect(queues[0]?["enabled"] == true && queues[1]?["enabled"] == false)
        }

        /// The receive side of each queue.
        private func queues() throws -> [Int: [String: Bool]] {
            let counters =
                try JSONSerialization.jsonObject(with: Data(kawela("counters", "--json").utf8)) as? [String: Any]
            let port = (counters?["ports"] as? [[String: Any]])?.first
            let queues = port?["queues"] as? [[String: Any]] ?? []
            return Dictionary(
                uniqueKeysWithValues: queues.map { queue in
                    let receive = queue["receive"] as? [String: Any]
                    return (queue["queue"] as? Int ?? -1, ["enabled": receive?["enabled"] as? Bool ?? false])
                })
        }

        @Test("who speaks in another's name: counters, events", .timeLimit(.minutes(3)))
        func spoofing() throws {
            let vfs = try SharedSRIOVGuest.vfs(2)
            defer { SharedSRIOVGuest.spoil() }
            let before = try count("switch_spoofed")
            try vfs[0].run("modprobe bridge; ip link add br0 type bridge; ip link set br0 address 02:00:00:00:00:99")
            try vfs[0].run("ip link set nic0 master br0; ip link set br0 up; ip addr add 10.99.0.1/24 dev br0")
            _ = try vfs[0].ping("10.99.0.9", count: 2)
            #expect(try count("switch_spoofed") > before)
        }

        private func count(_ name: String) throws -> Int {
            let line = try kawela("counters").split(separator: "\n").first { $0.contains(" \(name) ") }
            return line.flatMap { Int($0.split(separator: " ").last ?? "") } ?? 0
        }

        @Test("who drops my frames, sent to a group nobody is in: counters, capture", .timeLimit(.minutes(3)))
        func filtered() throws {
            let outside = try SharedSRIOVGuest.outside()
            let before = try count("receive_filtered")
            try outside.run("ip route replace 239.82.57.6/32 dev \(Namespace.tap)")
            defer { _ = try? outside.run("ip route del 239.82.57.6/32") }
            let file = try SharedSRIOVGuest.bench().run.path("wire.pcapng")
            _ = try SharedSRIOVGuest.ask(["capture", file]) { _ = try outside.ping("239.82.57.6", count: 2) }
            #expect(try count("receive_filtered") >= before + 2)
            let comments = try outside.run("tshark -r \(file) -Y icmp -T fields -e frame.comment 2>/dev/null")
            #expect(comments.contains("receive_filtered"), "\(comments)")
        }

        @Test("who sends to whom: matrix", .timeLimit(.minutes(3)))
        func matrix() throws {
            let vfs = try SharedSRIOVGuest.vfs(2)
            var counters = ""
            _ = try SharedSRIOVGuest.ask(["ctl", "matrix", "on=true"]) {
                #expect(try vfs[0].ping(vfs[1], count: 3) >= 2)
                counters = try kawela("counters")
            }
            let rows = counters.split(separator: "\n").filter {
                $0.hasPrefix("pool0 ") || $0.hasPrefix("from ")
            }
            let to = try #require(rows.first?.split(separator: " ").firstIndex(of: "pool1"))
            let cells = try #require(rows.last).split(separator: " ")
            // "from \ to" is three words.
            #expect(Int(cells[to - 2]) ?? 0 >= 2, "\(rows)")
        }

        @Test("what is a VF held to: vf", .timeLimit(.minutes(3)))
        func rate() throws {
            let guest = try SharedSRIOVGuest.guest()
            _ = try SharedSRIOVGuest.vfs(2)
            try guest.setVF(0, "max_tx_rate 50")
            defer { _ = try? guest.setVF(0, "max_tx_rate 0") }
            #expect(try kawela("vf", "0").contains(#/\n0 +\S+ +0 +0 +50 +on/#))
        }

        @Test("are faults being injected: counters", .timeLimit(.minutes(3)))
        func faults() throws {
            let guest = try SharedSRIOVGuest.guest()
            #expect(try kawela("fault", "seed=3,loss=100% in times 2").hasPrefix("faults: seed=3,loss=100"))
            defer { _ = try? kawela("fault", "") }
            _ = try guest.station("PF").ping(SharedSRIOVGuest.outside(), count: 3)
            #expect(try kawela("counters").contains(#/\n  loss +2\n/#))
        }

        @Test("what says register CTRL: registers", .timeLimit(.minutes(3)))
        func registers() throws {
            _ = try SharedSRIOVGuest.guest()
            let text = try kawela("registers", "--live", "CTRL", "STATUS")
            #expect(text.contains(#/SLU \[6\] = 1/#) && text.contains(#/LU \[1\] = 1/#))
            #expect(try kawela("registers", "--live", "CTRL") == kawela("registers", "--live", "0x0000"))
        }

        @Test("what happened just now: events", .timeLimit(.minutes(3)))
        func events() throws {
            let guest = try SharedSRIOVGuest.guest()
            _ = try SharedSRIOVGuest.vfs(2)
            defer { SharedSRIOVGuest.spoil() }
            let text = try SharedSRIOVGuest.ask(
                ["events"],
                while: {
                    try guest.run("rmmod igbvf")
                    try guest.run("ip link set eth0 down; sleep 1; ip link set eth0 up")
                })
            #expect(text.contains(#/ reset function=vf0\n/#) && text.contains(#/ link speed=1000 up=false\n/#))
        }

        @Test("what did the driver write before it failed: trace", .timeLimit(.minutes(3)))
        func trace() throws {
            let guest = try SharedSRIOVGuest.guest()
            _ = try SharedSRIOVGuest.vfs(2)
            defer { SharedSRIOVGuest.spoil() }
            let text = try SharedSRIOVGuest.ask(
                ["trace", "--function", "vf0"],
                while: {
                    try guest.run("ip netns exec vf0 ip link set nic0 down")
                })
            #expect(text.contains(#/vf0 +W +BAR0 +RXDCTL/#))
        }

        @Test("which frames does VF 0 get, and why not: capture", .timeLimit(.minutes(3)))
        func capture() throws {
            let vfs = try SharedSRIOVGuest.vfs(2)
            let file = try SharedSRIOVGuest.bench().run.path("vf0.pcapng")
            _ = try SharedSRIOVGuest.ask(
                ["capture", "--function", "vf0", file],
                while: {
                    _ = try vfs[0].ping(vfs[1], count: 2)
                })
            let text = try SharedSRIOVGuest.outside().run(
                "tshark -r \(file) -T fields -e frame.interface_name -e _ws.col.Info 2>/dev/null")
            #expect(text.contains(#/vf0\tEcho \(ping\) request/#) && text.contains(#/vf0\tEcho \(ping\) reply/#))
        }

        @Test("what did my driver do wrong: lint", .timeLimit(.minutes(3)))
        func lint() throws {
            let guest = try SharedSRIOVGuest.guest()
            _ = try SharedSRIOVGuest.vfs(2)
            defer { SharedSRIOVGuest.spoil() }
            _ = try kawela("lint", "on")
            defer { _ = try? kawela("lint", "off") }
            // A program that has the BAR of VF 1 in igbvf's place moves the tail of a queue that is off.
            let device = guest.vfDevice(1)
            try guest.run("d=$(readlink -f \(device)); basename $d >$d/driver/unbind; echo 1 >$d/enable")
            let bar = try guest.run("head -n 1 \(device)/resource | cut -d ' ' -f 1").trimmingCharacters(in: .newlines)
            try guest.run("busybox devmem $((\(bar) + 0x3818)) 32 5")
            let report = try kawela("lint")
            #expect(report.contains(#/misuse tail-outside-ring: vf1, queue 1: TDT\[1\] 0x00000005\n/#), "\(report)")
            #expect(report.contains(#/\n    right: .* \(datasheet [0-9., ]+\)/#))
        }

        @Test("is anything wrong with igb and igbvf that start, send, reset and end: lint", .timeLimit(.minutes(5)))
        func quietDrivers() throws {
            let guest = try SharedSRIOVGuest.guest()
            try SharedSRIOVGuest.bench().watchDrivers()
            defer {
                _ = try? kawela("lint", "off")
                SharedSRIOVGuest.spoil()
            }
            try guest.run("rmmod igbvf; rmmod igb; modprobe igb", seconds: 60)
            SharedSRIOVGuest.spoil()
            let vfs = try SharedSRIOVGuest.vfs(2)
            #expect(try vfs[0].reached([vfs[1], SharedSRIOVGuest.outside()]).count == 2)
            #expect(try vfs[0].send(to: vfs[1]).bytes > 100_000)
            #expect(try SharedSRIOVGuest.pf().send(to: SharedSRIOVGuest.outside()).bytes > 100_000)
            try guest.run(
                "ethtool -r eth0; ethtool -d eth0 >/dev/null; ethtool -e eth0 >/dev/null; ethtool -S eth0 >/dev/null")
            try guest.setVFs(0)
            try SharedSRIOVGuest.bench().expectNoMisuse(but: .ofIgbWithVFs)
        }

        @Test("can a bug report be run again: trace, replay", .timeLimit(.minutes(5)))
        func replay() throws {
            let guest = try SharedSRIOVGuest.guest()
            let file = try SharedSRIOVGuest.bench().run.path("trace.jsonl")
            defer { SharedSRIOVGuest.spoil() }
            _ = try SharedSRIOVGuest.ask(
                ["trace", "--json", file],
                while: {
                    // What a replay begins with.
                    try guest.machine.qmp.execute("system_reset")
                    try guest.waitUntilReady()
                })
            let result = try kawelaReplay(file)
            #expect(result.contains("differences: 0; "), "\(result)")
        }

        private func kawelaReplay(_ file: String) throws -> String {
            let process = try ChildProcess(
                [try Artifacts.kawela(), "replay", file], name: "replay", in: SharedSRIOVGuest.bench().run)
            _ = try process.wait(seconds: 60)
            return process.output
        }

        @Test("how was it yesterday: metrics", .timeLimit(.minutes(3)))
        func metrics() throws {
            let vfs = try SharedSRIOVGuest.vfs(2)
            #expect(try vfs[0].ping(vfs[1], count: 2) >= 1)
            let text = try kawela("metrics")
            #expect(
                text.contains(#/kawela_function_transmit_frames_total\{[^}]*function="vf0"[^}]*\} [1-9]/#), "\(text)")
            #expect(text.hasSuffix("# EOF\n"))
        }
    }
}
