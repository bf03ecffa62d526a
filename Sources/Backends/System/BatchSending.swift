// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import Intel82576

extension FrameBatch {
    /// Segments of one call (`UIO_MAXIOV`).
    private static var callSegmentLimit: Int { 1024 }

    /// Writes one frame and its prefix with one `writev`.
    func write(_ index: Int, to descriptor: CInt) -> Transfer {
        // SAFETY: segments are valid during the transmit this is called from.
        let segments = unsafe segments(of: index)
        return Transfer.result { unsafe writev(descriptor, segments.baseAddress, CInt(segments.count)) }
    }

    /// Sends a run of frames and their prefixes as one stream of bytes.
    /// - Returns: the bytes that left, and how the last call ended.
    func sendStream(_ frames: Range<Int>, to descriptor: CInt) -> (bytes: Int, end: Transfer) {
        // SAFETY: segments are valid during the transmit this is called from.
        var segments = unsafe segments(ofFrames: frames)[...]
        var bytes = 0
        while unsafe !segments.isEmpty {
            let piece = unsafe UnsafeBufferPointer(rebasing: segments.prefix(Self.callSegmentLimit))
            let end = Transfer.result { unsafe kw_send(descriptor, piece.baseAddress, CInt(piece.count), nil, 0) }
            guard case .moved(let moved) = end else { return (bytes, end) }
            bytes += moved
            var offered = 0
            for part in 0..<piece.count { unsafe offered += piece[part].iov_len }
            if moved < offered { return (bytes, .wouldBlock) }
            unsafe segments = segments.dropFirst(piece.count)
        }
        return (bytes, .moved(bytes))
    }

    /// Sends at most 64 frames of a run, each as a datagram to the socket at `path`, or to what the socket is bound to. `moved` is
    /// the number of frames.
    func sendDatagrams(_ frames: Range<Int>, from descriptor: CInt, to path: String?) -> Transfer {
        let sent = frames.prefix(FrameStore.callLimit)
        var counts = InlineArray<64, CInt>(repeating: 0)
        for (position, index) in sent.enumerated() { counts[position] = CInt(self[index].segmentCount) + 1 }
        // SAFETY: segments are valid during the transmit this is called from; `counts` has one entry per frame.
        let segments = unsafe segments(ofFrames: sent)
        return Transfer.result {
            unsafe counts.span.withUnsafeBufferPointer { counts in
                unsafe Int(
                    kw_send_datagrams(descriptor, path, segments.baseAddress, counts.baseAddress, CInt(sent.count)))
            }
        }
    }

    /// A byte of a frame's header segment; 0 past its end.
    func headerByte(_ offset: Int, of index: Int) -> UInt8 {
        // SAFETY: the bounds are checked before the access.
        unsafe header(of: index).withUnsafeBytes { bytes in
            offset < bytes.count ? unsafe bytes[offset] : 0
        }
    }
}
