// SPDX-License-Identifier: Apache-2.0

import Intel82576

/// Frames and bytes of one backend, and what it dropped, by reason.
struct TrafficCounters {
    enum Drop: Int, CaseIterable {
        case sendNoPeer, sendInterfaceDown, sendRefused, sendLength, sendStoreFull
        case receiveLength, receiveMalformed, receiveQueueFull

        var name: String {
            switch self {
            case .sendNoPeer: "send_dropped_no_peer"
            case .sendInterfaceDown: "send_dropped_interface_down"
            case .sendRefused: "send_dropped_refused"
            case .sendLength: "send_dropped_length"
            case .sendStoreFull: "send_dropped_store_full"
            case .receiveLength: "receive_dropped_length"
            case .receiveMalformed: "receive_dropped_malformed"
            case .receiveQueueFull: "receive_dropped_queue_full"
            }
        }
    }

    private(set) var sentFrames: UInt64 = 0
    private(set) var sentBytes: UInt64 = 0
    private(set) var receivedFrames: UInt64 = 0
    private(set) var receivedBytes: UInt64 = 0
    private var drops = [UInt64](repeating: 0, count: Drop.allCases.count)
    /// The reasons that can apply to this backend, for the report.
    private let reasons: [Drop]

    init(drops reasons: Drop...) { self.reasons = reasons }

    mutating func sent(frames: Int = 1, bytes: Int) {
        sentFrames &+= UInt64(frames)
        sentBytes &+= UInt64(bytes)
    }

    mutating func received(bytes: Int) {
        receivedFrames &+= 1
        receivedBytes &+= UInt64(bytes)
    }

    mutating func dropped(_ reason: Drop, frames: Int = 1) { drops[reason.rawValue] &+= UInt64(frames) }

    var report: [(name: String, value: UInt64)] {
        [
            ("sent_frames", sentFrames), ("sent_bytes", sentBytes),
            ("received_frames", receivedFrames), ("received_bytes", receivedBytes),
        ] + reasons.map { ($0.name, drops[$0.rawValue]) }
    }
}

// MARK: Choosing what to send

extension FrameBatch.Frame {
    /// Whether the frame leaves the port and has a length that a backend can carry.
    var isSendable: Bool { goesToUplink && (1...maximumFrameLength).contains(Int(byteCount)) }
    /// Whether one system call can write the frame with its prefix (`UIO_MAXIOV` is 1024).
    var fitsOneCall: Bool { segmentCount < 1024 }
}

extension FrameBatch {
    /// The next run of sendable frames at or after `start`; `nil` when there is none.
    func sendableRun(from start: Int) -> Range<Int>? {
        var first = start
        while first < count, !self[first].isSendable { first += 1 }
        guard first < count else { return nil }
        var end = first + 1
        while end < count, self[end].isSendable { end += 1 }
        return first..<end
    }

    /// Frames meant for the uplink that are empty or too long.
    var unsendableCount: Int {
        var frames = 0
        for index in 0..<count where self[index].goesToUplink && !self[index].isSendable { frames += 1 }
        return frames
    }

    func byteCount(of frames: Range<Int>) -> Int {
        var bytes = 0
        for index in frames { bytes += Int(self[index].byteCount) }
        return bytes
    }
}
