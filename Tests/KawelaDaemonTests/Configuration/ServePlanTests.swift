// SPDX-License-Identifier: Apache-2.0

import EmbeddedDriver
import Foundation
import HostSystem
import Testing

@testable import KawelaDaemon

@Suite("What is going to be served") struct ServePlanTests {
    private func plan(
        socket: String? = nil, directory: String? = nil, vfs: Int? = nil, pf: String? = nil, file: String = "",
        machine: String = "m"
    ) throws -> ServePlan {
        let line = try ServeOptions(
            socket: socket, uplink: "null", mac: nil, logLevel: nil, directory: directory, vfs: vfs, pf: pf)
        let file = try decodeConfiguration(Data("{\"version\": 1\(file)}".utf8))
        return try ServePlan(line.completed(by: file.options), machine: machine)
    }

    private func refusal(_ body: () throws -> ServePlan) -> String? {
        let failure = #expect(throws: Failure.self) { try body() }
        #expect(failure?.exitCode == 2)
        return failure?.message
    }

    @Test("is the PF alone on a socket")
    func one() throws {
        let plan = try plan(socket: "/run/k.sock")
        #expect(plan.served == [.init(function: .pf, path: "/run/k.sock")])
        #expect(plan.vfCount == 0)
        #expect(plan.vfSettings == nil)
    }

    @Test("is the PF and its VFs in a directory, for a guest's driver")
    func guest() throws {
        let plan = try plan(directory: "/run/k", vfs: 2)
        #expect(plan.served.map(\.path) == ["/run/k/pf.sock", "/run/k/vf0.sock", "/run/k/vf1.sock"])
        #expect(plan.served.map(\.function) == [.pf, .vf(0), .vf(1)])
        #expect(plan.vfSettings == nil)
    }

