// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import HostTestSupport
import Testing

@Suite("kawela serve with several ports", .serialized) struct ServePortsTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    private func write(_ ports: String...) throws -> String {
        try folder.write("k.json", #"{"version": 1, "ports": [\#(ports.joined(separator: ", "))]}"#)
    }

    private func entry(_ socket: String, _ more: String = "", uplink: String = "null") -> String {
        #"{"socket": "\#(folder.path)/\#(socket)", "uplink": "\#(uplink)"\#(more)}"#
    }

    /// Starts the program and waits for `sockets`.
    private func serve(_ file: String, sockets: [String]) throws -> RunningKawela {
        let running = try RunningKawela(["serve", "--config", file])
        for _ in 0..<1000 where !Set(folder.files).isSuperset(of: sockets) && running.process.isRunning {
            usleep(10_000)
        }
        #expect(Set(folder.files).isSuperset(of: sockets))
        return running
    }

    private func end(_ running: RunningKawela, _ signals: CInt...) throws -> String {
        for signal in signals {
            kill(running.process.processIdentifier, signal)
            usleep(300_000)
        }
        kill(running.process.processIdentifier, SIGTERM)
        let result = try running.result()
        #expect(result.code == 0)
        #expect(result.errors.hasSuffix("notice stopped\n"))
        #expect(folder.files.filter { !$0.contains(".json") && !$0.contains(".nvm") } == [])
        return result.errors
    }

    private func threads(of running: RunningKawela) throws -> [String] {
        let tasks = "/proc/\(running.process.processIdentifier)/task"
        return try FileManager.default.contentsOfDirectory(atPath: tasks).map {
            try String(contentsOfFile: "\(tasks)/\($0)/comm", encoding: .utf8).trimmingCharacters(in: .newlines)
        }.sorted()
    }

    @Test("has a thread and log lines of its own for each, and leaves nothing behind")
    func start() throws {
        let file = try write(
            entry("a", #", "mac": "52:54:00:00:00:01""#),
            #"{"name": "b", "directory": "\#(folder.path)", "uplink": "null", "vfs": 2, "pf": "embedded"}"#)
        let running = try serve(file, sockets: ["a", "vf0.sock", "vf1.sock"])
        // Sockets are there before the threads that serve them.
        #expect(becomesTrue { (try? threads(of: running)) == ["kawela", "kawela/b", "kawela/port0"] })
        let log = try end(running)
        #expect(log.contains("serving 52:54:00:00:00:01 on \(folder.path)/a, uplink null, link up port=port0\n"))
        #expect(log.contains("driving the PF, uplink null, link up port=b\n"))
    }

    @Test("logs the counters of each port on USR1")
    func report() throws {
        let log = try end(try serve(write(entry("a"), entry("b")), sockets: ["a", "b"]), SIGUSR1)
        for port in ["port0", "port1"] {
            for source in ["uplink counters: sent_frames=0", "port counters: transmit_malformed=0"] {
                let lines = log.split(separator: "\n").filter { $0.contains(source) && $0.hasSuffix("port=\(port)") }
                #expect(lines.count == 1, "\(source) of \(port)")
            }
        }
    }

    @Test("applies on HUP what each port can")
    func reload() throws {
        func driven(_ name: String, _ vf: String) throws -> String {
            let directory = "\(folder.path)/\(name)"
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            return
                #"{"name": "\#(name)", "directory": "\#(directory)", "uplink": "null", "pf": "embedded", "vfs": [\#(vf)]}"#
        }
        let running = try serve(write(driven("x.json", "{}"), driven("y.json", "{}"), entry("a")), sockets: ["a"])
        _ = try write(driven("x.json", "{}"), driven("y.json", #"{"rate": 50}"#), entry("other"))
        let log = try end(running, SIGHUP)
        #expect(log.contains("notice configuration read again, changed: nothing port=x.json\n"))
        #expect(log.contains("notice configuration read again, changed: vf0 port=y.json\n"))
        #expect(log.contains("changes of socket or directory, mac need a restart and are left out port=port2\n"))
    }

    @Test(
        "starts none when one cannot be had, says which, and leaves nothing behind",
        arguments: [
            (#""uplink": "tap:kwnotthere""#, "port1: uplink: no TAP interface 'kwnotthere'"),
            (#""uplink": "null", "socket": "/nonexistent/s""#, "port1: "),
            (#""uplink": "null", "nvm": "/nonexistent/n""#, "port1: nvm: the directory of '/nonexistent/n'"),
        ])
    func failure(_ second: String, _ expected: String) throws {
        let socket = second.contains("socket") ? "" : #", "socket": "\#(folder.path)/b""#
        let file = try write(entry("a", uplink: "stream:\(folder.path)/w,server"), "{\(second)\(socket)}")
        let result = try RunningKawela.run("serve", "--config", file)
        #expect(result.code == 1)
        #expect(result.complaint?.hasPrefix(expected) == true, "\(result.errors)")
        #expect(folder.files == ["k.json"])
    }

    @Test("refuses a socket of another server, for all its ports, and leaves that one alone")
    func busy() throws {
        let first = try serve(write(entry("a")), sockets: ["a"])
        let file = try folder.write("l.json", #"{"version": 1, "ports": [\#(entry("b")), \#(entry("a"))]}"#)
        let second = try RunningKawela.run("serve", "--config", file)
        #expect(second.code == 1)
        #expect(second.complaint?.contains(#"or give another "socket" or "directory""#) == true, "\(second.errors)")
        #expect(folder.files == ["a", "k.json", "l.json"])
        _ = try end(first)
    }

    @Test("finds an NVM file that two ports have by two names")
    func link() throws {
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder.path)/m.nvm", withDestinationPath: "\(folder.path)/n.nvm")
        let file = try write(
            entry("a", #", "nvm": "\#(folder.path)/n.nvm""#), entry("b", #", "nvm": "\#(folder.path)/m.nvm""#))
        let result = try RunningKawela.run("serve", "--config", file)
        #expect(result.code == 1)
        #expect(result.complaint?.hasPrefix("port1: nvm: another NIC uses") == true, "\(result.errors)")
    }

    @Test("uses no processor time while nobody talks to it")
    func idle() throws {
        let names = (0..<8).map { "s\($0)" }
        let entries = names.map { entry($0) }.joined(separator: ", ")
        let running = try serve(write(entries), sockets: names)
        usleep(500_000)
        let used = try processorTicksInSecond(of: running)
        _ = try end(running)
        #expect(used <= 2)
    }
}
