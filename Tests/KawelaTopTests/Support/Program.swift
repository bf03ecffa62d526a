// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Programs that tests run.
enum Program {
    /// `kawela`, which lies beside the program that runs the tests.
    static let kawela = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appendingPathComponent("kawela").path

    struct Result {
        var code: Int32
        var output: String
        var errors: String
    }

    /// Runs a program to its end. What it leaves running, such as a server of tmux, is not waited for.
    static func run(_ path: String, _ arguments: [String]) throws -> Result {
        let folder = try TemporaryFolder()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        for (descriptor, name) in [(1, "output"), (2, "errors")] as [(CInt, String)] {
            posix_spawn_file_actions_addopen(&actions, descriptor, "\(folder.path)/\(name)", O_WRONLY | O_CREAT, 0o600)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Threads that run tests may have signals blocked; a program must not inherit that.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, CShort(POSIX_SPAWN_SETSIGMASK))
        var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        let variables = ProcessInfo.processInfo.environment.merging(["LC_ALL": "C.UTF-8"]) { $1 }
        var environment: [UnsafeMutablePointer<CChar>?] = variables.map { strdup("\($0)=\($1)") } + [nil]
        defer { for word in words + environment { free(word) } }
        var process: pid_t = 0
        let result = posix_spawn(&process, path, &actions, &attributes, &words, &environment)
        try #require(result == 0, "\(path) cannot be started")
        var status: CInt = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return Result(
            code: status & 0x7F == 0 ? status >> 8 & 0xFF : -1, output: folder.content(of: "output") ?? "",
            errors: folder.content(of: "errors") ?? "")
    }
}

/// A folder of one test.
final class TemporaryFolder {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("kt-\(UUID().uuidString)").path

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func content(of name: String) -> String? { try? String(contentsOfFile: path + "/" + name, encoding: .utf8) }
}
