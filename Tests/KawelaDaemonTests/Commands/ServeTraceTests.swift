// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import Foundation
import Glibc
import Testing

@Suite("kawela serve --trace", .serialized) struct ServeTraceTests {
    private let folder: Folder
    private var file: String { folder.path + "/trace.jsonl" }

    init() throws { folder = try Folder() }

    private func serve(_ arguments: [String], preparation: String? = nil) throws -> RunningKawela {
        let control = folder.path + "/control"
        let running = try RunningKawela(["serve", "--control", control] + arguments, preparation: preparation)
        for _ in 0..<1000 where (try? ControlClient(path: control)) == nil && running.process.isRunning {
            usleep(10_000)
        }
        return running
    }

    private func end(_ running: RunningKawela) throws -> String {
        kill(running.process.processIdentifier, SIGTERM)
        let result = try running.result()
        #expect(result.code == 0, "\(result.errors)")
        #expect(!result.errors.contains("sandbox: cannot"), "\(result.errors)")
        return result.errors
    }

    private var embedded: [String] {
        ["--directory", folder.path, "--vfs", "2", "--pf", "embedded", "--uplink", "null", "--trace", file]
    }

    @Test("with the embedded driver traces from before that starts, and a replay of it finds no difference")
    func embeddedDriver() throws {
        let running = try serve(embedded)
        let client = try ControlClient(path: folder.path + "/control")
        for _ in 0..<500 where try client.call("link.get")["up"] != true { usleep(10_000) }
        _ = try client.call("link.set", ["up": false])
        _ = try client.call("reset", ["function": "vf1"])
        _ = try client.call("link.set", ["up": true])
        for _ in 0..<500 where try client.call("link.get")["up"] != true { usleep(10_000) }
        _ = try end(running)

        let replay = try RunningKawela.run("replay", "--json", file)
        #expect(replay.code == 0, "\(replay.output)")
        let report = try JSONValue(parsing: replay.output.utf8)
        #expect(report["difference-count"] == 0 && report["skipped"] == 0 && report["lost-from-line"] == nil)
        #expect(report["equal"]?.integer ?? 0 > 10, "\(report.text)")
        #expect(report["interrupts-in-trace"]?.integer ?? 0 > 0, "\(report.text)")
    }

    @Test("of several ports writes a trace of each that is to have one")
    func ports() throws {
        let content = """
            {"version": 1, "ports": [
            {"name": "a", "socket": "F/a.sock", "uplink": "null", "trace": "F/a.jsonl"},
            {"name": "b", "socket": "F/b.sock", "uplink": "null"},
            {"name": "c", "directory": "F", "vfs": 1, "pf": "embedded", "uplink": "null", "trace": "F/c.jsonl"}]}
            """
        let configuration = try folder.write(
            "k.json", content.replacing("F/", with: folder.path + "/").replacing("\"F\"", with: "\"\(folder.path)\""))
        _ = try end(try serve(["--config", configuration]))
        #expect(folder.files.filter { $0.hasSuffix(".jsonl") } == ["a.jsonl", "c.jsonl"])
        for name in ["a", "c"] {
            let text = try String(contentsOfFile: "\(folder.path)/\(name).jsonl", encoding: .utf8)
            #expect(text.contains("\"port\":\"\(name)\"") && text.contains("\"from-start\":true"))
            #expect(try RunningKawela.run("replay", "\(folder.path)/\(name).jsonl").code == 0)
        }
    }

    @Test("whose file cannot be had ends with one line and leaves nothing behind")
    func noFile() throws {
        let result = try RunningKawela.run(
            "serve", "--socket", folder.socket, "--uplink", "null", "--trace", "\(folder.path)/missing/t")
        #expect(result.code == 1)
        #expect(
            result.complaint?.hasPrefix("cannot write the trace \(folder.path)/missing/t: ") == true, "\(result.errors)"
        )
        #expect(folder.files == [])
    }

    @Test(
        "whose file cannot grow any more goes on without, and says so; what is there can be replayed",
        .disabled(
            if: ProcessInfo.processInfo.environment["SANITIZER"] == "thread", "the sanitizer has a file that grows too")
    )
    func full() throws {
        // 512 bytes each.
        let running = try serve(embedded, preparation: "trap '' XFSZ; ulimit -f 400")
        let client = try ControlClient(path: folder.path + "/control")
        var (size, repetitions) = (0, 0)
        for _ in 0..<20_000 where repetitions < 50 {
            _ = try client.call("reset", ["function": "vf1"])
            let now = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int ?? 0
            (size, repetitions) = (now, now == size ? repetitions + 1 : 0)
        }
        #expect(repetitions == 50)
        let log = try end(running)
        #expect(log.contains("the trace ends here, the port goes on: File too large"), "\(log)")
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(text.hasSuffix("}\n") && text.utf8.count <= 400 * 512)
        #expect(try RunningKawela.run("replay", file).code == 0)
    }
}
