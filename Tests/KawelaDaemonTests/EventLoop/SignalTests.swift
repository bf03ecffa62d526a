import Foundation
import Glibc
import Testing

@testable import KawelaDaemon

@Suite("A signal", .serialized) struct SignalTests {
    @Test("to stop ends the loop", arguments: [SIGINT, SIGTERM, SIGHUP])
    func stop(_ number: CInt) async {
        #expect(await messages(afterSignals: [number]) == [])
    }

    @Test("USR1 logs the counters once and the loop goes on")
    func counters() async {
        let messages = await messages(afterSignals: [SIGUSR1, SIGTERM])
        #expect(messages == ["uplink counters: received=3 sent=5", "port counters: dropped=7"])
    }

    @Test("HUP reads the configuration again where there is one, and the loop goes on")
    func reload() async {
        let messages = await messages(afterSignals: [SIGHUP, SIGHUP, SIGTERM], reloads: true)
        #expect(messages == ["reload", "reload"])
    }

    /// Runs a loop in a thread of its own, which sends itself `numbers` one by one, and returns what it logged.
    private func messages(afterSignals numbers: [CInt], reloads: Bool = false) async -> [String]? {
        await withCheckedContinuation { continuation in
            Thread {
                var rest = numbers[...]
                let (port, log) = (FakePort(), LogRecord())
                port.hasWork = true
                port.onRun = { _ in
                    if let next = rest.popFirst() { pthread_kill(pthread_self(), next) }
                }
                guard let signals = try? Signals([SIGINT, SIGTERM, SIGHUP, SIGUSR1]) else {
                    return continuation.resume(returning: nil)
                }
                let loop = EventLoop(
                    port: port, servers: [], backend: FakeBackend(), signals: signals,
                    reload: reloads ? { log.logger.notice("reload") } : nil, log: log.logger)
                let isDone = (try? loop.run()) != nil && rest.isEmpty
                continuation.resume(returning: isDone ? log.messages : nil)
            }.start()
        }
    }
}
