// SPDX-License-Identifier: Apache-2.0

import Foundation
import HostTestSupport
import Testing

/// `kawela top` in a terminal of tmux.
final class TmuxTerminal {
    private static let program: String? = ["/usr/bin/tmux", "/usr/local/bin/tmux"]
        .first(where: FileManager.default.isExecutableFile(atPath:))

    /// Where it must not be missing (CI) tests fail instead of being skipped.
    static let isAvailable = program != nil || getenv("CI") != nil

    let folder = try! TemporaryFolder()
    private let tmux: String

    /// - Parameter variables: further ones of the environment, as the shell writes them.
    init(size: (columns: Int, rows: Int) = (80, 24), variables: String = "") throws {
        tmux = try #require(Self.program, "tmux is not installed")
        try "set -g status off\n".write(toFile: folder.path + "/tmux.conf", atomically: true, encoding: .utf8)
        try run(
            "-u", "-f", folder.path + "/tmux.conf", "new-session", "-d", "-x", "\(size.columns)", "-y", "\(size.rows)",
            "env -u NO_COLOR LC_ALL=C.UTF-8 \(variables) PS1='$ ' sh")
    }

    deinit { _ = try? run("kill-server") }

    /// Starts `kawela top` for `server`; the number of its process comes to be in the file `pid`, its exit code in `code`.
    func start(_ server: ScriptedServer, _ options: String = "--interval 0.2") throws {
        let command = "\(Program.kawela) top --control \(server.path) \(options)"
        let folder = folder.path
        let script = """
            echo before; stty -g > \(folder)/stty-before
            sh -c 'echo $$ > \(folder)/pid; exec \(command)'
            echo $? > \(folder)/code; stty -g > \(folder)/stty-after

            """
        try script.write(toFile: folder + "/script", atomically: true, encoding: .utf8)
        try run("send-keys", "-l", "clear; . \(folder)/script")
        try press("Enter")
    }

    @discardableResult
    private func run(_ arguments: String...) throws -> String {
        let result = try Program.run(tmux, ["-S", folder.path + "/tmux.sock"] + arguments)
        try #require(result.code == 0, "tmux \(arguments): \(result.errors)")
        return result.output
    }
}

extension TmuxTerminal {
    /// Keys by tmux's names.
    func press(_ keys: String...) throws { for key in keys { try run("send-keys", key) } }

    func resize(columns: Int, rows: Int) throws { try run("resize-window", "-x", "\(columns)", "-y", "\(rows)") }

    /// What stands on the screen.
    var text: String { get throws { try run("capture-pane", "-p") } }

    /// With its escapes for colours and weight.
    var styledText: String { get throws { try run("capture-pane", "-p", "-e") } }

    /// Whether the screen is one that a program took over, and whether the cursor is hidden.
    var isTakenOver: Bool { get throws { try run("display", "-p", "#{alternate_on}#{cursor_flag}") == "10\n" } }

    /// Whether `text` comes to stand on the screen.
    func shows(_ text: String) throws -> Bool {
        var shown = ""
        let isShown = becomesTrue {
            shown = (try? self.text) ?? ""
            return shown.contains(text)
        }
        if !isShown { Issue.record("'\(text)' is missing in\n\(shown)") }
        return isShown
    }

    /// The exit code once the program has ended.
    var exitCode: Int? {
        var code: Int?
        _ = becomesTrue {
            code = folder.content(of: "stty-after").flatMap { $0.isEmpty ? nil : folder.content(of: "code") }
                .flatMap { Int($0.trimmingCharacters(in: .newlines)) }
            return code != nil
        }
        return code
    }

    func send(_ signal: CInt) throws {
        let text = try #require(folder.content(of: "pid"))
        kill(try #require(pid_t(text.trimmingCharacters(in: .newlines))), signal)
    }

    /// Whether all is as it was before the program: the screen, the cursor, the settings.
    var isRestored: Bool {
        get throws {
            let settings = ["stty-before", "stty-after"].map { folder.content(of: $0) }
            return try run("display", "-p", "#{alternate_on}#{cursor_flag}") == "01\n" && text.hasPrefix("before\n")
                && settings[0] != nil && settings[0] == settings[1]
        }
    }
}
