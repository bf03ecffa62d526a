// SPDX-License-Identifier: Apache-2.0

/// What chose the queue of a received frame.
package enum QueueRule: Equatable, Sendable, BitwiseCopyable {
    /// MRQC's default queue.
    case defaultQueue
    /// The first queue of the frame's pool.
    case pool
    /// ETQF of this number.
    case etherType(Int)
    /// FTQF of this number, with its companions.
    case tuple(Int)
    /// SYNQF.
    case syn
    /// RETA, by a hash that covers what `type` says.
    case rss(hash: UInt32, type: RSS.HashType)
}

/// A filter's choice of a queue.
struct Steering: BitwiseCopyable, Equatable {
    var queue: Int
    var rule: QueueRule
}