    @Test("looks for messages as long as told, which needs a restart to change")
    func busyPolling() throws {
        let plain = try plan(socket: "/s")
        #expect(plain.busyPoll == 50)
        let off = try plan(socket: "/s", file: #", "busy-poll": 0"#)
        #expect(off.busyPoll == 0)
        #expect(plain.keysNeedingRestart(for: off) == ["busy-poll"])
    }

    @Test("takes guest memory in memory alone, unless told otherwise, which needs a restart to change")
    func guestMemory() throws {
        let plain = try plan(socket: "/s")
        #expect(plain.guestMemory == .inMemory)
        let any = try plan(socket: "/s", file: #", "guest-memory": "any-file""#)
        #expect(any.guestMemory == .anyFile)
        #expect(plain.keysNeedingRestart(for: any) == ["guest-memory"])
        let line = try ServeOptions(socket: "/s", uplink: "null", mac: nil, logLevel: nil, guestMemory: "any-file")
        #expect(try ServePlan(line).guestMemory == .anyFile)
    }

    @Test("is not synchronous unless told so, which needs a restart to change")
    func synchronous() throws {
        let plain = try plan(socket: "/s")
        let synchronous = try plan(socket: "/s", file: #", "synchronous": true"#)
        #expect(!plain.isSynchronous && synchronous.isSynchronous)
        #expect(plain.keysNeedingRestart(for: synchronous) == ["synchronous"])
        let line = try ServeOptions(socket: "/s", uplink: "null", mac: nil, logLevel: nil, isSynchronous: true)
        #expect(try ServePlan(line).isSynchronous)
    }

    @Test("is confined, and on sockets for this user alone, unless told otherwise, which needs a restart to change")
    func access() throws {
        let plain = try plan(socket: "/s")
        #expect(plain.sandbox == .on && plain.socketMode == 0o600)
        #expect(plain.socketOwner == nil && plain.allowedUsers == nil)
        let other = try plan(
            socket: "/s", file: #", "sandbox": "off", "socket-mode": "660", "allow-uids": [7]"#)
        #expect(plain.keysNeedingRestart(for: other) == ["sandbox", "socket-mode or socket-owner", "allow-uids"])
        let line = try ServeOptions(
            socket: "/s", uplink: "null", mac: nil, logLevel: nil, sandbox: "log", socketMode: "0606",
            socketOwner: "5:6", allowedUsers: [1, 2])
        let chosen = try ServePlan(line)
        #expect(chosen.sandbox == .log && chosen.socketMode == 0o606 && chosen.allowedUsers == [1, 2])
        #expect(try makeAccess(chosen).socket == SocketAccess(mode: 0o606, user: 5, group: 6))
    }

    @Test("has owners of sockets that exist, by name too")
    func owners() throws {
        func access(_ owner: String) throws -> SocketAccess {
            let line = try ServeOptions(socket: "/s", uplink: "null", mac: nil, logLevel: nil, socketOwner: owner)
            return try makeAccess(ServePlan(line)).socket
        }
        #expect(try access("root:root") == SocketAccess(user: 0, group: 0))
        let failure = #expect(throws: Failure.self) { try access("kawela-nobody") }
        #expect(failure?.message.contains("no user 'kawela-nobody'") == true)
        #expect(throws: Failure.self) { try access("root:kawela-nobody") }
    }

    @Test("is the VFs alone with the embedded driver")
    func embedded() throws {
        let plan = try plan(
            directory: "/run/k", vfs: 3, pf: "embedded", file: #", "vfs": [{"mac": "52:54:00:00:00:01"}, {"rate": 10}]"#
        )
        #expect(plan.served.map(\.function) == [.vf(0), .vf(1), .vf(2)])
        let settings = try #require(plan.vfSettings)
        #expect(settings[0].address.description == "52:54:00:00:00:01")
        #expect(settings[1].rate == 10)
        #expect(settings.allSatisfy { $0.isSpoofChecked && !$0.isTrusted && $0.linkState == .auto })
        #expect(Set(settings.map(\.address)).count == 3)
    }

    @Test("has VFs with addresses that stay from start to start and differ between machines and directories")
    func addresses() throws {
        func addresses(_ directory: String, _ machine: String) throws -> [UnicastAddress] {
            let plan = try plan(directory: directory, vfs: 8, pf: "embedded", machine: machine)
            return try #require(plan.vfSettings).map(\.address)
        }
        let first = try addresses("/a", "m")
        #expect(first == (try addresses("/a", "m")))
        #expect(Set(first + (try addresses("/b", "m")) + (try addresses("/a", "n"))).count == 24)
        #expect(first.allSatisfy { $0.description.hasPrefix("52:54:00:") })
    }

    @Test("has no derived address that another VF was given")
    func collision() throws {
        let derived = try #require(try plan(directory: "/a", vfs: 2, pf: "embedded").vfSettings)[0].address
        let plan = try plan(directory: "/a", vfs: 2, pf: "embedded", file: #", "vfs": [{}, {"mac": "\#(derived)"}]"#)
        let settings = try #require(plan.vfSettings)
        #expect(settings[1].address == derived)
        #expect(settings[0].address != derived)
    }

    @Test("makes sense")
    func combinations() {
        #expect(refusal { try plan(socket: "/s", directory: "/d") }?.contains("exclude each other") == true)
        #expect(refusal { try plan(socket: "/s", vfs: 1) }?.contains("give --directory DIR instead") == true)
        #expect(refusal { try plan(socket: "/s", pf: "embedded") }?.contains("give --directory DIR instead") == true)
        #expect(refusal { try plan() }?.contains("--socket PATH is missing (or --directory DIR") == true)
        #expect(refusal { try plan(directory: "") }?.contains("--directory DIR is empty") == true)
        #expect(refusal { try plan(directory: "/d", pf: "embedded") }?.contains("add --vfs N") == true)
        #expect(refusal { try plan(directory: "/d", vfs: 1, file: #", "vfs": [{}, {}]"#) }?.contains("fewer") == true)
        #expect(
            refusal { try plan(directory: "/d", file: #", "vfs": [{"rate": 5}]"#) }?.contains("for --pf embedded")
                == true)
        let long = "/" + String(repeating: "a", count: 100)
        #expect(refusal { try plan(directory: long, vfs: 1) }?.contains("longer than 107 bytes") == true)
        #expect(throws: Failure.self) { try plan(directory: "/d", vfs: 9) }
    }
}

@Suite("A configuration file that is read again", .serialized) struct ReloadTests {
    private final class Bench {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("kw-\(UUID().uuidString).json").path
        let log = LogRecord()
        var applied: [[VFSettings]] = []
        private(set) var reload: PlanReader!

        init(_ content: String) throws {
            try write(content)
            let line = try ServeOptions(socket: nil, uplink: "null", mac: nil, logLevel: nil)
            let plan = try readPlans(line, configuration: path)[0]
            let port = Reload(plan: plan, log: log.logger) { [unowned self] in applied.append($0) }
            reload = PlanReader(path: path, line: line, ports: [(nil, port.take)], log: log.logger)
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func write(_ content: String) throws {
            let text = "{\"version\": 1, \"directory\": \"/d\", \"pf\": \"embedded\", \(content)}"
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        }

        func reload(_ content: String) throws {
            try write(content)
            reload.run()
        }
    }

    @Test("gives the new settings and tells whose changed")
    func change() throws {
        let bench = try Bench(#""vfs": [{"rate": 10}, {}, {}]"#)
        try bench.reload(#""vfs": [{"rate": 20}, {}, {"trust": true}]"#)
        #expect(bench.applied.first?.map(\.rate) == [20, nil, nil])
        #expect(bench.log.messages == ["configuration read again, changed: vf0, vf2"])
        bench.reload.run()
        #expect(bench.log.messages.last == "configuration read again, changed: nothing")
    }

    @Test("and is broken changes nothing, which one line says")
    func broken() throws {
        let bench = try Bench(#""vfs": [{}]"#)
        try bench.reload(#""vfs": [{"vlan": 5000}]"#)
        #expect(bench.applied.isEmpty)
        #expect(bench.log.messages.count == 1)
        #expect(
            bench.log.messages[0].hasPrefix("configuration not read again, the old one stays: \(bench.path): vfs[0]"))
        try bench.reload(#""vfs": [{"rate": 7}]"#)
        #expect(bench.applied.count == 1)
    }

    @Test("and makes no sense with the command line changes nothing")
    func senseless() throws {
        let bench = try Bench(#""vfs": [{}]"#)
        try bench.reload(#""socket": "/s", "vfs": [{"rate": 5}]"#)
        #expect(bench.applied.isEmpty)
        #expect(bench.log.messages.first?.contains("exclude each other") == true)
    }

    @Test("says what needs a restart, and applies the rest")
    func restart() throws {
        let bench = try Bench(#""vfs": [{}]"#)
        try bench.reload(#""mac": "52:54:00:00:00:09", "log-level": "debug", "vfs": [{"rate": 5}]"#)
        #expect(bench.log.messages[0].contains("changes of mac, log-level need a restart"))
        #expect(bench.applied.count == 1)
        try bench.reload(#""vfs": [{}, {}]"#)
        #expect(bench.applied.count == 1)
        #expect(bench.log.messages.contains { $0.contains("changes of vfs or pf") })
    }
}
