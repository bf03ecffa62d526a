// SPDX-License-Identifier: Apache-2.0

/// What one direction of a queue has done since the port was made. Unlike statistics registers, no driver clears it.
package struct QueueActivity: BitwiseCopyable, Equatable, Sendable {
    /// Frames that crossed it; one that is left to the uplink to be cut is one.
    package internal(set) var frames: UInt64 = 0
    /// Their bytes, FCS included for those received.
    package internal(set) var bytes: UInt64 = 0
    /// Writes of the tail register.
    package internal(set) var doorbells: UInt64 = 0
}
