// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaTestSupport
import Testing

@testable import KawelaDaemon

@Suite("kawela replay") struct ReplayCommandTests {
    private let folder: Folder
    private let lines: [String]

    init() throws {
        folder = try Folder()
        let traced = TracedPort()
        traced.driver.start()
        _ = traced.driver[CTRL.self]
        lines = jsonLines(traced.header, traced.recorder.take())
    }

    private func run(_ lines: [String], _ options: String...) throws -> RunningKawela.Result {
        let path = try folder.write("trace.jsonl", lines.map { $0 + "\n" }.joined())
        return try RunningKawela(["replay", path] + options).result()
    }

    @Test("ends with code 0 when all that is read is as in the trace")
    func same() throws {
        let result = try run(lines)
        #expect(result.code == 0 && result.errors == "")
        #expect(result.output.contains("differences: 0; "))
    }

    @Test("ends with code 1 when something is not, and says what")
    func different() throws {
        let last = try #require(lines.last)
        let changed = last.replacing(#/"value":"0x.{8}"/#, with: #""value":"0xffffffff""#)
        let result = try run(lines.dropLast() + [changed], "--json")
        #expect(result.code == 1)
        #expect(result.output.contains(#""difference-count":1"#))
        #expect(result.output.contains(#""place":"bar0 CTRL""#))
        #expect(result.errors.hasSuffix("trace.jsonl: differences from the trace: 1\n"))
    }

    @Test("of a file that is no trace or not there ends with code 1 and one line")
    func noTrace() throws {
        let result = try run(lines + ["what"])
        #expect(result.code == 1)
        #expect(result.complaint == "\(folder.path)/trace.jsonl: line \(lines.count + 1): not valid JSON")
        let absent = try RunningKawela.run("replay", folder.path + "/nothing")
        #expect(absent.code == 1)
        #expect(absent.complaint == "\(folder.path)/nothing: cannot read this trace: No such file or directory")
    }
}
