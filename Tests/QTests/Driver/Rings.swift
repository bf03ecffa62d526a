// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaGuest

/// Queue pair 0 with advanced descriptors, one buffer per frame.
extension IGBDriver {
    mutating func startQueues() throws {
        (transmitTail, receiveHead) = (0, 0)
        try qtest.fill(Self.transmitRing, count: Self.slots * 16, with: 0)
        try startReceive()
        try startTransmit()
    }

    private func startReceive() throws {
        for slot in 0..<Self.slots { try giveReceiveBuffer(slot) }
        try write(RDBAL.self, UInt32(Self.receiveRing))
        try write(RDBAH.self, 0)
        try write(RDLEN.self, UInt32(Self.slots * 16))
        try write(SRRCTL.self, 1 << 25 | 2)  // advanced, one buffer, of 2 KB
        try write(RXDCTL.self, 1 << 25)
        try wait(for: "RXDCTL.ENABLE") { try read(RXDCTL.self) & 1 << 25 != 0 }
        try write(RCTL.self, 1 << 26 | 1 << 15 | 1 << 1)  // strip the CRC, accept broadcast, enable
        try write(RDT.self, UInt32(Self.slots - 1))
    }

    private func startTransmit() throws {
        try write(TDBAL.self, UInt32(Self.transmitRing))
        try write(TDBAH.self, 0)
        try write(TDLEN.self, UInt32(Self.slots * 16))
        try write(TXDCTL.self, 1 << 25)
        try wait(for: "TXDCTL.ENABLE") { try read(TXDCTL.self) & 1 << 25 != 0 }
        try write(TCTL.self, 1 << 3 | 1 << 1)  // pad short packets, enable
    }

    private func giveReceiveBuffer(_ slot: Int) throws {
        let address = Self.receiveBuffers + UInt64(slot * Self.bufferSize)
        try qtest.write(Self.receiveRing + UInt64(slot * 16), bytes(address) + bytes(UInt64(0)))
    }

    /// Puts `frames` (fewer than the ring has slots) on the ring, rings the doorbell once and waits for the write-back
    /// of the last.
    mutating func transmit(_ frames: [[UInt8]]) throws {
        for (index, frame) in frames.enumerated() {
            let slot = (transmitTail + index) % Self.slots
            let address = Self.transmitBuffers + UInt64(slot * Self.bufferSize)
            try qtest.write(address, frame)
            try qtest.write(Self.transmitRing + UInt64(slot * 16), bytes(address) + bytes(control(frame.count)))
        }
        let last = (transmitTail + frames.count - 1) % Self.slots
        transmitTail = (transmitTail + frames.count) % Self.slots
        try write(TDT.self, UInt32(transmitTail))
        try wait(for: "the write-back of transmit descriptor \(last)") {
            try qtest.read32(Self.transmitRing + UInt64(last * 16 + 12)) & 1 == 1
        }
    }

    /// DTYP 3 (data), EOP, IFCS, RS, DEXT, and the length twice: DTALEN and PAYLEN.
    private func control(_ count: Int) -> UInt64 {
        UInt64(count) | 3 << 20 | 1 << 24 | 1 << 25 | 1 << 27 | 1 << 29 | UInt64(count) << 46
    }

    /// The next `count` frames, in order, each with DD and EOP; their buffers go back to the device.
    mutating func receive(_ count: Int) throws -> [[UInt8]] {
        var frames: [[UInt8]] = []
        for _ in 0..<count {
            frames.append(try receiveOne())
        }
        return frames
    }

    private mutating func receiveOne() throws -> [UInt8] {
        let slot = receiveHead
        let descriptor = Self.receiveRing + UInt64(slot * 16)
        try wait(for: "the write-back of receive descriptor \(slot)") { try qtest.read32(descriptor + 8) & 1 == 1 }
        guard try qtest.read32(descriptor + 8) & 2 == 2 else {
            throw GuestError("receive descriptor \(slot) lacks EOP")
        }
        let length = Int(try qtest.read32(descriptor + 12) & 0xFFFF)
        let frame = try qtest.read(Self.receiveBuffers + UInt64(slot * Self.bufferSize), count: length)
        try giveReceiveBuffer(slot)
        try write(RDT.self, UInt32(slot))
        receiveHead = (slot + 1) % Self.slots
        return frame
    }
}

/// `value` as guest memory has it, low byte first.
func bytes(_ value: UInt64) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }
