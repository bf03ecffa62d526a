// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Testing

@testable import KawelaDaemon

/// What came of an action in the sandbox.
private enum Outcome: Equatable {
    case done
    case failed(Int32)
    /// The process was ended by SIGSYS.
    case killed
}

/// What the kernel has for a sandbox. Where it must not be missing (CI) tests fail instead of being skipped.
enum SandboxKernel {
    private static let isExpected = getenv("CI") != nil
    static let hasFilters = hasCallFilters() || isExpected
    static let hasRulesets = PathRuleset.kernelVersion != nil || isExpected
}

/// Each test has a process confine itself as `kawela serve` does, and act as an attacker's code would in one of its threads.
@Suite(
    "The sandbox", .enabled(if: SandboxKernel.hasFilters, "no seccomp"),
    .enabled(if: SandboxKernel.hasRulesets, "no Landlock"))
struct SandboxTests {
    private enum Thread: String, CaseIterable, CustomTestStringConvertible {
        case main, port, close
        var testDescription: String { rawValue }
    }

    private let folder: Folder

    init() throws {
        folder = try Folder()
        for name in ["sockets", "configuration", "outside"] {
            try FileManager.default.createDirectory(
                atPath: "\(folder.path)/\(name)", withIntermediateDirectories: false)
        }
        _ = try folder.write("sockets/pf.sock", "")
        _ = try folder.write("configuration/k.json", "{}")
        _ = try folder.write("outside/file", "")
    }

