// SPDX-License-Identifier: Apache-2.0

import SystemPackage

/// Why a connection ends.
enum Disconnect: Equatable, CustomStringConvertible {
    case clientLeft
    /// What the client sent cannot be understood or trusted any further.
    case violation(String)
    case versionRefused
    case socketFailed(Errno)
    /// The client sent nothing, and another one came.
    case silent
    /// The client does not read what it asked for.
    case slowReader
    /// The client left many DMA messages without an answer.
    case noReply
    /// A file that the client gave for guest memory lacked pages when they were touched.
    case memoryLost
    /// An eventfd of the client's would have made the server wait.
    case blockingEvent
    /// The process may not open as many files as the client handed over.
    case noDescriptorsLeft
    /// What the client handed over is not closed as fast as it comes.
    case unclosedDescriptors
    /// The server is being closed.
    case serverClosed

    /// Whether this is how connections are meant to end.
    var isOrderly: Bool { self == .clientLeft || self == .serverClosed }

    var description: String {
        switch self {
        case .clientLeft: "the client left"
        case .violation(let what): "protocol violation: \(what)"
        case .versionRefused: "its version is not supported"
        case .socketFailed(let error): "the socket failed: \(error)"
        case .silent: "the client sent nothing, and another one came"
        case .slowReader: "the client does not read its replies"
        case .noReply: "the client does not answer DMA requests"
        case .memoryLost: "guest memory is gone: its file was truncated, or there are no pages left for it"
        case .blockingEvent: "its eventfd blocks"
        case .noDescriptorsLeft: "no descriptors left in this process for those it sends"
        case .unclosedDescriptors: "the files it sends take too long to close"
        case .serverClosed: "the server closes"
        }
    }
}
