// SPDX-License-Identifier: Apache-2.0

import Intel82576

/// Gives the frames of one port to its captures. Used in the port's thread only.
///
/// It is the port's ``Port/frameObserver`` while there is a capture: otherwise nothing is done for a frame.
final class CaptureHub: FrameObserver {
    /// Each may keep ``CaptureTap/Settings/limit`` bytes.
    static let mostTaps = 8

    private unowned let port: Port
    private var streams: [CaptureStream] = []
    /// What any of them wants to see.
    private(set) var interest = FrameInterest()

    init(_ port: Port) { self.port = port }

    /// Begins to capture. False if there are ``mostTaps`` already.
    func add(_ tap: CaptureTap) -> Bool {
        guard streams.count < Self.mostTaps else { return false }
        streams.append(CaptureStream(tap))
        settle()
        return true
    }

    /// Ends a capture.
    func remove(_ tap: CaptureTap) {
        for index in streams.indices where streams[index].tap === tap { streams[index].end() }
        streams.removeAll { $0.tap === tap }
        settle()
    }

    /// Ends all captures.
    /// - Returns: how many there were.
    func removeAll() -> Int {
        let count = streams.count
        for stream in streams { remove(stream.tap) }
        return count
    }

    private func settle() {
        interest = streams.reduce(FrameInterest()) { $0.union($1.interest) }
        port.frameObserver = streams.isEmpty ? nil : self
    }

    /// Lets readers take what was captured since the last call. Once a turn.
    func publish() { for index in streams.indices { streams[index].publish() } }

    func observe(_ sighting: FrameSighting, _ batch: borrowing FrameBatch, _ index: Int) {
        for stream in streams.indices { streams[stream].add(sighting, batch, index) }
    }

    func observe(lost sighting: FrameSighting) {
        for stream in streams.indices { streams[stream].add(lost: sighting) }
    }
}
