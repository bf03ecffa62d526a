// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest

/// A copy of a Debian on which nothing was installed yet, for one test. It has this machine's devices and way to the
/// network: name servers, apt's proxy, certificates.
struct CleanDebian {
    let root: String
    private let run: Run

    /// - Parameter suite: `bookworm`, `trixie`.
    init(_ suite: String, in run: Run) throws {
        self.run = run
        root = run.path("root")
        let clean = try run.execute([Artifacts.repository + "/Packaging/root", suite], seconds: 900)
            .split(separator: "\n").last.map(String.init)
        guard let clean else { throw GuestError("Packaging/root \(suite) printed no folder") }
        try run.execute(["cp", "--archive", clean, root], seconds: 300)
        try run.execute(["cp", "--dereference", "/etc/resolv.conf", root + "/etc/"])
        try run.shell(
            """
            apt-config dump | sed -n '/^Acquire::https\\?::Proxy /p' >'\(root)/etc/apt/apt.conf.d/90proxy'
            cp /etc/ssl/certs/ca-certificates.crt '\(root)\(Self.certificates)'
            """)
    }

    /// The certificates this machine trusts, which may be more than those in Debian's package.
    static let certificates = "/etc/certificates-of-this-machine.crt"

    /// Installs Debian packages, before anybody enters it.
    func install(_ packages: String...) throws {
        let install = "apt-get install --yes --no-install-recommends \(packages.joined(separator: " "))"
        try change("apt-get update && DEBIAN_FRONTEND=noninteractive \(install)")
    }

    /// Runs a shell command as root, before anybody enters it.
    func change(_ command: String) throws {
        try run.execute(["chroot", root, "sh", "-ec", command], seconds: 600)
    }

    /// A command that enters it and becomes the shell command `command`; the mounts are gone with it. Folders of this
    /// machine are there: those `lent` at their own paths, to be read only, and those `kept`, by their paths there.
    func entering(lent: [String] = [], kept: [String: String] = [:], _ command: String) throws -> [String] {
        for place in lent + kept.keys {
            try FileManager.default.createDirectory(atPath: root + place, withIntermediateDirectories: true)
        }
        let mounts =
            lent.map { "mount --bind -o ro '\($0)' '\(root)\($0)'" }
            + kept.map { "mount --bind '\($0.value)' '\(root)\($0.key)'" }
        let script = """
            mount --rbind \(root) \(root)
            \(mounts.joined(separator: "\n"))
            cd \(root); mount --rbind /dev dev; mount --rbind /sys sys; mount -t proc proc proc
            mkdir -p .outside; pivot_root . .outside; umount -l .outside; cd /
            \(command)
            """
        return ["unshare", "--mount", "sh", "-ec", script]
    }
}
