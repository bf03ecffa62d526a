// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest

/// Terminals of tmux, in which commands are typed as a person would.
struct Terminals {
    private let run: Run
    private let socket: String
    /// What starts a shell in a new terminal.
    private let shell: [String]
    private var open: Set<String> = []

    /// - Parameter shell: ends in a prompt of `$ `.
    init(named name: String, in run: Run, shell: [String]) throws {
        (self.run, self.shell) = (run, shell)
        socket = run.path(name)
        try "set -g history-limit 100000\nset -g status off\n"
            .write(toFile: run.path("tmux.conf"), atomically: true, encoding: .utf8)
    }

    /// Types the command, waits for the next prompt, and returns what stands between.
    mutating func type(_ command: String, in name: String, seconds: Double) throws -> String {
        if open.insert(name).inserted { try start(name) }
        let before = try text(of: name)
        for line in command.split(separator: "\n") {
            try tmux(["send-keys", "-t", name, "-l", String(line)])
            try tmux(["send-keys", "-t", name, "Enter"])
        }
        var (now, quiet) = ("", 0)
        do {
            try eventually("a prompt after '\(command)'", within: seconds, every: 0.2) {
                let seen = try text(of: name)
                quiet = seen == now ? quiet + 1 : 0
                now = seen
                // What a kernel writes on its console may stand behind the prompt.
                if quiet % 50 == 49 { try tmux(["send-keys", "-t", name, "Enter"]) }
                return now != before && isPrompt(now)
            }
        } catch { throw GuestError("\(error)\n\(now.suffix(3000))") }
        // A machine that boots clears the screen.
        return now.hasPrefix(before) ? String(now.dropFirst(before.count)) : now
    }

    private func isPrompt(_ text: String) -> Bool {
        text.split(separator: "\n").last.map { $0.wholeMatch(of: /\$|root@\w+:~#/) != nil } ?? false
    }

    private func start(_ name: String) throws {
        try tmux(["new-session", "-d", "-s", name, "-x", "250", "-y", "50"] + shell)
        try eventually("a prompt in a new terminal", within: 20) { try isPrompt(text(of: name)) }
    }

    /// All that was ever written in it, without what programs do to colour it.
    private func text(of name: String) throws -> String {
        let text = try tmux(["capture-pane", "-p", "-J", "-S", "-", "-t", name])
        return text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.replacing(/\s+$/, with: "") }.joined(separator: "\n").replacing(/\n+$/, with: "")
    }

    @discardableResult
    private func tmux(_ arguments: [String]) throws -> String {
        try run.execute(["tmux", "-u", "-S", socket, "-f", run.path("tmux.conf")] + arguments)
    }
}
