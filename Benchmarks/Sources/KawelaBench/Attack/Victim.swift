// SPDX-License-Identifier: Apache-2.0

import Foundation
import Intel82576

/// What a well-behaved function sees while another one is attacked or attacks.
enum Victim {
    /// Seconds that one register read took each, one every half millisecond for `seconds`.
    static func latencies(_ client: RawClient, seconds: Double) throws -> [Double] {
        let register = RawFunction.offset(PVTSTATUS.self)
        var latencies: [Double] = []
        let end = DispatchTime.now() + seconds
        while DispatchTime.now() < end {
            let start = DispatchTime.now().uptimeNanoseconds
            _ = try client.read(register)
            latencies.append(Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9)
            usleep(500)
        }
        return latencies
    }

    /// Frames of 60 bytes a second that leave by the wire, in bursts of half the ring, for `seconds`.
    static func rate(_ function: RawFunction, seconds: Double) throws -> Double {
        let count = RawFunction.ringCount
        try function.startTransmit()
        let frame = Frames.udp(0, length: 60, from: function.mac)
        function.write(frame, at: 0x8_0000)
        for index in 0..<count { function.store(0x8_0000, RawFunction.data(60), at: index * 16) }
        var (tail, sent) = (0, 0)
        let end = DispatchTime.now() + seconds
        while DispatchTime.now() < end {
            let last = (tail + count / 2 - 1) % count
            for index in 0..<count / 2 {
                function.store(0x8_0000, RawFunction.data(60), at: (tail + index) % count * 16)
            }
            tail = (tail + count / 2) % count
            function.tail(0, tail)
            while DispatchTime.now() < end, !isDone(function, last) { usleep(20) }
            if isDone(function, last) { sent += count / 2 }
        }
        return Double(sent) / seconds
    }

    private static func isDone(_ function: RawFunction, _ index: Int) -> Bool {
        function.memory.loadUnaligned(fromByteOffset: index * 16 + 8, as: UInt64.self) >> 32 & 1 == 1
    }
}
