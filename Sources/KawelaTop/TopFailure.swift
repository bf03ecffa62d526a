// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import SystemPackage

/// Why `kawela top` ends without success.
package enum TopFailure: Error, Equatable {
    case server(ControlClient.Failure)
    /// Standard input and output are no terminal.
    case noTerminal
    case system(Errno)
    case noPort(String, known: [String])
    /// A signal asked for the end before there was anything to show.
    case interrupted
}

extension TopFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .server(let failure): failure.description
        case .noTerminal: "standard input and output are no terminal: use --once"
        case .system(let error): "cannot use the terminal: \(error)"
        case .noPort(let name, let known):
            "there is no port '\(name)': there "
                + (known.isEmpty ? "are none" : "is " + known.map { "'\($0)'" }.joined(separator: ", "))
        case .interrupted: "interrupted"
        }
    }
}
