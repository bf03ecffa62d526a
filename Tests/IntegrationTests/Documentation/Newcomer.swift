// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest

/// Somebody with a fresh Debian 13, no privileges but sudo's, Kawela's packages, and a document.
struct Newcomer {
    /// Terminals in the machine's network, for what has to be fetched, and in one of the newcomer's own.
    private var terminals: [Bool: Terminals] = [:]

    init(in run: Run, packages: [String]) throws {
        let debian = try CleanDebian("trixie", in: run)
        try debian.install("sudo", "ca-certificates")
        try debian.change(
            """
            useradd --create-home --home-dir /newcomer --shell /bin/bash newcomer && echo 'newcomer ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/newcomer
            echo "127.0.1.1 $(hostname)" >>/etc/hosts
            """)
        try run.execute(["cp"] + packages + [debian.root + "/newcomer/"])
        let network = run.namespaceName()
        try run.execute(["ip", "netns", "add", network])
        try run.execute(["ip", "-n", network, "link", "set", "lo", "up"])
        let shell = try debian.entering(Self.shell)
        terminals = [
            true: try Terminals(named: "online", in: run, shell: shell),
            false: try Terminals(named: "own", in: run, shell: ["ip", "netns", "exec", network] + shell),
        ]
    }

    private static let shell = """
        cd /newcomer
        exec setpriv --reuid newcomer --regid newcomer --init-groups --inh-caps=-all env -i 'PS1=$ ' KAWELA_RUN=$KAWELA_RUN \
        HOME=/newcomer USER=newcomer TERM=screen PATH=/usr/local/bin:/usr/bin:/bin LC_ALL=C.UTF-8 bash --norc -i
        """

    /// Types what a chapter says.
    /// - Throws: at the first command that does not print what the document says it does.
    mutating func follow(_ recipe: Recipe, _ chapter: String, online: Bool = false) throws {
        for step in recipe.steps(of: chapter) {
            let output = try terminals[online]!.type(step.command, in: step.terminal, seconds: 900)
            // A person reads on before the next command, and what was started, or a new interface, gets ready meanwhile.
            sleep(step.command.hasSuffix("&") ? 5 : 2)
            if let missing = step.missing(in: String(output.drop { $0 != "\n" })) {
                throw GuestError("line \(step.line): '\(step.command)' printed no '\(missing)':\n\(output)")
            }
        }
    }
}
