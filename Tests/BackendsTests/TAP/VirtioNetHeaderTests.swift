// SPDX-License-Identifier: Apache-2.0

import Intel82576
import Testing

@testable import Backends

extension BackendTests {
    @Suite("virtio-net header") struct VirtioNetHeaders {
        /// A checksum at 50 of a TCP header at 34; with `segmentation` of 1,448 bytes a segment.
        private func offload(_ segmentation: FrameBatch.Offload.Segmentation) -> FrameBatch.Offload {
            var offload = FrameBatch.Offload()
            offload.needsChecksum = true
            (offload.checksumStart, offload.checksumOffset) = (34, 16)
            offload.segmentation = segmentation
            if segmentation != .none { (offload.segmentSize, offload.headerLength) = (1448, 66) }
            return offload
        }

        @Test("the header is the 10 bytes of struct virtio_net_hdr")
        func layout() {
            let header = VirtioNetHeader(offload(.tcp4), carriesCWR: true)
            let bytes = withUnsafeBytes(of: header) { Array($0) }
            let words: [UInt16] = [66, 1448, 34, 16]
            #expect(bytes == [1, 0x81] + words.withUnsafeBytes { Array($0) })
            #expect(bytes.count == VirtioNetHeader.length)
        }

        @Test("without offloads it is all zero; a vouched checksum is DATA_VALID, one to be completed is not")
        func flags() {
            var offload = FrameBatch.Offload()
            #expect(VirtioNetHeader(offload, carriesCWR: true) == VirtioNetHeader())
            offload.isChecksumValid = true
            #expect(VirtioNetHeader(offload, carriesCWR: false).flags == 2)
            offload.needsChecksum = true
            #expect(VirtioNetHeader(offload, carriesCWR: false).flags == 1)
        }

        @Test("what is written is read again", arguments: [FrameBatch.Offload.Segmentation.none, .tcp4, .tcp6, .udp])
        func roundTrip(segmentation: FrameBatch.Offload.Segmentation) {
            var expected = offload(segmentation)
            if segmentation == .udp { expected.headerLength = 42 }
            var header = VirtioNetHeader(expected, carriesCWR: segmentation == .tcp4)
            header.headerLength = 5000  // a hint, as the kernel gives it
            #expect(header.offload(ofFrame: 9000) { $0 == 46 ? 0x80 : nil } == expected)
        }

        @Test("a header that contradicts itself or the frame is refused")
        func contradictions() {
            func isRefused(_ change: (inout VirtioNetHeader) -> Void, frame: Int = 9000, offset: UInt8? = 0x80) -> Bool
            {
                var header = VirtioNetHeader(offload(.tcp4), carriesCWR: false)
                change(&header)
                return header.offload(ofFrame: frame) { _ in offset } == nil
            }
            #expect(!isRefused { _ in })
            #expect(isRefused { $0.checksumStart = 65_535 })
            #expect(isRefused { $0.checksumOffset = 65_535 })
            #expect(isRefused({ _ in }, frame: 51))
            #expect(isRefused({ _ in }, frame: 65))
            #expect(isRefused { $0.segmentSize = 0 })
            #expect(isRefused { $0.segmentation = 3 })
            #expect(isRefused { $0.segmentation = 0x7F })
            #expect(isRefused({ _ in }, offset: nil))
            #expect(isRefused({ _ in }, offset: 0x40))
            #expect(isRefused { ($0.flags, $0.headerLength) = (0, 9001) })
        }
    }
}
