// SPDX-License-Identifier: Apache-2.0

/// Why a backend cannot be used: one line that says what is wrong and how to mend it.
public struct BackendError: Error, Equatable, CustomStringConvertible {
    public let message: String

    /// Control characters, which a file name or a configuration may bring in, are replaced.
    public init(_ message: String) {
        self.message = String(
            String.UnicodeScalarView(
                message.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }))
    }

    public var description: String { message }
}