    private func outcome(
        of action: String, in thread: Thread, uplink: String = "null", _ mode: SandboxMode = .on
    ) throws -> Outcome {
        let probe = try RunningKawela(
            [mode.rawValue, thread.rawValue, folder.path, uplink, action], program: "sandbox-probe")
        let result = try probe.result()
        if probe.process.terminationReason == .uncaughtSignal, result.code == SIGSYS { return .killed }
        let words = result.output.split(separator: " ")
        let number = try #require(
            words.count == 2 ? Int32(words[1].dropLast()) : nil, "\(action): \(result)")
        return number == 0 ? .done : .failed(number)
    }

    @Test("no thread can open /etc/passwd", arguments: Thread.allCases)
    private func passwords(_ thread: Thread) throws {
        #expect(try outcome(of: "open-passwd", in: thread) == .failed(thread == .main ? EACCES : EPERM))
    }

    @Test("the main thread can read the configuration file, no other thread can")
    func readConfiguration() throws {
        #expect(try outcome(of: "open-configuration", in: .main) == .done)
        #expect(try outcome(of: "open-configuration", in: .port, uplink: "tap:tap0") == .failed(EACCES))
        #expect(try outcome(of: "open-configuration", in: .port) == .failed(EPERM))
        #expect(try outcome(of: "open-configuration", in: .close) == .failed(EPERM))
    }

    @Test("no thread can write the configuration file", arguments: Thread.allCases)
    private func writeConfiguration(_ thread: Thread) throws {
        #expect(try outcome(of: "write-configuration", in: thread) == .failed(EPERM))
    }

    @Test("no thread can create a file, beside its sockets neither", arguments: Thread.allCases)
    private func create(_ thread: Thread) throws {
        #expect(try outcome(of: "create-file", in: thread) == .failed(EPERM))
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/sockets/new"))
    }

    @Test("the main thread can remove sockets and nothing elsewhere; other threads can remove nothing")
    func remove() throws {
        #expect(try outcome(of: "remove-outside", in: .main) == .failed(EACCES))
        #expect(try outcome(of: "remove-socket", in: .port) == .failed(EPERM))
        #expect(try outcome(of: "remove-socket", in: .close) == .failed(EPERM))
        #expect(try outcome(of: "remove-socket", in: .main) == .done)
        #expect(FileManager.default.fileExists(atPath: "\(folder.path)/outside/file"))
    }

    @Test("only a port with a TAP can open the device of TAPs")
    func tun() throws {
        #expect(try outcome(of: "open-tun", in: .port) == .failed(EPERM))
        let other = try outcome(of: "open-tun", in: .port, uplink: "tap:tap0")
        #expect(other != .failed(EPERM) && other != .failed(EACCES) && other != .killed)
    }

    @Test("executing a program ends the process", arguments: Thread.allCases)
    private func execute(_ thread: Thread) throws {
        #expect(try outcome(of: "execute", in: thread) == .killed)
    }

    @Test("tracing ends the process", arguments: Thread.allCases)
    private func trace(_ thread: Thread) throws {
        #expect(try outcome(of: "trace", in: thread) == .killed)
    }

    @Test("changing the user ends the process", arguments: Thread.allCases)
    private func setUser(_ thread: Thread) throws {
        #expect(try outcome(of: "set-user", in: thread) == .killed)
    }

    @Test("mounting ends the process", arguments: Thread.allCases)
    private func mount(_ thread: Thread) throws {
        #expect(try outcome(of: "mount", in: thread) == .killed)
    }

    @Test("BPF programs, keys and kernel modules end the process", arguments: ["bpf", "keys", "module"])
    func kernel(_ action: String) throws {
        #expect(try outcome(of: action, in: .port) == .killed)
    }

    @Test("system calls by 32-bit numbers end the process")
    func foreignCall() throws {
        #if arch(x86_64)
            #expect(try outcome(of: "foreign-call", in: .port) == .killed)
        #endif
    }

    @Test("no thread can make a socket of the Internet or of netlink", arguments: Thread.allCases)
    private func internet(_ thread: Thread) throws {
        #expect(try outcome(of: "inet-socket", in: thread, uplink: "stream:/s") == .failed(EPERM))
        #expect(try outcome(of: "netlink-socket", in: thread, uplink: "stream:/s") == .failed(EPERM))
    }

    @Test("only a port whose uplink connects can make a UNIX socket, and reaches none without a path")
    func unixSocket() throws {
        #expect(try outcome(of: "unix-socket", in: .port) == .failed(EPERM))
        #expect(try outcome(of: "unix-socket", in: .main, uplink: "stream:/s") == .failed(EPERM))
        #expect(try outcome(of: "unix-socket", in: .port, uplink: "stream:/s") == .done)
        #expect(try outcome(of: "accept", in: .port) == .done)
        #expect(try outcome(of: "accept", in: .main) == .failed(EPERM))
    }

    @Test("no thread can map memory to execute it, or make it executable", arguments: Thread.allCases)
    private func executableMemory(_ thread: Thread) throws {
        #expect(try outcome(of: "map-executable", in: thread) == .failed(EPERM))
        #expect(try outcome(of: "make-executable", in: thread) == .failed(EPERM))
    }

    @Test("no thread can make a process", arguments: Thread.allCases)
    private func process(_ thread: Thread) throws {
        #expect(try outcome(of: "process", in: thread) == .failed(EPERM))
    }

    @Test("the main thread and ports can start threads, to close files; those cannot")
    func thread() throws {
        #expect(try outcome(of: "thread", in: .main) == .done)
        #expect(try outcome(of: "thread", in: .port) == .done)
        #expect(try outcome(of: "thread", in: .close) != .done)
    }

    @Test("no thread can signal another process", arguments: Thread.allCases)
    private func signal(_ thread: Thread) throws {
        #expect(try outcome(of: "signal-others", in: thread) == .failed(EPERM))
    }

    @Test("no thread can ask for limits or set them", arguments: Thread.allCases)
    private func limits(_ thread: Thread) throws {
        #expect(try outcome(of: "limits", in: thread) == .failed(EPERM))
    }

    @Test("system calls that are newer than this program do not exist")
    func newerCall() throws {
        #expect(try outcome(of: "newer-call", in: .port) == .failed(ENOSYS))
    }

    @Test("no file can grow beyond a megabyte, unless there is a capture")
    func fileSize() throws {
        #expect(try outcome(of: "long-file", in: .port) == .failed(EFBIG))
        #expect(try outcome(of: "long-file", in: .port, uplink: "pcap:\(folder.path)/c") == .done)
    }

    @Test("that only logs denies nothing", arguments: ["open-passwd", "inet-socket", "map-executable", "process"])
    func logging(_ action: String) throws {
        #expect(try outcome(of: action, in: .port, .log) == .done)
    }

    @Test(
        "that is off denies nothing",
        arguments: ["open-passwd", "inet-socket", "map-executable", "make-executable", "process", "remove-outside"])
    func off(_ action: String) throws {
        #expect(try outcome(of: action, in: .port, .off) == .done)
    }

    @Test("sockets without a path are out of reach, with a path they are not")
    func abstractSocket() throws {
        guard PathRuleset.kernelVersion ?? 0 >= 6 else { return }
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: [0] + Array("kawela-probe".utf8)) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, 15) }
        }
        try #require(bound == 0 && listen(listener, 4) == 0)
        #expect(try outcome(of: "abstract-connection", in: .port, uplink: "stream:/s", .off) == .done)
        #expect(try outcome(of: "abstract-connection", in: .port, uplink: "stream:/s") == .failed(EPERM))
    }
}
