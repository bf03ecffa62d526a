// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Testing

@Suite("kawela serve with VFs", .serialized) struct ServeVFsTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    /// Starts the program and waits for `sockets`.
    private func serve(_ arguments: String..., sockets: [String]) throws -> RunningKawela {
        let running = try RunningKawela(["serve", "--uplink", "null", "--directory", folder.path] + arguments)
        for _ in 0..<1000 where !Set(folder.files).isSuperset(of: sockets) && running.process.isRunning {
            usleep(10_000)
        }
        #expect(folder.files.filter { $0.hasSuffix(".sock") } == sockets)
        return running
    }

    private func end(_ running: RunningKawela) throws -> String {
        kill(running.process.processIdentifier, SIGTERM)
        let result = try running.result()
        #expect(result.code == 0)
        #expect(folder.files.filter { $0.hasSuffix(".sock") } == [])
        return result.errors
    }

    /// Sends a hang-up and waits for what it has the program say, as the log cannot be read before the end.
    private func hangUp(_ running: RunningKawela) {
        kill(running.process.processIdentifier, SIGHUP)
        usleep(300_000)
    }

    @Test("has a socket for the PF and for each VF, and removes them")
    func guest() throws {
        let running = try serve("--vfs", "3", sockets: ["pf.sock", "vf0.sock", "vf1.sock", "vf2.sock"])
        let log = try end(running)
        #expect(log.contains("on \(folder.path)/pf.sock, uplink null, link up\n"))
        #expect(log.contains("serving VF 2 on \(folder.path)/vf2.sock\n"))
    }

    @Test("has no socket for a PF that it drives itself, and tells the VFs' addresses")
    func embedded() throws {
        let running = try serve("--vfs", "2", "--pf", "embedded", sockets: ["vf0.sock", "vf1.sock"])
        let log = try end(running)
        #expect(log.contains("notice driving the PF, uplink null"))
        #expect(log.contains(/serving VF 1 52:54:00:[0-9a-f:]{8} on/))
    }

    @Test("leaves no socket behind when one of them cannot be had")
    func partial() throws {
        _ = try folder.write("vf1.sock", "precious")
        let result = try RunningKawela.run("serve", "--uplink", "null", "--directory", folder.path, "--vfs", "3")
        #expect(result.code == 1)
        #expect(result.complaint?.contains("not a socket") == true, "\(result.errors)")
        #expect(folder.files == ["vf1.sock"])
    }

    @Test("takes settings from the file and reads it again on HUP")
    func reload() throws {
        func content(_ vf: String) -> String { #"{"version": 1, "pf": "embedded", "vfs": [\#(vf), {}]}"# }
        let file = try folder.write("k.json", content(#"{"mac": "52:54:00:00:00:07"}"#))
        let running = try serve("--config", file, sockets: ["vf0.sock", "vf1.sock"])
        _ = try folder.write("k.json", content(#"{"mac": "52:54:00:00:00:07", "rate": 50}"#))
        hangUp(running)
        _ = try folder.write("k.json", "{")
        hangUp(running)
        #expect(running.process.isRunning)
        let log = try end(running)
        #expect(log.contains("serving VF 0 52:54:00:00:00:07 on"))
        #expect(log.contains("notice configuration read again, changed: vf0\n"))
        #expect(log.contains("error configuration not read again, the old one stays: \(file): not valid JSON"))
    }

    @Test("uses no processor time while nobody talks to it")
    func idle() throws {
        let running = try serve("--vfs", "8", "--pf", "embedded", sockets: (0..<8).map { "vf\($0).sock" })
        usleep(500_000)
        let used = try processorTicksInSecond(of: running)
        _ = try end(running)
        #expect(used <= 2)
    }
}
