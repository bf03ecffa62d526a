// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("The command line") struct CommandTests {
    @Test(
        "has help for each command",
        arguments: [
            (["--help"], "SUBCOMMANDS"), (["serve", "--help"], "--uplink <spec>"),
            (["qemu-args", "--help"], "--no-memory"), (["sandbox", "--help"], "--uplink <spec>"),
            (["registers", "--help"], "--markdown"), (["top", "--help"], "--once"),
            (["lint", "--help"], "docs/lint.md"),
        ])
    func help(_ arguments: [String], _ expected: String) throws {
        let result = try RunningKawela(arguments).result()
        #expect(result.code == 0)
        #expect(result.output.contains(expected))
        #expect(result.errors == "")
    }

    @Test("tells its version")
    func version() throws {
        let result = try RunningKawela.run("--version")
        #expect(result.code == 0)
        #expect(
            result.output.wholeMatch(of: /kawela [0-9]+\.[0-9]+\.[0-9]+\S* \(commit \S+, debug, Swift 6\.\d+.*\)\n/)
                != nil)
    }

    @Test("lists its subcommands in groups, those that start a NIC first")
    func groups() throws {
        let output = try RunningKawela.run("--help").output
        let names = ["serve", "qemu-args", "status", "counters", "link", "vf", "registers", "replay"]
        let places = names.map { name in output.range(of: "\n  \(name) ").map(\.lowerBound) }
        #expect(!places.contains(nil), "\(output)")
        #expect(places.compactMap { $0 } == places.compactMap { $0 }.sorted())
        for group in ["START", "WATCH", "CHANGE", "DRIVER"] { #expect(output.contains("\(group) SUBCOMMANDS:")) }
    }

    @Test(
        "that is wrong ends with code 2 and one line",
        arguments: [
            (["--what"], "Unknown option '--what'"),
            (["what"], "Unexpected argument 'what'"),
            (["qemu-args"], "--socket <path> is missing, or --directory <dir> with --vfs <n>"),
            (["qemu-args", "--directory", "/d"], "go together"),
            (["qemu-args", "--vfs", "1"], "go together"),
            (["qemu-args", "--socket", "/s", "--directory", "/d", "--vfs", "1"], "leave --directory and --vfs out"),
            (["qemu-args", "--directory", "/d", "--vfs", "9"], "9 VFs are not possible: use 1 to 8"),
            (["qemu-args", "--socket", "/a", "--memory", "1"], "'1' is not a memory size"),
            (["qemu-args", "--socket", "/a b"], "--format lines or json"),
            (["qemu-args", "--socket", "/a", "--format", "xml"], "use shell, lines or json"),
            (["registers", "--json", "--markdown"], "exclude each other"),
            (["serve"], "--socket PATH is missing"),
            (["serve", "--socket", "/tmp/k"], "--uplink SPEC is missing"),
            (["serve", "--mac", "01:00:00:00:00:01"], "multicast"),
            (["serve", "--mac", "00:00:00:00:00:00"], "all-zero"),
            (["serve", "--mac", "nonsense"], "'nonsense' is not a MAC address"),
            (["serve", "--log-level", "loud"], "'loud' is not a log level"),
            (["serve", "--vfs", "9"], "9 VFs are not possible: use 0 to 8"),
            (["serve", "--vfs", "x"], "--vfs"),
            (["serve", "--pf", "nobody"], "use guest or embedded"),
            (["serve", "--guest-memory", "disk"], "use in-memory or any-file"),
            (["serve", "--sandbox", "maybe"], "use on, log or off"),
            (["serve", "--socket-mode", "rw"], "octal number"), (["serve", "--socket-owner", ":"], "is no user"),
            (["serve", "--allow-uid", "-1"], "--allow-uid"), (["sandbox"], "--socket PATH is missing"),
            (["serve", "--socket", "/s", "--directory", "/d"], "exclude each other"),
            (["serve", "--socket", "/s", "--vfs", "2"], "give --directory DIR instead"),
            (["serve", "--directory", "/d", "--pf", "embedded"], "add --vfs N"),
            (["serve", "--directory", "/d", "--vfs", "2"], "--uplink SPEC is missing"),
        ])
    func usage(_ arguments: [String], _ expected: String) throws {
        let result = try RunningKawela(arguments).result()
        #expect(result.code == 2)
        #expect(result.complaint?.contains(expected) == true, "\(result.errors)")
    }

    @Test("prints QEMU's arguments on one line")
    func arguments() throws {
        let result = try RunningKawela.run("qemu-args", "--socket", "/tmp/k.sock", "--memory", "2G")
        #expect(result.code == 0)
        #expect(result.output.hasPrefix("-machine q35,memory-backend=mem -object memory-backend-memfd,id=mem,size=2G"))
        #expect(result.output.filter(\.isNewline).count == 1)
    }

    @Test("prints QEMU's arguments for a NIC with VFs")
    func sriov() throws {
        let result = try RunningKawela.run("qemu-args", "--directory", "/tmp/k", "--vfs", "2", "--iommu")
        #expect(result.code == 0)
        #expect(result.output.contains("-device intel-iommu,"))
        #expect(result.output.contains(#""driver":"kawela-sriov","id":"kawela0-vf1""#))
        #expect(result.output.hasSuffix("\"addr\":\"0x0.0\"}\n"))
    }

    @Test("prints what the sandbox leaves")
    func sandbox() throws {
        let result = try RunningKawela.run("sandbox", "--socket", "/run/k/pf.sock", "--uplink", "tap:tap0")
        #expect(result.code == 0 && result.errors == "")
        #expect(result.output.contains("/run/k: remove files\n"))
        #expect(
            result.output.contains("thread port, paths:\n    /dev/net/tun: read files, write files, control devices\n"))
        #expect(result.output.contains("clone (a thread)") && result.output.contains("execve, execveat"))
    }

    @Test("leaves requests to vhost-net only where it is used")
    func vhostSandbox() throws {
        let request = "vhost-net's queues"
        let plain = try RunningKawela.run("sandbox", "--socket", "/run/k/pf.sock", "--uplink", "tap:tap0")
        #expect(plain.code == 0 && !plain.output.contains(request) && plain.output.contains("file size 1048576"))
        let vhost = try RunningKawela.run("sandbox", "--socket", "/run/k/pf.sock", "--uplink", "tap:tap0,vhost=on")
        #expect(vhost.code == 0 && vhost.output.contains("ioctl (TAP and state of interfaces or \(request))"))
        #expect(vhost.output.contains("file size 4194304") && !vhost.output.contains("/dev/vhost-net"))
    }

    @Test(
        "prints the register map",
        arguments: [([], "register "), (["--json"], "{\n"), (["--markdown"], "# ")])
    func registers(_ format: [String], _ beginning: String) throws {
        let result = try RunningKawela(["registers"] + format).result()
        #expect(result.code == 0)
        #expect(result.output.hasPrefix(beginning))
        #expect(result.output.contains("CTRL_EXT"))
    }

    @Test("prints the rules of misuse")
    func misuseRules() throws {
        let result = try RunningKawela.run("lint", "--rules")
        #expect(result.code == 0 && result.output.hasPrefix("# Misuse reports\n"))
        #expect(result.output.contains("| `tail-outside-ring` | misuse |"))
    }

    @Test(
        "with a configuration file that cannot be used ends with code 1 and one line naming the file",
        arguments: [
            (nil, "No such file"), ("{", "not valid JSON"), (#"{"version": 1, "x": 0}"#, #"unknown key "x""#),
        ])
    func configuration(_ content: String?, _ expected: String) throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("kawela-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: file) }
        if let content { try Data(content.utf8).write(to: file) }
        let result = try RunningKawela.run("serve", "--config", file.path)
        #expect(result.code == 1)
        #expect(result.complaint?.hasPrefix("\(file.path): ") == true)
        #expect(result.complaint?.contains(expected) == true, "\(result.errors)")
    }
}
