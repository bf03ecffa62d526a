// SPDX-License-Identifier: Apache-2.0

import Intel82576

extension TestDriver {
    /// Link up, transmitter on.
    public static func started(offloads: UplinkOffloads = []) -> TestDriver {
        let driver = TestDriver(offloads: offloads)
        driver.start()
        return driver
    }

    public static let ownAddress: [UInt8] = [2, 0, 0, 0, 0, 1]
    public static let broadcast: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]

    /// A frame that no other number and length gives.
    public static func frame(_ number: Int = 0, to destination: [UInt8] = ownAddress, length: Int = 64) -> [UInt8] {
        let header = destination + [2, 0, 0, 0, 0, 0x99, 0x88, 0xB5]
        return Array(
            (header + (0..<max(0, length - 14)).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ number &* 31 &+ $0 / 256) })
                .prefix(length))
    }

    public var sentFrames: [[UInt8]] { uplink.sent.map(\.bytes) }

    /// DD of the transmit descriptor at `address`.
    public func isDone(_ address: UInt64) -> Bool { memory.load(at: address + 8) >> 32 & 1 == 1 }

    public func transmitHead(_ queue: Int = 0) -> Int { Int(self[raw: TDH.self, queue]) }
    public func receiveHead(_ queue: Int = 0) -> Int { Int(self[raw: RDH.self, queue]) }

    /// A 64-bit statistics pair: low, then high, which clears it.
    public func counter64(_ offset: Int) -> UInt64 {
        let low = self[offset]
        return UInt64(self[offset + 4]) << 32 | UInt64(low)
    }

    /// Everything an advanced or legacy ring holds, in order.
    public func takeAll(_ ring: inout ReceiveRing) -> [[UInt8]] {
        var frames: [[UInt8]] = []
        while let received = take(&ring) { frames.append(received.bytes) }
        return frames
    }
}
