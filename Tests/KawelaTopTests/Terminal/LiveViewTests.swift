// SPDX-License-Identifier: Apache-2.0

import Foundation
import GoldenFiles
import HostTestSupport
import Testing

@testable import KawelaTop

@Suite(
    .serialized,
    .enabled(if: TmuxTerminal.isAvailable, "tmux is not installed: it gives 'kawela top' a terminal"))
struct LiveViewTests {
    private let terminal: TmuxTerminal
    private let server: ScriptedServer

    init() throws {
        terminal = try TmuxTerminal()
        server = try ScriptedServer(in: terminal.folder.path, last: 4)
    }

    @Test func standsInTheTerminalAsItWasDrawn() throws {
        try terminal.start(server)
        #expect(becomesTrue { server.isAtLast })
        try expectSoon(golden: "terminal-80x24.txt")
        #expect(try terminal.isTakenOver)
        #expect(server.calls.isEmpty, "nobody is counted while the switch is not shown")
        server.stop()
    }

    private func expectSoon(golden: String) throws {
        let file = GoldenFile(golden)
        let expected = try? String(contentsOf: file.url, encoding: .utf8)
        _ = becomesTrue { (try? terminal.text) == expected }
        try file.expect(terminal.text)
    }

    @Test func keysSortPauseAndShowTheSwitch() throws {
        try terminal.start(server)
        #expect(try terminal.shows("12.0k"))
        try terminal.press("s", "s", "s")
        #expect(try terminal.shows("sorted by rx f/s"))
        let rows = try terminal.text.split(separator: "\n").map { $0.prefix(4) }
        #expect(rows.firstIndex(of: "vf3 ")! < rows.firstIndex(of: "pf  ")!)

        try terminal.press("p")
        #expect(try terminal.shows("PAUSED"))
        let paused = try terminal.text
        server.advance(to: 5)
        #expect(becomesTrue { server.isAtLast })
        #expect(try terminal.text == paused)
        try terminal.press("p", "S", "3")

        #expect(becomesTrue { server.calls == ["matrix lan true"] })
        server.advance(to: 7)
        try expectSoon(golden: "terminal-switch-80x24.txt")
        try terminal.press("1")
        #expect(becomesTrue { server.calls == ["matrix lan true", "matrix lan false"] })
        server.stop()
    }

    @Test func followsTheTerminalsSize() throws {
        try terminal.start(server)
        #expect(try terminal.shows("q quit"))
        try terminal.resize(columns: 120, rows: 40)
        #expect(try terminal.shows("address"))
        try terminal.resize(columns: 40, rows: 10)
        #expect(try terminal.shows("40x10 is too small"))
        try terminal.resize(columns: 80, rows: 24)
        #expect(try terminal.shows("q quit"))
        server.stop()
    }

    @Test(arguments: ["q", "C-c"])
    func givesTheTerminalBackWhenItIsQuit(_ key: String) throws {
        try terminal.start(server, "--view switch")
        #expect(try terminal.shows("q quit"))
        #expect(becomesTrue { server.calls == ["matrix lan true"] })
        try terminal.press(key)
        #expect(terminal.exitCode == 0)
        #expect(try terminal.isRestored)
        #expect(server.calls == ["matrix lan true", "matrix lan false"])
        server.stop()
    }

    @Test(arguments: [SIGTERM, SIGINT, SIGHUP])
    func givesTheTerminalBackAtASignal(_ signal: CInt) throws {
        try terminal.start(server)
        #expect(try terminal.shows("q quit"))
        try terminal.send(SIGTSTP)
        try terminal.send(signal)
        #expect(terminal.exitCode == 0)
        #expect(try terminal.isRestored)
        server.stop()
    }

    @Test func endsWithAMessageWhenTheServerDoes() throws {
        try terminal.start(server)
        #expect(try terminal.shows("q quit"))
        server.stop()
        #expect(terminal.exitCode == 1)
        #expect(try terminal.isRestored)
        #expect(try terminal.shows("kawela: the connection to the control socket ended"))
    }

    @Test func quitsThoughTheServerAnswersNothing() throws {
        try terminal.start(server)
        #expect(try terminal.shows("q quit"))
        server.fallSilent()
        usleep(400_000)
        try terminal.press("q")
        #expect(terminal.exitCode == 0)
        server.stop()
    }

    @Test(arguments: [("", true), ("NO_COLOR=1", false), ("NO_COLOR=", true)])
    func coloursAreThoseThatAreWanted(_ variables: String, _ isColoured: Bool) throws {
        let terminal = try TmuxTerminal(variables: variables)
        try terminal.start(server)
        #expect(try terminal.shows("link up"))
        #expect(try terminal.styledText.contains("\u{1B}[32m") == isColoured)
        server.stop()
    }
}
