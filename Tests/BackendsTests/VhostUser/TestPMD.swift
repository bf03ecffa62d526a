// SPDX-License-Identifier: Apache-2.0

import Glibc
import HostTestSupport
import Testing

@testable import Backends

/// DPDK's `dpdk-testpmd` with its vhost-user back end, which sends back every frame it gets. It ends with the value.
final class TestPMD {
    static let isAvailable =
        ["/usr/bin", "/usr/local/bin"].contains { access("\($0)/dpdk-testpmd", X_OK) == 0 } || getenv("CI") != nil

    private let process: pid_t
    private let input: CInt
    private var isRunning = true

    /// - Parameters:
    ///   - path: the socket.
    ///   - connects: to the front end; otherwise it listens.
    init(path: String, connects: Bool) throws {
        let device = "net_vhost0,iface=\(path),queues=1,client=\(connects ? 1 : 0)"
        let words = [
            "dpdk-testpmd", "--no-huge", "--no-shconf", "--no-telemetry", "-m", "128", "-l", "0,1", "--no-pci",
            "--vdev", device, "--", "--interactive", "--auto-start", "--forward-mode=io", "--port-topology=loop",
            "--total-num-mbufs=4096",
        ]
        var pipes: [CInt] = [0, 0]
        try #require(pipe(&pipes) == 0)
        for end in pipes { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, pipes[0], 0)
        for output in [1, 2] as [CInt] {
            posix_spawn_file_actions_addopen(&actions, output, "/dev/null", O_WRONLY, 0)
        }
        defer { posix_spawn_file_actions_destroy(&actions) }
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for word in arguments { free(word) } }
        var process: pid_t = 0
        let spawned = posix_spawnp(&process, words[0], &actions, nil, &arguments, environ)
        close(pipes[0])
        (self.process, input) = (process, pipes[1])
        try #require(spawned == 0, "dpdk-testpmd cannot be started")
    }

    deinit { end() }

    /// Kills it.
    func end() {
        guard isRunning else { return }
        isRunning = false
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
        close(input)
    }
}
