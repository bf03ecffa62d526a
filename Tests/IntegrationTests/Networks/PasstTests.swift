// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest
import Testing

private let shared = SharedSetting<Setting>()

extension Integration {
    @Suite("A machine with the PF, of a user without any rights, by passt", .serialized, shared)
    struct PasstTests {
        @Test("nothing of it has a privilege", .timeLimit(.minutes(3)))
        func unprivileged() throws {
            let setting = try shared.current()
            for process in [setting.recipe.pid, setting.guest.machine.process.pid] {
                let children = try String(contentsOfFile: "/proc/\(process)/task/\(process)/children", encoding: .utf8)
                for pid in ["\(process)"] + children.split(separator: " ").map(String.init) {
                    let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
                    #expect(status.contains("Uid:\t65534\t65534\t65534\t65534"), "\(status)")
                    #expect(status.contains("CapEff:\t0000000000000000"), "\(status)")
                    #expect(status.contains("NoNewPrivs:\t1"), "\(status)")
                }
            }
        }

        @Test("it gets the host's address by DHCP, and reaches others by TCP, UDP and ping", .timeLimit(.minutes(5)))
        func outbound() throws {
            let setting = try shared.current()
            let (vm, outside) = (setting.vm, setting.outside)
            #expect(vm.address == "192.0.2.2", "passt gives the guest the address that the host has")
            #expect(try vm.exchange(with: outside))
            #expect(try vm.send(to: outside).bytes > 500_000)
            #expect(try vm.ping(outside, count: 3) >= 2)
            let port = Station.freePort()
            // Bound, or its answers would come from another address of its own.
            try outside.start("timeout 60 iperf3 -s -1 -B \(outside.address) -p \(port)")
            usleep(500_000)
            let datagrams = try vm.run("iperf3 -u -b 1M -t 2 -J -p \(port) -c \(outside.address)", seconds: 30)
            #expect(try Throughput(json: datagrams.replacing("\"sum\"", with: "\"sum_received\"")).bytes > 50_000)
        }

        @Test("others reach it at the port that passt was told to forward", .timeLimit(.minutes(3)))
        func inbound() throws {
            let setting = try shared.current()
            try setting.vm.start("timeout 60 busybox nc -ll -p 22 -e echo hello")
            try eventually("an answer", within: 15, every: 0.5) {
                try setting.outside.attempt("busybox nc -w 3 192.0.2.2 2222 </dev/null").output.contains("hello")
            }
        }
    }
}

/// A host with a user, and one outside.
private struct Setting: NetworkSetting {
    let run: Run
    /// passt and `kawela serve`.
    let recipe: ChildProcess
    let guest: Guest
    let vm, outside: Station

    init() throws {
        run = try Run()
        let run = run
        let (host, world) = (try NetworkHost("host", in: run), try NetworkHost("world", in: run))
        try NetworkHost.join(host, world)
        // Whatever is outside answers to an address that is not the gateway's, which passt takes for the host itself.
        try world.namespace.execute("ip addr add 192.0.2.1/24 dev phy0; ip addr add 198.51.100.1/32 dev lo")
        try host.namespace.execute(
            """
            ip addr add 192.0.2.2/24 dev phy0; ip route add default via 192.0.2.1
            echo 0 2147483647 >/proc/sys/net/ipv4/ping_group_range
            """)
        let kawela = run.path("bin")
        try FileManager.default.createDirectory(atPath: kawela, withIntermediateDirectories: false)
        try FileManager.default.copyItem(atPath: try Artifacts.kawela(), toPath: kawela + "/kawela")
        try run.execute(["chown", "-R", "65534:65534", run.folder])

        let engines = try NetworkHost.engines(in: run)
        let cache = URL(filePath: engines).deletingLastPathComponent().path
        let user = Namespace(
            host.namespace, startingBy: ["\(NetworkHost.recipes)/unprivileged", "\(cache):\(NetworkHost.recipes)"])
        recipe = try user.start(
            [
                "env", "PATH=\(kawela):\(engines)/bin:/usr/bin:/bin", "folder=\(run.folder)", "sh", "-eu",
                "\(NetworkHost.recipes)/passt.sh",
            ], name: "passt")
        let (recipe, socket) = (recipe, run.path("pf.sock"))
        try eventually("passt and kawela\n\(recipe.tail())", within: 15) {
            if let status = recipe.status { throw GuestError("the recipe ended with \(status)\n\(recipe.tail())") }
            return FileManager.default.fileExists(atPath: socket)
        }
        guest = try Guest(
            card: NetworkCard(servedIn: run.folder, mac: "", vfs: 0), GuestOptions.with { $0.processors = 1 }, in: run,
            namespace: user)
        try guest.waitUntilReady(seconds: 240)
        try guest.run("modprobe igb; ip link set eth0 up")
        try guest.waitForCarrier()
        try guest.run("udhcpc -i eth0 -n -q -t 10 -s /usr/share/udhcpc/default.script", seconds: 40)
        let text = try guest.run("ip -4 addr show eth0")
        vm = guest.station(address: String(text.firstMatch(of: /inet ([0-9.]+)/)?.1 ?? "none"))
        outside = world.station("198.51.100.1")
    }
}
