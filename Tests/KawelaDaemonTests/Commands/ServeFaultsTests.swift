// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Testing

@Suite("kawela serve with faults on purpose", .serialized) struct ServeFaultsTests {
    private let folder: Folder
    private var file: String { "\(folder.path)/kawela.json" }

    init() throws { folder = try Folder() }

    private func write(faults: String?) throws {
        let key = faults.map { #", "faults": \#($0)"# } ?? ""
        try Data(#"{"version": 1, "socket": "\#(folder.socket)", "uplink": "null"\#(key)}"#.utf8).write(
            to: URL(fileURLWithPath: file))
    }

    /// Runs it for a second, `change` in the middle, and returns what it logged.
    private func log(_ change: (RunningKawela) throws -> Void = { _ in }) throws -> String {
        let running = try RunningKawela(["serve", "--config", file])
        for _ in 0..<1000 where !folder.files.contains("pf.sock") && running.process.isRunning { usleep(10_000) }
        usleep(500_000)
        try change(running)
        usleep(500_000)
        kill(running.process.processIdentifier, SIGUSR1)
        usleep(200_000)
        kill(running.process.processIdentifier, SIGTERM)
        return try running.result().errors
    }

    @Test("takes the carrier away and gives it back, says so, and counts it")
    func linkDown() throws {
        try write(faults: #"{"link-down": "every 100ms for 50ms times 2"}"#)
        let log = try log()
        #expect(log.contains("warning faults are injected on purpose: seed=1,link-down=every 100ms for 50ms times 2\n"))
        #expect(
            log.split(separator: "\n").filter { $0.contains("uplink: link down, the carrier is gone on purpose") }.count
                == 2)
        #expect(log.contains("faults injected: link-down=2\n"))
        #expect(log.contains("faults counters: loss=0") && log.contains(" link-down=2 "))
    }

    @Test("changes faults with SIGHUP, and goes on counting")
    func reload() throws {
        try write(faults: #"{"tx-hang": "every 10ms for 1ms times 3"}"#)
        let log = try log { running in
            try write(faults: #"{"tx-hang": "every 20ms for 1ms times 4"}"#)
            kill(running.process.processIdentifier, SIGHUP)
        }
        #expect(log.contains("faults are injected on purpose from now on: seed=1,tx-hang=every 20ms for 1ms times 4\n"))
        #expect(log.contains(" tx-hang=7 "))
    }

    @Test("ends faults that are not in the file any more, and needs a restart for the first ones")
    func withoutKey() throws {
        try write(faults: #"{"link-down": "every 100ms for 90ms"}"#)
        let ended = try log { running in
            try write(faults: nil)
            kill(running.process.processIdentifier, SIGHUP)
        }
        #expect(ended.contains("faults are injected on purpose from now on: seed=1\n"))
        let refused = try log { running in
            try write(faults: "{}")
            kill(running.process.processIdentifier, SIGHUP)
        }
        #expect(refused.contains("changes of faults need a restart") && !refused.contains("faults counters"))
    }
}
