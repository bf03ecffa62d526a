// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import Foundation
import HostSystem
import Logging
import SystemPackage

/// The control socket and its thread: takes requests, has them answered by the threads of ports, and sends events.
///
/// No port waits for it: a port finds a question, answers, and leaves the answer. Clients are bounded in number, and in what
/// they may leave unread.
final class ControlServer {
    static let connectionLimit = 16
    /// How long a port may take for an answer.
    static let answerTime = Duration.seconds(5)

    /// A port that can be asked.
    struct Port {
        /// Empty where there is one without a name.
        var name: String
        var control: PortControl
        /// How many it may have.
        var virtualFunctions: Int
    }

    let mailbox: ControlMailbox
    let ports: [Port]
    /// Has the configuration read again; `nil` without one.
    let reload: (() -> Void)?
    private let listener: BoundSocket
    private let log: Logger
    private var polls = PollSet()
    private(set) var connections: [ControlConnection] = []
    private var nextNumber = 0
    var calls: [Int: ControlCall] = [:]
    var nextCall = 0
    private var isStopping = false
    /// The ports have been told that somebody waits for events.
    private var isWatching = false

    /// - Parameter path: of the socket, which only this user may connect to.
    init(
        path: String, ports: [Port], mailbox: ControlMailbox, reload: (() -> Void)?, log: Logger
    ) throws(Failure) {
        (self.ports, self.mailbox, self.reload, self.log) = (ports, mailbox, reload, log)
        do throws(Errno) {
            listener = try BoundSocket(path: path, kind: .stream, mode: 0o600)
            try listener.grant(SocketAccess(mode: 0o600))
            listener.refuseFiles()
        } catch .addressInUse {
            throw .failed("\(path) is in use: end that program or give another --control")
        } catch {
            throw .failed("cannot make the control socket \(path): \(error): give another --control")
        }
    }

    /// Starts the thread, which ends after ``ControlMailbox/stop()``.
    /// - Parameter confine: called first in it.
    func start(_ confine: @escaping @Sendable () -> Void) throws(Failure) -> NamedThread {
        let transferred = TransferredServer(server: self)
        return try Failure.explaining("start the thread of the control socket") { () throws(Errno) in
            try NamedThread(name: "kawela/control") {
                confine()
                transferred.server.run()
            }
        }
    }

    /// Removes the socket and lets its clients go.
    func close() {
        for connection in connections { connection.close() }
        connections = []
        listener.close()
    }

    /// Runs until ``ControlMailbox/stop()``.
    func run() {
        while !isStopping {
            do throws(Errno) { try turn() } catch {
                log.error("the control socket ends: \(error)")
                return
            }
        }
    }

    /// Waits until there is something to do, and does it.
    func turn() throws(Errno) {
        polls.removeAll()
        polls.add(mailbox.event.descriptor)
        polls.add(connections.count < Self.connectionLimit ? listener.descriptor : -1)
        for connection in connections {
            polls.add(
                connection.descriptor, readable: connection.wantsInput || connection.carriesStream,
                writable: connection.hasOutput)
        }
        for connection in connections where connection.hasRoomForStream {
            polls.add(connection.stream?.source.descriptor ?? -1)
        }
        try polls.wait(nanoseconds: nextDeadline)
        let count = connections.count
        for index in 0..<count { handle(connections[index], polls.readiness(at: index + 2)) }
        if polls.readiness(at: 1).contains(.readable) { accept() }
        takeMail()
        endLateCalls()
        for connection in connections { serve(connection) }
        removeConnections()
        watchPorts()
    }

    private var nextDeadline: UInt64? {
        guard let first = calls.values.map(\.deadline).min() else { return nil }
        return UInt64(max(0, ContinuousClock.now.duration(to: first) / .nanoseconds(1)))
    }
}

/// A server handed over to its thread. The main thread, which made it, does not touch it again until it has joined that.
private struct TransferredServer: @unchecked Sendable {
    let server: ControlServer
}

// MARK: Connections

extension ControlServer {
    private func accept() {
        guard let socket = try? UnixSocket.accept(listener.descriptor) else { return }
        connections.append(ControlConnection(socket, number: nextNumber))
        nextNumber += 1
        let peer = SocketPeer(of: socket)?.description ?? "unknown"
        log.debug("control: client connected: \(peer)")
    }

    private func handle(_ connection: ControlConnection, _ readiness: Readiness) {
        if readiness.contains(.readable) || readiness.contains(.failed) { connection.receive() }
    }

    /// Answers what has come, as far as it can be, and sends.
    private func serve(_ connection: ControlConnection) {
        while connection.wantsInput, connection.stream == nil, answerNext(of: connection) {}
        connection.fillFromStream()
        connection.flush()
    }

    /// False when no whole request is there.
    private func answerNext(of connection: ControlConnection) -> Bool {
        do throws(ControlError) {
            guard let line = try connection.nextLine() else { return false }
            guard !line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }) else { return true }
            handle(try ControlRequest(parsing: line), of: connection)
        } catch {
            connection.send(ControlResponse(id: .null, .failure(error)))
        }
        return true
    }

    private func removeConnections() {
        for connection in connections where connection.isOver {
            endStream(of: connection)
            endMatrix(of: connection)
            connection.close()
        }
        connections.removeAll(where: \.isOver)
    }

    func connection(_ number: Int) -> ControlConnection? { connections.first { $0.number == number } }
}

// MARK: What other threads leave

extension ControlServer {
    private func takeMail() {
        let mail = mailbox.take()
        isStopping = mail.isStopping
        for reply in mail.replies { take(reply) }
        for event in mail.events { tell(event) }
        if mail.lostEvents > 0 { log.warning("control: \(mail.lostEvents) events lost: too many at once") }
    }

    private func tell(_ event: ControlEvent) {
        let notification = ControlNotification(method: "event", parameters: event.json)
        for connection in connections where connection.events.contains(event.kind) { connection.send(notification) }
    }

    /// Tells the ports whether somebody waits for events.
    private func watchPorts() {
        let isWanted = connections.contains { !$0.events.isEmpty }
        guard isWanted != isWatching else { return }
        let areTold = ports.map { $0.control.ask(PortQuestion(subject: .watch(isWanted), reply: { _ in })) }
        if areTold.allSatisfy({ $0 }) { isWatching = isWanted }
    }
}
