// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

/// Runs a program and returns its standard output; a status other than 0 fails the test.
func output(of program: String, _ arguments: String...) throws -> String {
    var pipes: [CInt] = [0, 0]
    try #require(pipe(&pipes) == 0)
    for end in pipes { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(pipes[0]) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_adddup2(&actions, pipes[1], 1)
    defer { posix_spawn_file_actions_destroy(&actions) }
    var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var process: pid_t = 0
    let spawned = posix_spawnp(&process, program, &actions, nil, &words, environ)
    close(pipes[1])
    try #require(spawned == 0, "\(program) cannot be started")
    var text: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while true {
        // A call that was interruptible leaves this thread a timer, whose signal interrupts the next.
        let count = read(pipes[0], &piece, piece.count)
        if count < 0, errno == EINTR { continue }
        try #require(count >= 0, "\(program): read: \(errno)")
        if count == 0 { break }
        text += piece[..<count]
    }
    var status: CInt = 0
    while waitpid(process, &status, 0) < 0 { try #require(errno == EINTR, "\(program): waitpid: \(errno)") }
    #expect(status == 0, "\(program) \(arguments.joined(separator: " "))")
    return String(decoding: text, as: UTF8.self)
}
