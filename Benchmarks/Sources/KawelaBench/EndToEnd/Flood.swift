// SPDX-License-Identifier: Apache-2.0

import CBench
import Foundation
import KawelaGuest

/// Frames of 64 B (with the CRC that a TAP does without) for one address, 500,000 a second, from the peer's TAP interface
/// to the card, as long as this lives.
final class Flood {
    static let rate = 500_000
    private let isOver = UnsafeMutablePointer<Bool>.allocate(capacity: 1)
    private let ended = DispatchSemaphore(value: 0)
    private var isStopped = false

    init(to address: String, from peer: Namespace) throws {
        isOver.initialize(to: false)
        let destination = address.split(separator: ":").compactMap { UInt8($0, radix: 16) }
        let frame = Frames.udp(0, length: 60, to: destination, from: Frames.outside)
        nonisolated(unsafe) let isOver = isOver
        let (ended, name) = (ended, peer.name)
        let thread = Thread {
            let back = cb_enter_namespace("/run/netns/\(name)")
            _ = cb_flood(Namespace.tap, frame, frame.count, CInt(Self.rate), isOver)
            if back >= 0 { cb_leave_namespace(back) }
            ended.signal()
        }
        thread.start()
    }

    func stop() {
        guard !isStopped else { return }
        isStopped = true
        cb_stop_flood(isOver)
        ended.wait()
    }

    deinit {
        stop()
        isOver.deallocate()
    }
}
