// SPDX-License-Identifier: Apache-2.0

import Backends

/// The server of one function, as the event loop drives it.
protocol FunctionServer: AnyObject {
    /// What to wait for. May change with any call.
    var descriptors: [CInt] { get }
    /// Whether a client is connected.
    var isConnected: Bool { get }
    /// One of ``descriptors`` is readable or failed. Handles a bounded number of messages.
    func handleEvents(on descriptor: CInt)
    /// Messages were received that wait to be handled, without the descriptor being readable.
    var hasBufferedMessages: Bool { get }
    /// Handles a bounded number of those.
    func processBufferedMessages()
    /// Called after each message that wrote to the function, before it is answered. For clients to come.
    var afterWrite: (() -> Void)? { get set }
    /// Ends connections and removes the socket.
    func close()
}

/// A port, as the event loop drives it: see `Intel82576.Port` for the meaning of each.
protocol DrivenPort: AnyObject {
    var hasWork: Bool { get }
    func run()
    func receiveFromUplink()
    var wantsFrames: Bool { get }
    func uplinkLinkChanged()
    var nextDeadline: UInt64? { get }
    var counters: [(name: String, value: UInt64)] { get }
}

/// The driver of a function that no guest drives: see `EmbeddedDriver` for the meaning of each.
protocol FunctionDriver: AnyObject {
    var hasWork: Bool { get }
    func service()
    var nextDeadline: UInt64? { get }
}
