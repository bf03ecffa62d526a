// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import HostSystem
import Synchronization
import Testing

@testable import KawelaDaemon

@Suite("The main thread", .serialized) struct SupervisorTests {
    /// What ports of a test were told, and in which threads.
    private final class Record: Sendable {
        let lines = Mutex<[String]>([])
        func note(_ line: String) { lines.withLock { $0.append(line) } }
        var sorted: [String] { lines.withLock { $0.sorted() } }
    }

    /// A port that notes requests until it is told to stop.
    private static func worker(_ name: String, _ record: Record) throws -> Supervisor.Worker {
        let control = try PortControl()
        return Supervisor.Worker(name: name, control: control) { () throws(Failure) in
            record.note("\(name) in \(threadName())")
            while true {
                var polls = PollSet()
                polls.add(control.descriptor)
                _ = try? polls.wait(nanoseconds: nil)
                let requests = control.take()
                if requests.wantsReport { record.note("\(name) reports") }
                if requests.wantsStop { return record.note("\(name) stops") }
            }
        }
    }

    /// Runs a supervisor in a thread of its own, to which `numbers` are sent one by one.
    private func run(
        _ numbers: [CInt], reloads: Bool = false, stopLimit: Duration = .seconds(5),
        abandon: @escaping @Sendable (Record, [Int]) -> Void = { Issue.record("ports \($1) are late") },
        _ workers: @escaping @Sendable (Record) throws -> [Supervisor.Worker]
    ) async -> (lines: [String], failure: Failure?) {
        await withCheckedContinuation { continuation in
            Thread {
                let record = Record()
                var failure: Failure?
                do {
                    let signals = try Signals([SIGINT, SIGTERM, SIGHUP, SIGUSR1])
                    let supervisor = try Supervisor(
                        signals, reload: reloads ? { record.note("reload") } : nil, stopLimit: stopLimit,
                        abandon: { abandon(record, $0) })
                    let (workers, main) = (try workers(record), pthread_self())
                    let sender = Thread {
                        for number in numbers {
                            usleep(50_000)
                            pthread_kill(main, number)
                        }
                    }
                    sender.start()
                    try supervisor.run(workers)
                } catch {
                    failure = error as? Failure
                }
                continuation.resume(returning: (record.sorted, failure))
            }.start()
        }
    }

    @Test("stops all ports on a signal to stop", arguments: [SIGINT, SIGTERM, SIGHUP])
    func stop(_ signal: CInt) async {
        let (lines, failure) = await run([signal]) { try [Self.worker("a", $0), Self.worker("b", $0)] }
        #expect(lines == ["a in kawela/a", "a stops", "b in kawela/b", "b stops"])
        #expect(failure == nil)
    }

    @Test("asks all ports for a report on USR1 and goes on")
    func report() async {
        let (lines, _) = await run([SIGUSR1, SIGTERM]) { try [Self.worker("a", $0), Self.worker("b", $0)] }
        #expect(lines.filter { $0.hasSuffix("reports") } == ["a reports", "b reports"])
    }

    @Test("reads the configuration again on HUP where there is one, and goes on")
    func reload() async {
        let (lines, _) = await run([SIGHUP, SIGHUP, SIGTERM], reloads: true) { try [Self.worker("a", $0)] }
        #expect(lines == ["a in kawela/a", "a stops", "reload", "reload"])
    }

    @Test("stops the others when a port fails, and ends with its error")
    func failure() async {
        let (lines, failure) = await run([]) { record in
            let failing = Supervisor.Worker(name: "b", control: try PortControl()) { () throws(Failure) in
                usleep(50_000)
                throw .failed("b: broken")
            }
            return [try Self.worker("a", record), failing]
        }
        #expect(lines == ["a in kawela/a", "a stops"])
        #expect(failure == .failed("b: broken"))
    }

    @Test("gives up on a port that does not stop in time, and on no other")
    func stuckPort() async {
        let isFree = DispatchSemaphore(value: 0)
        let late: @Sendable (Record, [Int]) -> Void = { record, positions in
            record.note("late: \(positions)")
            isFree.signal()
        }
        let (lines, failure) = await run([SIGTERM], stopLimit: .milliseconds(200), abandon: late) { record in
            let stuck = Supervisor.Worker(name: "b", control: try PortControl()) { () throws(Failure) in
                let rescue = isFree.wait(timeout: .now() + 3)
                record.note(rescue == .success ? "b was given up" : "b was waited for")
            }
            return [try Self.worker("a", record), stuck]
        }
        #expect(lines == ["a in kawela/a", "a stops", "b was given up", "late: [1]"])
        #expect(failure == nil)
    }

    @Test("gives threads names as long as the kernel allows")
    func longName() async {
        let (lines, _) = await run([SIGTERM]) { try [Self.worker("management", $0)] }
        #expect(lines.first == "management in kawela/manageme")
    }
}

private func threadName() -> String {
    let name = try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
    return name?.trimmingCharacters(in: .newlines) ?? ""
}
