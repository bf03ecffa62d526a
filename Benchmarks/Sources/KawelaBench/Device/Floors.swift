// SPDX-License-Identifier: Apache-2.0

import Glibc
import KawelaGuest

/// What cannot be done without: system calls and copies alone, to hold the paths against.
enum Floors {
    /// `memcpy` of `length` bytes for each frame, from one place to another that no other frame has.
    static func copy(_ length: Int) -> Scenario {
        let (count, stride) = (Driver.batch, max(2048, (length + 4095) & ~4095))
        let from = UnsafeMutableRawPointer.allocate(byteCount: count * stride, alignment: 4096)
        let to = UnsafeMutableRawPointer.allocate(byteCount: count * stride, alignment: 4096)
        memset(from, 0x82, count * stride)
        memset(to, 0x57, count * stride)
        return Scenario(
            name: "floor: memcpy of \(length) B", frames: count, isPortable: false,
            run: { for index in 0..<count { memcpy(to + index * stride, from + index * stride, length) } })
    }

    /// One `writev` a frame, its virtio-net header in front.
    /// - Parameter tap: a descriptor of the interface.
    static func write(_ name: String, unit: String, _ frames: [[UInt8]], segmentSize: UInt16, to tap: Int32) -> Scenario
    {
        // struct virtio_net_hdr of a TCP/IPv4 packet to be cut, with its checksum to be completed; or of a whole frame.
        var header = [UInt8](repeating: 0, count: 10)
        if segmentSize > 0 {
            header = [
                1, 1, UInt8(Frames.tcpHeaders), 0, UInt8(segmentSize & 0xFF), UInt8(segmentSize >> 8), 34, 0, 16, 0,
            ]
        }
        let prefix = UnsafeMutableRawPointer.allocate(byteCount: 10, alignment: 8)
        prefix.copyMemory(from: header, byteCount: 10)
        let places = frames.map { frame in
            let place = UnsafeMutableRawPointer.allocate(byteCount: frame.count, alignment: 2048)
            place.copyMemory(from: frame, byteCount: frame.count)
            return [iovec(iov_base: prefix, iov_len: 10), iovec(iov_base: place, iov_len: frame.count)]
        }
        return Scenario(
            name: name, unit: unit, frames: frames.count, isPortable: false,
            run: {
                for pieces in places { _ = writev(tap, pieces, 2) }
            })
    }
}
