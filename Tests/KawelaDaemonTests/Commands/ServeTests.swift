// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Testing

@Suite("kawela serve", .serialized) struct ServeTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    /// Starts the program and waits for its socket.
    private func serve(_ more: String..., uplink: String = "null") throws -> RunningKawela {
        let running = try RunningKawela(["serve", "--socket", folder.socket, "--uplink", uplink] + more)
        for _ in 0..<1000 where !folder.files.contains("pf.sock") && running.process.isRunning { usleep(10_000) }
        #expect(folder.files.contains("pf.sock"))
        return running
    }

    @Test("stops on a signal with code 0 and leaves no socket behind", arguments: [SIGINT, SIGTERM, SIGHUP])
    func stop(_ signal: Int32) throws {
        let running = try serve(uplink: "stream:\(folder.path)/wire.sock,server")
        #expect(folder.files == ["pf.sock", "wire.sock"])
        kill(running.process.processIdentifier, signal)
        let result = try running.result()
        #expect(result.code == 0)
        #expect(running.process.terminationReason == .exit)
        #expect(result.errors.hasSuffix("notice stopped\n"))
        #expect(folder.files == [])
    }

    @Test("says what it serves")
    func announcement() throws {
        let running = try serve("--mac", "52:54:00:AB:00:01")
        kill(running.process.processIdentifier, SIGTERM)
        let line = "notice serving 52:54:00:ab:00:01 on \(folder.socket), uplink null, link up\n"
        #expect(try running.result().errors.contains(line))
    }

    @Test("logs the counters of uplink and port on USR1 and goes on")
    func counters() throws {
        let running = try serve()
        kill(running.process.processIdentifier, SIGUSR1)
        kill(running.process.processIdentifier, SIGTERM)
        let result = try running.result()
        #expect(result.code == 0)
        let reports = result.errors.split(separator: "\n").filter { $0.contains("uplink counters: sent_frames=0") }
        #expect(reports.count == 1)
        #expect(result.errors.contains("port counters: transmit_malformed=0"))
    }

    @Test("keeps quiet below the level asked for")
    func level() throws {
        let running = try serve("--log-level", "error")
        kill(running.process.processIdentifier, SIGTERM)
        #expect(try running.result().errors == "")
    }

    @Test("uses no processor time while nobody talks to it")
    func idle() throws {
        let running = try serve()
        let used = try processorTicksInSecond(of: running)
        kill(running.process.processIdentifier, SIGTERM)
        #expect(try running.result().code == 0)
        #expect(used <= 2)
    }

    @Test("takes from the file what the command line leaves open")
    func configuration() throws {
        let file = try folder.write(
            "k.json", #"{"version": 1, "uplink": "nothing", "mac": "52:54:00:00:00:07"}"#)
        let running = try serve("--config", file)
        kill(running.process.processIdentifier, SIGTERM)
        #expect(try running.result().errors.contains("serving 52:54:00:00:00:07 on \(folder.socket), uplink null"))
    }

    @Test("keeps the NIC's address in the file of --nvm, wherever its socket is, and refuses a second NIC on it")
    func nvm() throws {
        let file = "\(folder.path)/nic.nvm"
        let first = try serve("--nvm", file, "--mac", "52:54:00:00:00:07")
        let second = try RunningKawela.run(
            "serve", "--socket", "\(folder.path)/other", "--uplink", "null", "--nvm", file)
        #expect(second.code == 1)
        #expect(second.complaint?.contains("another NIC uses '\(file)'") == true, "\(second.errors)")
        kill(first.process.processIdentifier, SIGTERM)
        #expect(try first.result().errors.contains("serving 52:54:00:00:00:07 on"))
        let third = try serve("--nvm", file)
        kill(third.process.processIdentifier, SIGTERM)
        #expect(try third.result().errors.contains("serving 52:54:00:00:00:07 on"))
        #expect(folder.files == ["nic.nvm"])
    }

    @Test("refuses a socket that another server uses, and leaves it alone")
    func busy() throws {
        let first = try serve()
        let second = try RunningKawela.run("serve", "--socket", folder.socket, "--uplink", "null")
        #expect(second.code == 1)
        #expect(second.complaint?.contains("in use") == true, "\(second.errors)")
        #expect(folder.files == ["pf.sock"])
        kill(first.process.processIdentifier, SIGTERM)
        #expect(try first.result().code == 0)
    }

    @Test("replaces a socket file whose server has ended")
    func stale() throws {
        let first = try serve()
        kill(first.process.processIdentifier, SIGKILL)
        _ = try first.result()
        let second = try RunningKawela(["serve", "--socket", folder.socket, "--uplink", "null"])
        usleep(300_000)
        kill(second.process.processIdentifier, SIGTERM)
        #expect(try second.result().code == 0)
        #expect(folder.files == [])
    }

    @Test("never replaces a file that is no socket")
    func file() throws {
        _ = try folder.write("pf.sock", "precious")
        let result = try RunningKawela.run("serve", "--socket", folder.socket, "--uplink", "null")
        #expect(result.code == 1)
        #expect(result.complaint?.contains("not a socket") == true, "\(result.errors)")
        #expect(try String(contentsOfFile: folder.socket, encoding: .utf8) == "precious")
    }

    @Test(
        "ends with one line and the right code when it cannot have its uplink",
        arguments: [
            ("carrier-pigeon", 2, "no backend 'carrier-pigeon'"), ("tap:", 2, "lacks the name"),
            ("tap:kwnotthere", 1, "'kwnotthere'"), ("pcap:/nonexistent/a.pcap", 1, "/nonexistent/a.pcap"),
        ])
    func uplink(_ uplink: String, _ code: Int32, _ expected: String) throws {
        let result = try RunningKawela.run("serve", "--socket", folder.socket, "--uplink", uplink)
        #expect(result.code == code)
        #expect(result.complaint?.contains(expected) == true, "\(result.errors)")
        #expect(folder.files == [])
    }

    @Test(
        "ends with one line when vhost-net is asked for where there is none",
        .enabled(if: access("/dev/vhost-net", F_OK) != 0, "this kernel has /dev/vhost-net"))
    func vhost() throws {
        let result = try RunningKawela.run("serve", "--socket", folder.socket, "--uplink", "tap:kw0,vhost=on")
        #expect(result.code == 1)
        #expect(
            result.complaint?.hasPrefix("uplink: no /dev/vhost-net: load the kernel module") == true, "\(result.errors)"
        )
        #expect(folder.files == [])
    }

    @Test("needs a place for its socket")
    func place() throws {
        let result = try RunningKawela.run("serve", "--socket", "\(folder.path)/missing/k", "--uplink", "null")
        #expect(result.code == 1)
        #expect(result.complaint?.contains("directory that exists") == true, "\(result.errors)")
    }
}
