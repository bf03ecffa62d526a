// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import EmbeddedDriver
import Foundation
import Glibc
import HostSystem
import Logging
import SystemPackage

@testable import Backends
@testable import Intel82576
@testable import KawelaDaemon

/// A port with a control socket, the turns of both in the script's hand.
final class ControlBench {
    let bench: Bench
    let name: String
    private let path: String
    private let control: PortControl
    private let mailbox: ControlMailbox
    private let server: ControlServer
    private let answers: PortAnswers
    private let injector: FaultInjector
    private let misuse: MisuseWatch
    /// What must not fall, by name.
    private var counters: [String: Int] = [:]

    init(virtualFunctions: Int, isEmbedded: Bool, isNamed: Bool) {
        path = "\(NSTemporaryDirectory())/kawela-fuzz-\(getpid()).control"
        name = isNamed ? "a" : ""
        let log = Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() }
        do {
            var plan = try Self.plan(virtualFunctions: virtualFunctions, isEmbedded: isEmbedded && virtualFunctions > 0)
            plan.name = isNamed ? "a" : nil
            let bench = Bench(virtualFunctions: virtualFunctions, settings: plan.vfSettings ?? [])
            (self.bench, control, mailbox) = (bench, try PortControl(), try ControlMailbox())
            let backend = FaultBackend(around: NullBackend()) { [clock = bench.clock] in clock.now }
            injector = FaultInjector(Faults(), bench.port, backend, servesPF: bench.driver == nil, log: log)
            misuse = MisuseWatch(bench.port, isOn: false, log: log)
            let servers = plan.served.map { PluggedGuest(bench.guests[$0.function.number]) }
            let reload = Reload(plan: plan, log: log) { [unowned bench] in bench.driver?.apply($0) }
            let parts = ServedParts(
                plan: plan, port: bench.port, backend: backend, servers: servers, injector: injector, reload: reload)
            answers = PortAnswers(parts, misuse, mailbox: mailbox)
            server = try ControlServer(
                path: path, ports: [.init(name: name, control: control, virtualFunctions: virtualFunctions)],
                mailbox: mailbox, reload: isNamed ? { () -> Void in } : nil, log: log)
        } catch { violated("no control socket: \(error)") }
    }

    deinit { server.close() }

    private static func plan(virtualFunctions: Int, isEmbedded: Bool) throws(Failure) -> ServePlan {
        let options = try ServeOptions(
            socket: nil, uplink: "null", mac: "\(Bench.address(of: 0))", logLevel: nil, directory: "/run/fuzz",
            vfs: virtualFunctions, pf: isEmbedded ? "embedded" : nil)
        return try ServePlan(options, machine: "fuzz")
    }

    /// A new client; `nil` when as many wait as can.
    func connect() -> ControlPeer? {
        do throws(Errno) {
            let socket = try UnixSocket.make(.stream)
            try UnixSocket.connect(socket, to: path)
            return ControlPeer(socket)
        } catch {
            require(error == .resourceTemporarilyUnavailable, "no client: \(error)")
            return nil
        }
    }

    // MARK: Turns

    /// A turn of the control socket's thread.
    func turn() {
        // It is not to wait.
        mailbox.event.signal()
        do throws(Errno) { try server.turn() } catch { violated("the control socket ends: \(error)") }
    }

    /// What is asked of the port now, it answers too late.
    func endPatience() {
        for number in server.calls.keys { server.calls[number]?.deadline = .now }
        turn()
    }

    /// Others ask the port as much as may wait.
    func crowd() {
        let question = PortQuestion(subject: .method("link.get", [:]), reply: { _ in })
        while control.ask(question) {}
    }

    /// A turn of the port's thread.
    func portTurn(after nanoseconds: UInt64) {
        bench.run(after: nanoseconds)
        _ = injector.run()
        for question in control.take().questions { answers.answer(question) }
        let reports = misuse.collect()
        for report in reports { require(!report.line.isEmpty, "a report of misuse without a word") }
        answers.afterTurn(reports)
    }

    // MARK: What must be true

    /// The answer to a method that the port has.
    private func ask(_ method: String, _ parameters: [String: JSONValue] = [:]) -> JSONValue {
        nonisolated(unsafe) var answer: JSONValue?
        answers.answer(
            PortQuestion(subject: .method(method, parameters)) { result in
                if case .success(let value) = result { answer = value }
            })
        guard let answer else { violated("'\(method)' is refused") }
        return answer
    }

    /// What counts since the port is there does not fall.
    func checkCounters() {
        let answer = ask("counters")
        var now: [String: Int] = [:]
        for group in ["reasons", "uplink", "faults"] {
            for (name, value) in answer[group]?.object ?? [:] { now["\(group) \(name)"] = value.integer }
        }
        for (number, queue) in (answer["queues"]?.array ?? []).enumerated() {
            for direction in ["transmit", "receive"] {
                for name in ["frames", "bytes", "doorbells", "dropped"] {
                    now["\(direction) \(number) \(name)"] = queue[direction]?[name]?.integer
                }
            }
        }
        for (name, value) in counters {
            require(now[name] ?? -1 >= value, "\(name) falls from \(value) to \(now[name] ?? -1)")
        }
        counters = now
    }

    /// Ends what clients have begun, whose connections are closed. Then nobody watches.
    func restore() {
        var turns = 0
        repeat {
            turn()
            turns += 1
            // What they sent last is read before their end.
            require(turns < 100, "the connection of a client that is gone stays")
        } while turns < 2 || !server.connections.isEmpty
        portTurn(after: 0)
        checkCounters()
        _ = ask("link.set", ["up": true])
        _ = ask("fault.inject", ["faults": ""])
        _ = ask("lint", ["on": false])
        portTurn(after: 0)
        let port = bench.port
        require(
            port.observers.isEmpty && port.frameObserver == nil && port.descriptorObserver == nil,
            "a client that is gone watches the port")
    }
}

/// The server of a guest's function, which no socket leads to.
private final class PluggedGuest: FunctionServer {
    private let guest: Guest
    var afterWrite: (() -> Void)?

    init(_ guest: Guest) { self.guest = guest }

    var descriptors: [CInt] { [] }
    var isConnected: Bool { guest.isAttached }
    let hasBufferedMessages = false
    func handleEvents(on descriptor: CInt) {}
    func processBufferedMessages() {}
    func close() {}
}
