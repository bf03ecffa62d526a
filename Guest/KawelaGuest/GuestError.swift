// SPDX-License-Identifier: Apache-2.0

/// Why a run could not go on, in words for whoever reads the test's or the demo's output.
public struct GuestError: Error, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}
