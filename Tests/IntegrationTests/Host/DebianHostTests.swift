// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest
import Testing

extension Integration {
    /// What somebody has who clones the repository on a fresh Debian 13, with `git`, `make` and Swift, and no more.
    @Suite("Debian 13 as host")
    struct DebianHostTests {
        private static let variables = ["http_proxy", "https_proxy", "no_proxy"]

        @Test("runs make demo from nothing, which leaves nothing behind", .timeLimit(.minutes(40)))
        func demo() throws {
            let run = try Run()
            defer { run.close() }
            let output = try Self.demo(in: run)
            let parts = output.components(separatedBy: "\nleft behind:")
            #expect(parts.count == 2 && parts[1] == "\n", "\(output)")
            #expect(output.firstMatch(of: #/.*(?i:error: |warning: |failed).*/#)?.0 == nil)
            try expectDemo(in: parts[0] + "\n")
        }

        /// What `make demo` prints in a clean Debian, and then what of it is still there.
        private static func demo(in run: Run) throws -> String {
            let (toolchain, git) = (try Toolchain(in: run), try GitRedirections(in: run))
            let debian = try CleanDebian("trixie", in: run)
            try debian.install("git", "make")
            try run.copySources(to: debian.root + "/kawela")
            try git.settings.write(toFile: debian.root + "/etc/gitconfig", atomically: true, encoding: .utf8)
            let cache = try cache()
            let command = try debian.entering(
                lent: [toolchain.folder] + git.folders, kept: ["/root/.cache/kawela": cache],
                "exec env -i \(environment(toolchain)) bash -c '\(script)' 2>&1")
            let alone = ["unshare", "--pid", "--fork", "--kill-child"]
            return try run.execute(alone + command, seconds: 2000)
        }

        /// What the demo downloads, so that it does that once.
        private static func cache() throws -> String {
            let environment = ProcessInfo.processInfo.environment
            let all = environment["XDG_CACHE_HOME"] ?? (environment["HOME"] ?? "/root") + "/.cache"
            let cache = all + "/kawela/host-trixie"
            try FileManager.default.createDirectory(atPath: cache, withIntermediateDirectories: true)
            return cache
        }

        /// A user's own variables, and those by which this machine reaches others.
        private static func environment(_ toolchain: Toolchain) -> String {
            let outside = ProcessInfo.processInfo.environment.filter { variables.contains($0.key.lowercased()) }
            let own = ["HOME=/root", "PATH=\(toolchain.folder)/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
            let certificates = ["PIP_CERT", "GIT_SSL_CAINFO"].map { "\($0)=\(CleanDebian.certificates)" }
            return (own + certificates + outside.map { "\($0.key)=\($0.value)" }).joined(separator: " ")
        }

        /// It has a table of processes of its own, of which this is the first.
        private static let script = """
            make --no-print-directory -C /kawela demo
            status=$?
            echo left behind:
            for process in /proc/[0-9]*; do
                [ $process = /proc/$$ ] || { read -r name <$process/comm && echo "process $name"; } 2>/dev/null
            done
            ip netns list
            ls -d /tmp/kawela-* ~/.cache/kawela/{log.,results.,*.new.}* 2>/dev/null
            exit $status
            """
    }
}
