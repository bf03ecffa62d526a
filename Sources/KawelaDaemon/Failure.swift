// SPDX-License-Identifier: Apache-2.0

import SystemPackage

/// Why a command ends without success, in one line for the user: what is wrong and what to do about it.
package enum Failure: Error, Equatable {
    /// The command line asks for something that cannot be.
    case usage(String)
    /// The command line is right, and the machine or a file stands in the way.
    case failed(String)

    package var message: String {
        switch self {
        case .usage(let message), .failed(let message): message
        }
    }

    package var exitCode: CInt {
        switch self {
        case .usage: 2
        case .failed: 1
        }
    }
}

extension Failure {
    /// This failure with `place`, one of several ports, before its message. Such a port has no options on the command line, so
    /// the message speaks of keys.
    func located(at place: String?) -> Failure {
        guard let place else { return self }
        let keys = message.replacing(/(^|[ \(])--([a-z\-]+)/) { match in "\(match.output.1)\"\(match.output.2)\"" }
        let text = "\(place): \(keys)"
        return switch self {
        case .usage: .usage(text)
        case .failed: .failed(text)
        }
    }
}

extension Failure {
    /// Does what may fail in the system: `purpose` says in words what it is for.
    static func explaining<Result>(
        _ purpose: String, _ work: () throws(Errno) -> Result
    ) throws(Failure) -> Result {
        do throws(Errno) { return try work() } catch { throw .failed("cannot \(purpose): \(error)") }
    }
}
