// SPDX-License-Identifier: Apache-2.0

import ControlProtocol

/// What somebody wants to know of a port, or to have done to it, in the port's own thread.
struct PortQuestion: Sendable {
    enum Subject: Sendable {
        /// A method of the control socket, whose parameters have been held against its description.
        case method(String, [String: JSONValue])
        /// Somebody waits for events, or nobody does any more.
        case watch(Bool)
        /// A stream is to be filled, or to be filled no more.
        case stream(any PortStream)
        case endStream(any PortStream)
        /// Who sends to whom is to be counted for the connection of this number, or for it no more.
        case matrix(connection: Int, isOn: Bool)

        /// The end of something that was taken before.
        var isEnd: Bool {
            switch self {
            case .endStream, .matrix(_, isOn: false): true
            default: false
            }
        }
    }

    var subject: Subject
    /// Called once, in the port's thread, where it must not wait.
    var reply: @Sendable (Result<JSONValue, ControlError>) -> Void
}

/// Something that a port's thread fills, and another empties, as long as that wants it.
protocol PortStream: AnyObject, Sendable {
    /// Called in the port's thread: begins to watch the port.
    func start(on target: PortAnswers) throws(ControlError) -> JSONValue
    /// Called in the port's thread: watches no more.
    func stop(on target: PortAnswers)
}
