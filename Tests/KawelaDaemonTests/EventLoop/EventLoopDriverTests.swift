// SPDX-License-Identifier: Apache-2.0

import HostSystem
import Testing

@testable import KawelaDaemon

@Suite("The event loop runs the driver of a port", .serialized) struct EventLoopDriverTests {
    private let port = FakePort()
    private let driver = FakeDriver()
    private let loop: EventLoop

    init() {
        loop = EventLoop(
            port: port, servers: [], backend: FakeBackend(), driver: driver, log: LogRecord().logger)
    }

    @Test("before the port, in each turn")
    func order() throws {
        port.hasWork = true
        var services: [Int] = []
        port.onRun = { [driver, loop] port in
            services.append(driver.services)
            if port.runs == 3 { loop.stop() }
        }
        try loop.run()
        #expect(services == [1, 2, 3])
    }

    @Test("without a wait while it has work")
    func work() throws {
        driver.hasWork = true
        driver.onService = { [loop] driver in if driver.services == 100 { loop.stop() } }
        try loop.run()
        #expect(loop.turns == 100)
    }

    @Test("at its deadline")
    func deadline() throws {
        let end = monotonicNanoseconds() + 30_000_000
        driver.nextDeadline = end
        driver.onService = { [loop] _ in if monotonicNanoseconds() >= end { loop.stop() } }
        try loop.run()
        #expect(monotonicNanoseconds() >= end)
        #expect(loop.turns <= 3)
    }
}
