// SPDX-License-Identifier: Apache-2.0

import Foundation
import GoldenFiles
import Testing

@Suite struct CommandTests {
    private let folder = try! TemporaryFolder()

    private func top(_ server: ScriptedServer, _ options: String...) throws -> Program.Result {
        defer { server.stop() }
        return try Program.run(
            Program.kawela, ["top", "--control", server.path, "--once", "--interval", "0.1"] + options)
    }

    @Test(arguments: ["overview", "queues", "switch", "reasons"])
    func printsWhatOneIntervalBrought(_ view: String) throws {
        let server = try ScriptedServer(in: folder.path, last: 100)
        let result = try top(server, "--view", view)
        #expect(result.code == 0 && result.errors == "")
        try GoldenFile("once-\(view).txt").expect(result.output)
        #expect(server.calls == (view == "switch" ? ["matrix lan true", "matrix lan false"] : []))
    }

    @Test func printsThePortThatIsAskedFor() throws {
        let result = try top(ScriptedServer(in: folder.path, last: 100), "--port", "wan")
        #expect(result.code == 0 && result.output.contains("port wan (2 of 2)"))
        let missing = try top(ScriptedServer(in: folder.path, last: 100), "--port", "dmz")
        #expect(missing.code == 1 && missing.errors == "kawela: there is no port 'dmz': there is 'lan', 'wan'\n")
    }

    @Test func saysThatTheServerDoesNotCount() throws {
        let result = try top(ScriptedServer(in: folder.path, last: 100, refusesMatrix: true), "--view", "switch")
        #expect(result.code == 0)
        #expect(result.output.contains("Nobody counts who sends to whom: this NIC has no switch"))
    }

    @Test func withoutATerminalItSaysWhatToUse() throws {
        let server = try ScriptedServer(in: folder.path, last: 1)
        let result = try Program.run(Program.kawela, ["top", "--control", server.path])
        server.stop()
        #expect(result.code == 1 && result.output == "")
        #expect(result.errors == "kawela: standard input and output are no terminal: use --once\n")
    }

    @Test func withoutAServerItSaysWhatToStart() throws {
        let result = try Program.run(Program.kawela, ["top", "--once", "--control", folder.path + "/none"])
        #expect(result.code == 1 && result.output == "")
        #expect(result.errors.hasPrefix("kawela: cannot reach a control socket at \(folder.path)/none: "))
    }

    @Test(arguments: [
        (["top"], "--control"), (["top", "--control", "/c", "--interval", "0"], "--interval is 0.1 to 60 seconds"),
        (["top", "--control", "/c", "--interval", "nan"], "--interval is 0.1 to 60 seconds"),
        (["top", "--control", "/c", "--view", "all"], "use overview, queues, switch, reasons"),
    ])
    func aWrongCommandLineEndsWithCode2(_ arguments: [String], _ expected: String) throws {
        let result = try Program.run(Program.kawela, arguments)
        #expect(result.code == 2 && result.errors.contains(expected), "\(result.errors)")
    }
}
