// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import HostSystem
import HostTestSupport
import Testing

@testable import KawelaDaemon

/// The program as it runs, confined.
@Suite("kawela serve in its sandbox", .serialized) struct ConfinedServeTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    private func serve(
        _ arguments: String..., sockets: [String] = ["pf.sock"], environment: [String: String] = [:]
    ) throws -> RunningKawela {
        let running = try RunningKawela(["serve"] + arguments, environment: environment)
        for _ in 0..<1000 where !Set(folder.files).isSuperset(of: sockets) && running.process.isRunning {
            usleep(10_000)
        }
        try #require(Set(folder.files).isSuperset(of: sockets))
        return running
    }

    private func end(_ running: RunningKawela) throws -> String {
        kill(running.process.processIdentifier, SIGTERM)
        let result = try running.result()
        #expect(result.code == 0)
        #expect(folder.files.filter { $0.hasSuffix(".sock") } == [])
        #expect(!result.errors.contains("sandbox: cannot"), "\(result.errors)")
        return result.errors
    }

    /// What the kernel says of each thread, after `key`.
    private func status(_ key: String, of running: RunningKawela) throws -> [String] {
        let tasks = "/proc/\(running.process.processIdentifier)/task"
        return try FileManager.default.contentsOfDirectory(atPath: tasks).flatMap { task in
            try String(contentsOfFile: "\(tasks)/\(task)/status", encoding: .utf8).split(separator: "\n")
                .filter { $0.hasPrefix("\(key):") }.map { String($0.split(separator: "\t").last ?? "") }
        }
    }

    /// Whether `descriptor` becomes readable within ten seconds.
    private func isReadable(_ descriptor: CInt) throws -> Bool {
        try readiness(of: descriptor, readable: true, within: 10_000_000_000).contains(.readable)
    }

    /// Connects, and says which version it speaks. Whether that is accepted.
    private func isServed(_ socket: String) throws -> Bool {
        let client = try UnixSocket.make(.stream)
        for _ in 0..<500 where (try? UnixSocket.connect(client, to: "\(folder.path)/\(socket)")) == nil {
            usleep(10_000)
        }
        let request: [UInt16] = [1, 1, 20, 0, 0, 0, 0, 0, 0, 1]
        _ = request.withUnsafeBytes { send(client.number, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
        guard try isReadable(client.number) else { return false }
        var reply = [UInt32](repeating: 0, count: 64)
        let count = read(client.number, &reply, 256)
        return count >= 20 && reply[0] == 0x0001_0001 && reply[2] == 1
    }

    @Test("each thread has a filter, and no capability", .enabled(if: SandboxKernel.hasFilters, "no seccomp"))
    func threads() throws {
        let running = try serve("--socket", folder.socket, "--uplink", "null")
        #expect(try isServed("pf.sock"))
        // The main thread, the port's, and for a moment one that closes what the client left.
        #expect(try status("Seccomp", of: running).count >= 2)
        #expect(try Set(status("Seccomp", of: running)) == ["2"])
        #expect(try Set(status("NoNewPrivs", of: running)) == ["1"])
        for set in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
            #expect(try Set(status(set, of: running)) == ["0000000000000000"], "\(set)")
        }
        let limits = try String(
            contentsOfFile: "/proc/\(running.process.processIdentifier)/limits", encoding: .utf8)
        #expect(limits.contains(#/Max core file size +0 +0 /#))
        #expect(try end(running).contains("info sandbox: on\n"))
    }

    @Test("only logs system calls, and says so", .enabled(if: SandboxKernel.hasFilters, "no seccomp"))
    func log() throws {
        let running = try serve("--socket", folder.socket, "--uplink", "null", "--sandbox", "log")
        #expect(try isServed("pf.sock"))
        #expect(try status("Seccomp", of: running) == ["2", "2"])
        #expect(try end(running).contains("warning sandbox: only logs system calls, files stay within reach"))
    }

    @Test("leaves everything when it is off")
    func off() throws {
        let running = try serve("--socket", folder.socket, "--uplink", "null", "--sandbox", "off")
        #expect(try isServed("pf.sock"))
        #expect(try status("Seccomp", of: running) == ["0", "0"])
        #expect(!(try end(running)).contains("sandbox"))
    }

    @Test("serves one client after the other, also with an NVM file")
    func clients() throws {
        let running = try serve(
            "--directory", folder.path, "--vfs", "1", "--uplink", "pcap:\(folder.path)/c.pcap", "--nvm",
            "\(folder.path)/n.nvm", sockets: ["pf.sock", "vf0.sock"])
        for _ in 0..<3 { #expect(try isServed("pf.sock")) }
        #expect(try isServed("vf0.sock"))
        let log = try end(running)
        #expect(log.split(separator: "\n").filter { $0.contains("client disconnected") }.count == 4, "\(log)")
    }

    @Test("reads a configuration again that an editor replaced by another file")
    func reload() throws {
        func write(_ vf: String) throws {
            let file = try folder.write(
                "new.json", #"{"version": 1, "pf": "embedded", "socket-owner": "root", "vfs": [\#(vf), {}]}"#)
            try #require(rename(file, "\(folder.path)/k.json") == 0)
        }
        try write("{}")
        let running = try serve(
            "--directory", folder.path, "--uplink", "null", "--config", "\(folder.path)/k.json",
            sockets: ["vf0.sock", "vf1.sock"])
        for rate in [50, 60] {
            try write(#"{"rate": \#(rate)}"#)
            kill(running.process.processIdentifier, SIGHUP)
            usleep(500_000)
        }
        let log = try end(running)
        #expect(log.split(separator: "\n").filter { $0.contains("read again, changed: vf0") }.count == 2, "\(log)")
    }

    @Test("tells the service manager that it is ready, reads its configuration again, and stops")
    func serviceManager() throws {
        let manager = try BoundSocket(path: "\(folder.path)/notify", kind: .datagram)
        let file = try folder.write("k.json", #"{"version": 1}"#)
        let running = try serve(
            "--socket", folder.socket, "--uplink", "null", "--config", file,
            environment: ["NOTIFY_SOCKET": manager.path])
        func next() throws -> String {
            guard try isReadable(manager.descriptor) else { return "" }
            var message = [UInt8](repeating: 0, count: 256)
            let count = read(manager.descriptor, &message, message.count)
            return String(decoding: message.prefix(max(0, count)), as: UTF8.self)
        }
        #expect(try next() == "READY=1")
        kill(running.process.processIdentifier, SIGHUP)
        #expect(try next().hasPrefix("RELOADING=1\n"))
        #expect(try next() == "READY=1")
        _ = try end(running)
        #expect(try next() == "STOPPING=1")
        manager.close()
    }

    @Test(
        "says that a configuration of another user takes a capability it has given up",
        .enabled(if: geteuid() == 0 || getenv("CI") != nil, "needs root"))
    func foreignConfiguration() throws {
        let file = try folder.write("k.json", #"{"version": 1, "pf": "embedded", "vfs": [{}]}"#)
        let running = try serve(
            "--directory", folder.path, "--uplink", "null", "--config", file, sockets: ["vf0.sock"])
        try #require(chown(file, 12, 34) == 0 && chmod(file, 0o600) == 0)
        kill(running.process.processIdentifier, SIGHUP)
        usleep(500_000)
        #expect(try end(running).contains("Permission denied: the sandbox leaves the directory"))
    }

    @Test("connects to an uplink's peer that goes and comes back")
    func uplink() throws {
        let path = "\(folder.path)/peer"
        let first = try BoundSocket(path: path, kind: .stream)
        let running = try serve("--socket", folder.socket, "--uplink", "stream:\(path)")
        try #require(try isReadable(first.descriptor))
        let connection = try UnixSocket.accept(first.descriptor)
        connection.close()
        first.close()
        let second = try BoundSocket(path: path, kind: .stream)
        #expect(try isReadable(second.descriptor))
        #expect(try isServed("pf.sock"))
        second.close()
        #expect(try end(running).contains("uplink: link up, connected"))
    }

    @Test("takes one peer after the other at an uplink that listens")
    func listening() throws {
        let running = try serve(
            "--socket", folder.socket, "--uplink", "stream:\(folder.path)/wire.sock,server",
            sockets: ["pf.sock", "wire.sock"])
        for _ in 0..<2 {
            let peer = try UnixSocket.make(.stream)
            try UnixSocket.connect(peer, to: "\(folder.path)/wire.sock")
            usleep(200_000)
        }
        let log = try end(running)
        #expect(log.split(separator: "\n").filter { $0.contains("uplink: link up") }.count == 2, "\(log)")
    }

    @Test("connects by TCP to a peer that goes and comes back")
    func internet() throws {
        let port = UInt16.random(in: 20_000..<32_000)
        let address = try #require(InternetAddress(parsing: "127.0.0.1:\(port)"))
        func listen() throws -> Descriptor { try InternetSocket.listen(on: address) }
        let first = try listen()
        let running = try serve("--socket", folder.socket, "--uplink", "stream:tcp:\(address)")
        try #require(try isReadable(first.number))
        let connection = try UnixSocket.accept(first.number)
        connection.close()
        first.close()
        let second = try listen()
        #expect(try isReadable(second.number))
        usleep(200_000)
        second.close()
        #expect(try end(running).contains("uplink: link up, connected"))
    }

    @Test("makes virtqueues anew for each vhost-user back end", arguments: [true, false])
    func virtqueues(isServer: Bool) throws {
        let path = "\(folder.path)/\(isServer ? "vhost.sock" : "vhost")"
        let listener = isServer ? nil : try BoundSocket(path: path, kind: .stream)
        let running = try serve(
            "--socket", folder.socket, "--uplink", "vhost-user:\(path)\(isServer ? ",server" : "")",
            sockets: isServer ? ["pf.sock", "vhost.sock"] : ["pf.sock"])
        for _ in 0..<2 {
            if let listener { try #require(try isReadable(listener.descriptor)) }
            let socket = try listener.map { try UnixSocket.accept($0.descriptor) } ?? UnixSocket.make(.stream)
            if isServer { try UnixSocket.connect(socket, to: path) }
            let backEnd = VhostUserBackEnd(dup(socket.number))
            socket.close()
            for _ in 0..<300 where !backEnd.queues[1].isEnabled {
                backEnd.serve()
                usleep(10_000)
            }
            #expect(backEnd.memory != nil && backEnd.queues[1].isEnabled)
            usleep(200_000)
            backEnd.end()
        }
        let log = try end(running)
        #expect(log.split(separator: "\n").filter { $0.contains("uplink: link up") }.count == 2, "\(log)")
    }

    @Test("has sockets that only its user can connect to, or others as they were asked for")
    func modes() throws {
        func mode() -> mode_t {
            var status = stat()
            return lstat(folder.socket, &status) == 0 ? status.st_mode & 0o777 : 0
        }
        let plain = try serve("--socket", folder.socket, "--uplink", "null")
        #expect(mode() == 0o600)
        _ = try end(plain)
        let open = try serve(
            "--socket", folder.socket, "--uplink", "null", "--socket-mode", "0666", "--socket-owner",
            "\(geteuid()):\(getegid())")
        #expect(try isServed("pf.sock"))
        #expect(mode() == 0o666)
        _ = try end(open)
    }

    @Test("turns users away who may not be clients")
    func users() throws {
        let running = try serve("--socket", folder.socket, "--uplink", "null", "--allow-uid", "\(geteuid() &+ 1)")
        #expect(try !isServed("pf.sock"))
        #expect(try end(running).contains("uid \(geteuid()), not a user that may connect"))
        let other = try serve(
            "--socket", folder.socket, "--uplink", "null", "--allow-uid", "\(geteuid() &+ 1)", "--allow-uid",
            "\(geteuid())")
        #expect(try isServed("pf.sock"))
        #expect(try end(other).contains("client connected: pid \(getpid()), uid \(geteuid())"))
    }
}
