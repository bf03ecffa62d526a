// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc
import Testing

@testable import KawelaDaemon

@Suite("A request to a port's thread") struct PortControlTests {
    private let control: PortControl
    private let log = LogRecord()

    init() throws { control = try PortControl() }

    /// Runs a loop that makes `requests` of itself, one in each turn, and returns what it logged.
    private func log(after requests: [(PortControl) -> Void]) throws -> [String] {
        var rest = requests[...]
        let (port, control, log) = (FakePort(), control, log)
        port.hasWork = true
        port.onRun = { _ in rest.popFirst()?(control) }
        let reload = { (plan: ServePlan) in log.logger.notice("reload \(plan.uplink)") }
        try EventLoop(
            port: port, servers: [], backend: FakeBackend(), control: control, reload: reload, log: log.logger
        ).run()
        #expect(rest.isEmpty)
        return log.messages
    }

    private func plan(_ uplink: String) throws -> ServePlan {
        try ServePlan(ServeOptions(socket: "/s", uplink: uplink, mac: nil, logLevel: nil))
    }

    @Test("to stop ends the loop")
    func stop() throws {
        #expect(try log(after: [{ $0.stop() }]) == [])
    }

    @Test("to report logs the counters once and the loop goes on")
    func report() throws {
        let messages = try log(after: [{ $0.report() }, { _ in }, { $0.stop() }])
        #expect(messages == ["uplink counters: received=3 sent=5", "port counters: dropped=7"])
    }

    @Test("with a configuration hands it on, each once")
    func reload() throws {
        let (a, b) = try (plan("a"), plan("b"))
        #expect(try log(after: [{ $0.reload(a) }, { $0.reload(b) }, { $0.stop() }]) == ["reload a", "reload b"])
    }

    @Test("replaces a pending one of its kind, and stop comes last")
    func several() throws {
        let (a, b) = try (plan("a"), plan("b"))
        let messages = try log(after: [
            {
                $0.stop()
                $0.reload(a)
                $0.report()
                $0.report()
                $0.reload(b)
            }
        ])
        #expect(messages == ["reload b", "uplink counters: received=3 sent=5", "port counters: dropped=7"])
    }

    @Test("from another thread wakes a loop that has nothing to do")
    func wake() throws {
        let (control, log) = (control, log)
        DispatchQueue.global().asyncAfter(deadline: .now() + 0.05) { control.report() }
        DispatchQueue.global().asyncAfter(deadline: .now() + 0.1) { control.stop() }
        try EventLoop(port: FakePort(), servers: [], backend: FakeBackend(), control: control, log: log.logger).run()
        #expect(log.messages.last == "port counters: dropped=7")
    }
}
