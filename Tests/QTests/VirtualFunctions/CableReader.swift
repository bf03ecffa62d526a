import Foundation
import KawelaGuest
import Synchronization

/// The cable's other end, read all the time so that it never holds anybody up.
final class Wire: Sendable {
    private let cable: Cable
    private let received = Mutex<[[UInt8]]>([])

    init(_ cable: Cable) {
        self.cable = cable
        Thread.detachNewThread { [weak self] in
            while let frame = Wire.next(cable) { self?.received.withLock { $0.append(frame) } }
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
        var (done, looked) = (0, 0)
        try eventually("frames on the wire", within: 5, every: 0.001) {
            received.withLock { frames in
                while looked < frames.count, done < expected.count {
                    if frames[looked] == expected[done] { done += 1 }
                    looked += 1
                }
            }
            return done == expected.count
        }
    }
}
