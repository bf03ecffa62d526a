// SPDX-License-Identifier: Apache-2.0

/// Why a file is no trace, or no trace that can be replayed.
struct TraceError: Error, Equatable {
    /// From 1 on.
    var line: Int
    var message: String
}
