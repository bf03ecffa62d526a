// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest

/// Somebody who runs Kawela by hand, as documents say, on a host of their own: a network with a bridge `br0`, which has the
/// peer's address, and folders that nobody else sees. Its root has QEMU, and `kawela`, in PATH.
final class Operator: NetworkSetting, @unchecked Sendable {
    let run: Run
    private let namespace: Namespace
    private let host: ChildProcess
    /// What was started, last first.
    private var daemons: [ChildProcess] = []
    private(set) var guests: [Guest] = []
    private var machines: [Machine] = []
    /// Commands whose effect is in the shell that they are typed in.
    private var shellState: [String] = []
    /// What `...` stands for in `kawela serve ...`.
    private static let serving = "--socket /run/kawela/pf.sock --uplink null"

    init() throws {
        run = try Run()
        namespace = try Namespace(in: run)
        try namespace.execute("ip link del \(Namespace.tap); ip tuntap add tap1 mode tap; ip link set tap1 up")
        try namespace.execute(
            "ip link add br0 type bridge; ip link set br0 up; ip addr add \(Namespace.address)/24 dev br0")
        try namespace.execute(
            "ip link add eth1 type veth peer name eth1-peer; ip link set eth1 up; ip link set eth1-peer up")
        let bin = run.path("bin")
        try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: false)
        try run.execute(["ln", "-s", try Artifacts.kawela(), bin + "/kawela"])
        // Which accelerator tests use is said behind what the documents have.
        let qemu = """
            #!/bin/bash
            [ "$1 $2" != '-accel kvm' ] || shift 2
            exec \(try Artifacts.find().qemu) "$@"

            """
        try qemu.write(toFile: bin + "/qemu-system-x86_64", atomically: true, encoding: .utf8)
        try run.execute(["chmod", "755", bin + "/qemu-system-x86_64"])
        host = try namespace.start(
            ["unshare", "--mount", "bash", "-ec", Self.folders(keeping: run.folder, plugin: try Artifacts.plugin())],
            name: "host")
        let host = host
        try eventually("the host's folders\n\(host.tail())", within: 20) { host.output.contains("ready") }
    }

    /// Makes the folders, and stays.
    private static func folders(keeping folder: String, plugin: String) -> String {
        """
        mount --make-rprivate /
        mount -t tmpfs run /run
        mkdir -p /run/kawela/vfs /run/k /run/keep
        mount --bind \(folder) /run/keep
        mount -t tmpfs tmp /tmp
        mkdir -p \(folder) '/tmp/my sockets'
        mount --move /run/keep \(folder)
        for folder in etc usr/lib var/lib; do
            mkdir -p /run/overlay/$folder/upper /run/overlay/$folder/work
            mount -t overlay -o lowerdir=/$folder,upperdir=/run/overlay/$folder/upper,workdir=/run/overlay/$folder/work overlay /$folder
        done
        mkdir -p /etc/kawela /usr/lib/kawela /var/lib/kawela
        cp \(plugin) /usr/lib/kawela/kawela-sriov.so
        for name in me kawela libvirt-qemu; do
            grep -q "^$name:" /etc/passwd || echo "$name:x:$((7000 + i++)):65534::/:/bin/sh" >>/etc/passwd
        done
        grep -q '^kvm:' /etc/group || echo 'kvm:x:7100:' >>/etc/group
        echo ready
        exec sleep infinity
        """
    }

    /// What runs a script as the operator's shell does, with words that are `"$@"` in it.
    private func shell(_ script: String, _ words: [String] = []) -> [String] {
        let setup = "cd \(Artifacts.repository); PATH=\(run.path("bin")):/usr/sbin:/usr/bin:/sbin:/bin\n"
        let all = setup + shellState.map { $0 + "\n" }.joined() + script
        return ["nsenter", "--target", "\(host.pid)", "--mount", "--net", "bash", "-ec", all, "bash"] + words
    }

    @discardableResult
    func execute(_ command: String, seconds: Double = 60) throws -> String {
        try run.execute(shell(command), seconds: seconds)
    }

    /// The peer that is on the bridge.
    var outside: Station {
        Station("outside", Namespace.address) { try self.run.attempt(self.shell($0), seconds: Double($1)) }
    }

    /// What `...` is in a command of QEMU's before the options that are always there.
    var rest = ""

    /// Ends what runs.
    func clear() {
        for machine in machines { machine.process.kill() }
        for guest in guests { guest.machine.process.kill() }
        for daemon in daemons { daemon.terminate() }
        (machines, guests, daemons, shellState, rest) = ([], [], [], [], "")
    }

    /// Puts a file there.
    func write(_ text: String, to path: String) throws {
        let copy = run.path(run.uniqueName("file"))
        try text.write(toFile: copy, atomically: true, encoding: .utf8)
        try execute("cp \(copy) \(path)")
    }

    /// Types the commands, and compares what they print.
    /// - Parameter options: of guests that boot in QEMU, one after the other. Once there are no more, a QEMU is started, and no
    ///   guest in it.
    func follow(_ steps: [Recipe.Step], guests options: [GuestOptions] = []) throws {
        var options = options
        for step in steps {
            if step.isInGuest {
                try typeInGuest(step)
            } else if step.command.contains("qemu-system-x86_64") {
                try startQEMU(step.command, options.isEmpty ? nil : options.removeFirst())
            } else {
                try typeOnHost(step)
            }
        }
    }

    private func typeOnHost(_ step: Recipe.Step) throws {
        let command = step.command
        if command.hasPrefix("kawela serve") {
            for daemon in daemons where daemon.name.hasPrefix("kawela") { daemon.terminate() }
            try serve(command.replacing(/\ &$/, with: "").replacing(" ...", with: " " + Self.serving))
        } else if command.hasPrefix("dpdk-testpmd") {
            let rest =
                "--no-huge --no-shconf --no-telemetry -m 256 -l 0,1 --no-pci -- --auto-start --total-num-mbufs=8192"
            try start(
                command.replacing(" ...", with: " " + rest + " --stats-period=10"), until: "Press enter|statistics")
        } else if command.hasPrefix("kawela web") || command.hasPrefix("kawela metrics") {
            try start(command, until: "http://")
        } else {
            if command.hasPrefix("export ") || command.hasPrefix("mapfile ") { shellState.append(command) }
            try compare(step, execute(command))
        }
    }

    /// Starts `kawela serve` and waits until it does.
    func serve(_ command: String) throws { try start(command, until: "serving |driving the PF") }

    private func start(_ command: String, until pattern: String) throws {
        let name = command.prefix { $0 != " " }
        let process = try ChildProcess(shell("exec " + command), name: run.uniqueName(String(name)), in: run)
        daemons.insert(process, at: 0)
        let expression = try Regex(pattern)
        do {
            try eventually("'\(command)' is ready", within: 20) {
                guard process.status == nil else { throw GuestError("'\(command)' ended") }
                return process.output.contains(expression)
            }
        } catch { throw GuestError("\(error)\n\(process.tail())") }
    }

    /// The log of the daemon that was started last.
    var log: String { daemons.first?.output ?? "" }

    /// - Parameter options: of the guest that boots in it; without, QEMU waits for somebody who starts its processor.
    private func startQEMU(_ command: String, _ options: GuestOptions?) throws {
        let own = ["-nodefaults", "-no-user-config", "-display", "none"]
        let script = command.replacing(" ...", with: " \(rest) \"$@\"")
        guard let options else {
            machines.append(
                try Machine(
                    name: run.uniqueName("qemu"), command: shell(script, own + ["-accel", "tcg", "-S"]), in: run))
            return
        }
        let guest = try Guest(options, in: run) { arguments in
            try Machine(name: options.name, command: shell(script, own + arguments), in: run)
        }
        guests.append(guest)
    }

    private func typeInGuest(_ step: Recipe.Step) throws {
        guard let guest = guests.last else { throw GuestError("line \(step.line): there is no guest") }
        guard step.command.hasPrefix("dpdk-testpmd") else {
            return try compare(step, guest.run(step.command, seconds: 60))
        }
        guard let match = step.command.firstMatch(of: /-l 0-1 -a (\S+) -- -i ?(.*)/) else {
            throw GuestError("line \(step.line): a guest has testpmd with other options")
        }
        let testpmd = try TestPMD(guest, [String(match.1)], options: String(match.2))
        try testpmd("start")
        try eventually("testpmd's link\n\(testpmd.log)", within: 30, every: 0.5) {
            try testpmd("show port info 0").contains("Link status: up")
        }
        if match.2.contains("icmpecho") {
            let answers = try outside.ping("10.82.57.99", count: 5)
            guard answers > 0 else { throw GuestError("testpmd answers no ping\n\(testpmd.log)") }
        }
        try testpmd.quit()
    }

    private func compare(_ step: Recipe.Step, _ output: String) throws {
        if let missing = step.missing(in: output) {
            throw GuestError("line \(step.line): '\(step.command)' printed no '\(missing)':\n\(output)")
        }
    }
}
