// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// Everything one test suite or demo starts: a folder, processes, network namespaces.
///
/// A janitor process waits on a pipe that only we hold, so all of it goes away when the run closes and also when this
/// process is interrupted or killed.
public final class Run: Sendable {
    /// Short, since the paths of UNIX sockets may have 107 bytes.
    public let folder: String
    private let janitor: Mutex<(pid: pid_t, pipe: CInt)?>
    private let names = Mutex(0)

    public init() throws {
        var template = Array("/tmp/kawela-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw GuestError("cannot make a folder in /tmp") }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        janitor = Mutex(try startJanitor(for: folder))
    }

    deinit { close() }

    /// Undoes everything and returns when that is done.
    public func close() {
        janitor.withLock { janitor in
            guard let (pid, pipe) = janitor else { return }
            janitor = nil
            Glibc.close(pipe)
            waitpid(pid, nil, 0)
        }
    }

    /// Starts something that ``close()`` can be sure to see: before it, or not at all.
    func whileOpen<Result>(_ start: () throws -> Result) throws -> Result {
        try janitor.withLock { janitor in
            guard janitor != nil else { throw GuestError("this run is over") }
            return try start()
        }
    }

    public func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// The environment variable by which the janitor knows the run's processes and theirs.
    var mark: [String: String] { ["KAWELA_RUN": folder] }

    /// `prefix` and a number that nothing else of this run has.
    public func uniqueName(_ prefix: String) -> String {
        names.withLock { count in
            count += 1
            return "\(prefix)-\(count)"
        }
    }

    /// A name no other namespace on this machine has.
    public func namespaceName() -> String {
        names.withLock { count in
            count += 1
            return "\(folder.split(separator: "/").last!)-\(count)"
        }
    }

    /// Runs `command` to its end.
    /// - Throws: when it fails or takes longer than `seconds`, with its output.
    @discardableResult
    public func execute(_ command: [String], seconds: Double = 20) throws -> String {
        let result = try attempt(command, seconds: seconds)
        guard result.succeeded else { throw GuestError("\(command.joined(separator: " ")): \(result)") }
        return result.output
    }

    /// Runs `command` to its end, whatever that is.
    public func attempt(_ command: [String], seconds: Double = 20) throws -> CommandResult {
        let number = names.withLock { count in
            count += 1
            return count
        }
        let child = try ChildProcess(command, name: "command-\(number)", in: self)
        let status = try child.wait(seconds: seconds)
        defer { unlink(child.log) }
        return CommandResult(status: Int(status), output: child.output)
    }
}

/// How a command ended, here or in a guest.
public struct CommandResult: Sendable, CustomStringConvertible {
    public let status: Int
    /// Standard output and standard error, as they came.
    public let output: String
    public init(status: Int, output: String) { (self.status, self.output) = (status, output) }
    public var succeeded: Bool { status == 0 }
    public var description: String { "status \(status)\n\(output)" }
}

private func startJanitor(for folder: String) throws -> (pid: pid_t, pipe: CInt) {
    var ends: [CInt] = [-1, -1]
    guard pipe(&ends) == 0, fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0 else { throw GuestError("cannot make a pipe") }
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
        posix_spawn_file_actions_destroy(&actions)
        posix_spawnattr_destroy(&attributes)
        close(ends[0])
    }
    posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    let script = Artifacts.repository + "/Scripts/janitor"
    return (try spawn([script, folder], &actions, &attributes, [:]), ends[1])
}
