// SPDX-License-Identifier: Apache-2.0

import HostSystem
import Intel82576
import SystemPackage

/// A backend with everything that passes written to a pcap file, in both directions.
///
/// Frames are captured as the backend gets them: with offloads left to it they are longer than on a wire and their
/// checksums are incomplete. The file is written after every batch, so it is complete while it is read. When it cannot
/// be written the capture ends and the traffic goes on.
package final class CaptureBackend: Backend {
    private let inner: any Backend
    private var file: CaptureFile
    private var capturedFrames: UInt64 = 0
    private var missedFrames: UInt64 = 0
    private var failure: Errno?

    /// - Throws: what keeps the file from being written, see ``CaptureFile/init(path:)``. `inner` is left open.
    init(file path: String, around inner: any Backend) throws(Errno) {
        self.inner = inner
        file = try CaptureFile(path: path)
        file.append(Pcap.FileHeader())
        try file.write()
    }

    deinit { close() }

    package var descriptor: CInt { inner.descriptor }
    package var wantsWritable: Bool { inner.wantsWritable }
    package var isLinkUp: Bool { inner.isLinkUp }
    package var isCongested: Bool { inner.isCongested }
    package var offloads: UplinkOffloads { inner.offloads }
    package var linkDescriptor: CInt { inner.linkDescriptor }
    package func handleLinkEvent() { inner.handleLinkEvent() }
    package func portLinkChanged(isUp: Bool) { inner.portLinkChanged(isUp: isUp) }
    package func handleEvent() { inner.handleEvent() }

    package var counters: [(name: String, value: UInt64)] {
        inner.counters + [
            ("captured_frames", capturedFrames), ("capture_missed_frames", missedFrames),
            ("capture_failed", failure == nil ? 0 : 1),
        ]
    }

    package var status: String {
        guard let failure else { return inner.status }
        return "\(inner.status); the capture ended: \(failure)"
    }

    package func transmit(_ batch: inout FrameBatch) {
        capture(batch, where: { $0.goesToUplink })
        inner.transmit(&batch)
    }

    package func receive(into batch: inout FrameBatch) {
        inner.receive(into: &batch)
        capture(batch, where: { _ in true })
    }

    package func close() {
        inner.close()
        file.close()
    }

    private func capture(_ batch: borrowing FrameBatch, where isIncluded: (FrameBatch.Frame) -> Bool) {
        guard batch.count > 0 else { return }
        let time = wallClock()
        for index in 0..<batch.count where isIncluded(batch[index]) {
            capture(Int(batch[index].byteCount), at: index, of: batch, time)
        }
        write()
    }

    private func capture(
        _ byteCount: Int, at index: Int, of batch: borrowing FrameBatch, _ time: (seconds: Int, nanoseconds: Int)
    ) {
        let kept = min(byteCount, Pcap.snapLength)
        if !file.hasRoom(Pcap.RecordHeader.length + kept) { write() }
        guard file.isOpen else {
            missedFrames &+= 1
            return
        }
        file.append(Pcap.RecordHeader(time: time, capturedLength: kept, originalLength: byteCount))
        file.append(index, of: batch, limit: kept)
        capturedFrames &+= 1
    }

    private func write() {
        guard file.isOpen else { return }
        do throws(Errno) { try file.write() } catch { failure = error }
    }
}
