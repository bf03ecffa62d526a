// SPDX-License-Identifier: Apache-2.0

import CKawela
import Foundation
import Synchronization

/// A program started by a run, with its output in a file of the run's folder.
public final class ChildProcess: Sendable {
    public let pid: pid_t
    public let name: String
    /// The file that has its standard output and standard error.
    public let log: String
    private let exit = Mutex<CInt?>(nil)

    /// Starts `command` (its first word is looked up in PATH), in a process group of its own so that a terminal's
    /// Ctrl-C reaches only us.
    public init(_ command: [String], name: String, in run: Run, environment: [String: String] = [:]) throws {
        self.name = name
        let log = run.path("\(name).log")
        self.log = log
        pid = try run.whileOpen { try spawn(command, output: log, environment: environment.merging(run.mark) { $1 }) }
    }

    /// The exit status once it has ended (128 + n when signal n ended it), `nil` while it runs.
    public var status: CInt? {
        exit.withLock { exit in
            var raw: CInt = 0
            if exit == nil, waitpid(pid, &raw, WNOHANG) == pid { exit = exitStatus(raw) }
            return exit
        }
    }

    /// - Throws: when it still runs after `seconds`; it is then ended.
    public func wait(seconds: Double) throws -> CInt {
        let deadline = Deadline(seconds: seconds)
        while !deadline.hasPassed {
            if let status { return status }
            usleep(2000)
        }
        kill()
        throw GuestError("\(name) did not end within \(seconds) s\n\(tail())")
    }

    /// Sends a signal to it and everything it started that stayed in its process group.
    public func send(_ signal: CInt) {
        if status == nil { Glibc.kill(-pid, signal) }
    }

    /// Ends it and everything it started that stayed in its process group.
    public func kill() { end(with: SIGKILL, seconds: 5) }

    /// Asks it to end, and insists after `seconds`.
    public func terminate(seconds: Double = 5) {
        end(with: SIGTERM, seconds: seconds)
        if status == nil { kill() }
    }

    private func end(with signal: CInt, seconds: Double) {
        guard status == nil else { return }
        Glibc.kill(-pid, signal)
        let deadline = Deadline(seconds: seconds)
        while status == nil, !deadline.hasPassed { usleep(2000) }
    }

    public var output: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }

    /// The last lines of its output, for error messages.
    public func tail(lines: Int = 30) -> String {
        output.split(separator: "\n").suffix(lines).joined(separator: "\n")
    }
}

private func exitStatus(_ raw: CInt) -> CInt {
    let signal = raw & 0x7F
    return signal == 0 ? (raw >> 8) & 0xFF : 128 + signal
}

/// posix_spawn with standard input from /dev/null, both outputs to the file `output`, and no other descriptor.
private func spawn(_ command: [String], output: String, environment: [String: String]) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
        posix_spawn_file_actions_destroy(&actions)
        posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    return try spawn(command, &actions, &attributes, environment)
}

/// The common end of every spawn: a process group of its own, default signals, descriptors above 2 closed.
func spawn(
    _ command: [String], _ actions: inout posix_spawn_file_actions_t, _ attributes: inout posix_spawnattr_t,
    _ environment: [String: String]
) throws -> pid_t {
    _ = kw_spawn_close_from(&actions, 3)
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    for signal in [SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT] { sigaddset(&signals, signal) }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
    posix_spawnattr_setflags(&attributes, Int16(flags))

    let merged = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let arguments = command.map { strdup($0) } + [nil]
    let variables = merged.map { strdup("\($0)=\($1)") } + [nil]
    defer { for string in arguments + variables { free(string) } }
    var pid: pid_t = 0
    let error = posix_spawnp(&pid, command[0], &actions, &attributes, arguments, variables)
    guard error == 0 else { throw GuestError("cannot start \(command[0]): \(String(cString: strerror(error)))") }
    return pid
}
