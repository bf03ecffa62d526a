// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest
import Synchronization

/// Reads the other end of the card's cable all the time, so that the card is never held up, and keeps the frames.
final class CableReader: Sendable {
    private let cable: Cable
    private let received = Mutex<[[UInt8]]>([])

    init(_ cable: Cable) {
        self.cable = cable
        Thread.detachNewThread { [weak self] in
            while let frame = CableReader.next(cable) { self?.received.withLock { $0.append(frame) } }
        }
    }

    /// `nil` once the card is gone.
    private static func next(_ cable: Cable) -> [UInt8]? {
        while true {
            do { return try cable.receive(seconds: 2) } catch {
                guard "\(error)".hasPrefix("no frame") else { return nil }
            }
        }
    }

    func send(_ frames: [[UInt8]]) throws { try cable.send(frames) }

    /// Everything that has left the card.
    var frames: [[UInt8]] { received.withLock { $0 } }

    /// Waits until all of `expected` have come in their order, with others between them perhaps.
    func expect(_ expected: [[UInt8]]) throws {
        var (done, position) = (0, 0)
        try eventually("frames on the wire", within: 5, every: 0.001) {
            received.withLock { frames in
                while position < frames.count, done < expected.count {
                    if frames[position] == expected[done] { done += 1 }
                    position += 1
                }
            }
            return done == expected.count
        }
    }
}
