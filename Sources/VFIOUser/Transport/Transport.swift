// SPDX-License-Identifier: Apache-2.0

import HostSystem
import SystemPackage

/// The stream a session talks over. Nothing here blocks except ``wait(forWriting:for:)``.
protocol Transport: AnyObject {
    /// The descriptor to poll.
    var descriptor: CInt { get }
    /// Appends what has arrived, as much as fits, to `queue`, and descriptors that came with it to `descriptors`.
    ///
    /// The kernel ends a receive with the segment that carried descriptors, so they belong to the last message that
    /// begins in what this call delivered.
    func receive(into queue: ByteQueue, _ descriptors: inout [Descriptor]) -> ReceiveResult
    /// Sends up to `count` bytes from the front of `queue` and removes those that were taken.
    func send(_ count: Int, from queue: ByteQueue) -> SendResult
    /// Waits until there is something to receive, or with `forWriting` also until there is room to send.
    /// - Returns: false when `duration` passed first.
    func wait(forWriting: Bool, for duration: Duration) -> Bool
    /// Whether the other side is gone. What it sent before may still be left to receive.
    var hasHungUp: Bool { get }
}

enum ReceiveResult: Equatable {
    case received
    /// Nothing there now.
    case nothing
    /// The peer has closed.
    case ended
    /// More descriptors than a message may carry.
    case tooManyDescriptors
    /// More descriptors than this process may open. The surplus is closed.
    case descriptorsLost
    case failed(Errno)
}

enum SendResult: Equatable {
    case sent(Int)
    case wouldBlock
    case failed(Errno)
}
