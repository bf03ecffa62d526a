// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest
import Testing

/// Which libvirt a machine has, as Debian ships it.
enum LibvirtVersion: String, CaseIterable, CustomTestStringConvertible {
    /// 9.0, of Debian 12. Its QEMU is too old for Kawela, so it has that of backports.
    case bookworm
    /// The newest of Debian 13's backports, with their QEMU.
    case trixie

    var testDescription: String { self == .bookworm ? "Debian 12's" : "the newest of backports" }
}

/// A machine with libvirt's daemons and Kawela, prepared as docs/libvirt.md says, in namespaces of its own. It has a bridge, `br0`, on which the peer's address
/// is. Nothing of it is left when its run is over.
final class LibvirtMachine: Sendable {
    let run: Run
    let peer: Namespace
    let version: LibvirtVersion
    private let host: ChildProcess
    /// Its first process, by the number it has outside.
    private let first: String

    init(_ version: LibvirtVersion) throws {
        self.version = version
        let run = try Run()
        self.run = run
        // QEMU is not root.
        chmod(run.folder, 0o755)
        peer = try Namespace(in: run)
        try peer.execute(
            "ip link delete \(Namespace.tap); ip link add br0 type bridge; "
                + "ip addr add \(Namespace.address)/24 dev br0; ip link set br0 up")
        let artifacts = try Artifacts.find()
        let root = try prepared(["Scripts/libvirt-root", version.rawValue], in: run)
        let qemu = URL(filePath: try prepared(["Scripts/qemu", "--private"], in: run)).deletingLastPathComponent().path
        let preparation = try Manual.blocks(under: "Once on each host").joined()
        try preparation.write(toFile: run.path("first"), atomically: true, encoding: .utf8)
        let command = [
            "unshare", "--mount", "--pid", "--uts", "--ipc", "--fork", "--kill-child",
            Artifacts.repository + "/integrations/libvirt/test-host", root, run.folder, qemu,
            artifacts.kernel(.standard), artifacts.initrd(.standard), try Artifacts.kawela(), try Artifacts.plugin(),
        ]
        let host = try ChildProcess(peer.entering(command), name: "machine", in: run)
        self.host = host
        first = try firstChild(of: host)
        try eventually("libvirtd answers\n\(host.tail())", within: 30, every: 0.2) { isAnswering }
    }

    func close() { run.close() }

    /// Runs a shell command in the machine, as root.
    @discardableResult
    func shell(_ command: String, seconds: Double = 60) throws -> String {
        let result = try attempt(command, seconds: seconds)
        guard result.succeeded else { throw GuestError("\(command): \(result)\n--- libvirtd\n\(host.tail(lines: 10))") }
        return result.output
    }

    @discardableResult
    func attempt(_ command: String, seconds: Double = 60) throws -> CommandResult {
        let entering = ["nsenter", "--target", first, "--mount", "--pid", "--net", "--uts", "--ipc", "--root", "--wd"]
        let clean = ["env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", "HOME=/root"]
        return try run.attempt(entering + clean + ["sh", "-euc", command], seconds: seconds)
    }

    private var isAnswering: Bool { (try? attempt("virsh list").succeeded) == true }

    /// Has libvirtd end and start anew. Domains go on.
    func restartDaemon() throws {
        let before = try shell("cat /run/libvirtd.pid")
        try shell("kill \(before)")
        try eventually("libvirtd is back\n\(host.tail())", within: 30, every: 0.2) {
            let now = try attempt("cat /run/libvirtd.pid").output
            return now != before && isAnswering
        }
    }

    /// Runs the commands that docs/libvirt.md has under `heading`: those of the blocks with these numbers, or all.
    func follow(_ heading: String, _ blocks: [Int]? = nil) throws {
        let all = try Manual.blocks(under: heading)
        for number in blocks ?? Array(all.indices) { try shell(try #require(all[safe: number])) }
    }

    /// Command lines of what runs, and the user who runs it, by number.
    func processes(_ part: String) throws -> [(user: Int, line: Substring)] {
        try shell("ps axwwo uid=,args=").split(separator: "\n").filter { $0.contains(part) && !$0.contains(" axwwo ") }
            .compactMap { $0.firstMatch(of: /^ *(\d+) +(.*)$/) }.map { (Int($0.1) ?? -1, $0.2) }
    }

    /// How many `kawela serve` run with the configuration NAME.
    func services(_ name: String) throws -> Int { try processes("serve --config /etc/kawela/\(name).json").count }
}

private func firstChild(of host: ChildProcess) throws -> String {
    var child = ""
    try eventually("the machine starts\n\(host.tail())", within: 10, every: 0.05) {
        if let status = host.status { throw GuestError("the machine ended with \(status)\n\(host.tail())") }
        let text = try? String(contentsOfFile: "/proc/\(host.pid)/task/\(host.pid)/children", encoding: .utf8)
        child = (text ?? "").trimmingCharacters(in: .whitespaces)
        return !child.isEmpty
    }
    return child
}

/// The path that a script of the repository prints in its last line.
private func prepared(_ command: [String], in run: Run) throws -> String {
    let output = try run.execute([Artifacts.repository + "/" + command[0]] + command.dropFirst(), seconds: 900)
    return String(output.split(separator: "\n").last ?? "")
}

extension Array {
    subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
