// SPDX-License-Identifier: Apache-2.0

import HostSystem
import SystemPackage

/// A connection to the control socket of a running `kawela serve`.
package final class ControlClient {
    /// Why there is no answer.
    package enum Failure: Error, Equatable {
        /// Nobody listens at the path, or may not be asked by this user.
        case unreachable(path: String, Errno)
        /// The server has ended, or has ended the connection.
        case ended
        /// Nothing came in time.
        case silent
        /// What came is no message of this protocol.
        case notUnderstood
        /// The server says why not.
        case refused(ControlError)
    }

    /// Bytes of a line, its end included. The server lets a client go that leaves half of that unread.
    package static let longestLine = 16 << 20
    /// Notifications that may come before an answer does.
    static let mostNotifications = 10_000

    private let socket: Descriptor
    private var received: [UInt8] = []
    /// Bytes of ``received`` that have no end of a line among them.
    private var searched = 0
    private var nextNumber = 1
    /// Notifications that came while an answer was waited for.
    private var notifications: [ControlNotification] = []

    package init(path: String) throws(Failure) {
        do throws(Errno) {
            socket = try UnixSocket.make(.stream)
            try Self.connect(socket, to: path, before: .now + .seconds(5))
        } catch { throw .unreachable(path: path, error) }
    }

    /// So many may be connecting that one has to come again.
    private static func connect(
        _ socket: Descriptor, to path: String, before deadline: ContinuousClock.Instant
    ) throws(Errno) {
        while true {
            do throws(Errno) { return try UnixSocket.connect(socket, to: path) } catch {
                guard error == .resourceTemporarilyUnavailable, ContinuousClock.now < deadline else { throw error }
            }
            var polls = PollSet()
            try polls.wait(nanoseconds: 10_000_000)
        }
    }

    /// Calls a method and waits for its answer, ten seconds at most.
    package func call(_ method: String, _ parameters: [String: JSONValue] = [:]) throws(Failure) -> JSONValue {
        let id = JSONValue.integer(nextNumber)
        nextNumber += 1
        try send(ControlRequest(id: id, method: method, parameters: parameters).json)
        let deadline = ContinuousClock.now + .seconds(10)
        while true {
            guard let json = try nextLine(before: deadline) else { throw .silent }
            if let notification = ControlNotification(json) {
                guard notifications.count < Self.mostNotifications else { throw .notUnderstood }
                notifications.append(notification)
            } else if let response = ControlResponse(json), response.id == id || response.id == .null {
                switch response.result {
                case .success(let value): return value
                case .failure(let error): throw .refused(error)
                }
            } else {
                throw .notUnderstood
            }
        }
    }

    /// The next notification; `nil` when none comes before `deadline`, which `nil` puts off for ever.
    package func nextNotification(
        before deadline: ContinuousClock.Instant? = nil
    ) throws(Failure) -> ControlNotification? {
        if !notifications.isEmpty { return notifications.removeFirst() }
        guard let json = try nextLine(before: deadline) else { return nil }
        guard let notification = ControlNotification(json) else { throw .notUnderstood }
        return notification
    }

    /// The bytes that come after an answer that announces a stream; `nil` at its end.
    package func nextBytes() throws(Failure) -> [UInt8]? {
        if received.isEmpty { _ = try receive(before: nil) }
        defer { (received, searched) = ([], 0) }
        return received.isEmpty ? nil : received
    }
}

extension ControlClient {
    private func send(_ json: JSONValue) throws(Failure) {
        let bytes = json.line + [UInt8(ascii: "\n")]
        var sent = 0
        do throws(Errno) {
            while sent < bytes.count {
                let count = try socket.send(bytes, from: sent)
                sent += count
                if count == 0 {
                    var polls = PollSet()
                    polls.add(socket.number, readable: false, writable: true)
                    try polls.wait(nanoseconds: 100_000_000)
                }
            }
        } catch { throw .ended }
    }

    /// - Returns: `nil` when no line comes in time.
    private func nextLine(before deadline: ContinuousClock.Instant?) throws(Failure) -> JSONValue? {
        while true {
            if let end = received[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer {
                    received.removeSubrange(...end)
                    searched = 0
                }
                guard let json = try? JSONValue(parsing: received[..<end]) else { throw .notUnderstood }
                return json
            }
            searched = received.count
            guard searched < Self.longestLine else { throw .notUnderstood }
            let count = received.count
            guard try receive(before: deadline) else { return nil }
            if received.count == count { throw .ended }
        }
    }

    /// Waits for bytes and takes them; none at the end. False when none came in time.
    private func receive(before deadline: ContinuousClock.Instant?) throws(Failure) -> Bool {
        do throws(Errno) {
            while true {
                if try socket.receive(into: &received, limit: 256 * 1024) != nil { return true }
                let left = deadline.map { ContinuousClock.now.duration(to: $0) }
                if let left, left <= .zero { return false }
                var polls = PollSet()
                polls.add(socket.number)
                try polls.wait(nanoseconds: left.map { UInt64($0 / .nanoseconds(1)) })
            }
        } catch { throw .ended }
    }
}

extension ControlClient.Failure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreachable(let path, let error):
            "cannot reach a control socket at \(path): \(error): start 'kawela serve' with --control \(path)"
        case .ended: "the connection to the control socket ended: look at the log of 'kawela serve'"
        case .silent: "the control socket does not answer"
        case .notUnderstood: "what answers at the control socket is not 'kawela serve'"
        case .refused(let error): error.message
        }
    }
}
