// SPDX-License-Identifier: Apache-2.0

import Intel82576
import Foundation
import KawelaGuest

/// Queue 0 with advanced descriptors, one buffer per frame.
extension VFDriver {
    /// - Parameter buffers: how many receive buffers the device gets at first.
    func startQueues(buffers: Int = slots - 1) throws {
        (transmitTail, receiveHead) = (0, 0)
        ram.write([UInt8](repeating: 0, count: Self.slots * 16), at: Self.transmitRing)
        for slot in 0..<Self.slots { giveReceiveBuffer(slot) }
        try setUp(block: Self.offset(RDBAL.self), Self.receiveRing)
        try write(SRRCTL.self, 1 << 25 | 2)  // advanced, one buffer, of 2 KB
        try write(RXDCTL.self, 1 << 25)
        try write(RDT.self, UInt32(buffers))
        try setUp(block: Self.offset(TDBAL.self), Self.transmitRing)
        try write(TXDCTL.self, 1 << 25)
        // Writes are posted: only now is it sure that frames of others, by their own sockets, come after them.
        _ = try read(PVTSTATUS.self)
    }

    /// Base, length, head and tail of a ring that is off; the receive and the transmit block have the same layout.
    func setUp(block: UInt64, _ base: UInt64, length: UInt32 = UInt32(slots * 16)) throws {
        try write(offset: block + 0x28, 0)
        try write(offset: block, UInt32(truncatingIfNeeded: base))
        try write(offset: block + 4, UInt32(truncatingIfNeeded: base >> 32))
        try write(offset: block + 8, length)
        try write(offset: block + 0x10, 0)
        try write(offset: block + 0x18, 0)
    }

    private func giveReceiveBuffer(_ slot: Int) {
        ram.write(0, at: Self.receiveRing + UInt64(slot * 16 + 8))
        ram.write(Self.receiveBuffers + UInt64(slot * Self.bufferSize), at: Self.receiveRing + UInt64(slot * 16))
    }

    /// Sends `frames` (fewer than the ring has slots) and waits for the write-back of the last.
    func transmit(_ frames: [[UInt8]]) throws {
        try post(frames)
        try waitUntilSent()
    }

    /// Puts `frames` on the ring and rings the doorbell once.
    func post(_ frames: [[UInt8]]) throws {
        for frame in frames {
            let address = Self.transmitBuffers + UInt64(transmitTail * Self.bufferSize)
            ram.write(frame, at: address)
            put(address, control(frame.count))
        }
        try write(TDT.self, UInt32(transmitTail))
    }

    /// Puts a descriptor on the ring, without a doorbell.
    func put(_ low: UInt64, _ high: UInt64) {
        let descriptor = Self.transmitRing + UInt64(transmitTail * 16)
        ram.write(low, at: descriptor)
        ram.write(high, at: descriptor + 8)
        transmitTail = (transmitTail + 1) % Self.slots
    }

    func waitUntilSent() throws {
        let last = (transmitTail + Self.slots - 1) % Self.slots
        try wait(for: "the write-back of transmit descriptor \(last)") {
            ram.quadword(at: Self.transmitRing + UInt64(last * 16 + 8)) >> 32 & 1 == 1
        }
    }

    /// DTYP 3 (data), EOP, IFCS, RS, DEXT, and the length twice: DTALEN and PAYLEN.
    func control(_ count: Int) -> UInt64 {
        UInt64(count) | 3 << 20 | 1 << 24 | 1 << 25 | 1 << 27 | 1 << 29 | UInt64(count) << 46
    }

    /// The next `count` frames, in order; their buffers go back to the device.
    func receive(_ count: Int) throws -> [[UInt8]] {
        var frames: [[UInt8]] = []
        while frames.count < count {
            try wait(for: "frame \(frames.count) of \(count)") { hasReceived }
            frames.append(try takeFrame())
        }
        return frames
    }

    /// All frames that are there and that come until none does for `seconds`.
    func receiveAll(quiet seconds: Double = 0.1) throws -> [[UInt8]] {
        var frames: [[UInt8]] = []
        var deadline = Deadline(seconds: seconds)
        while !deadline.hasPassed {
            guard hasReceived else {
                usleep(200)
                continue
            }
            frames.append(try takeFrame())
            deadline = Deadline(seconds: seconds)
        }
        return frames
    }

    private var hasReceived: Bool { ram.quadword(at: Self.receiveRing + UInt64(receiveHead * 16 + 8)) & 1 == 1 }

    private func takeFrame() throws -> [UInt8] {
        let (slot, status) = (receiveHead, ram.quadword(at: Self.receiveRing + UInt64(receiveHead * 16 + 8)))
        guard status & 2 == 2 else { throw GuestError("receive descriptor \(slot) lacks EOP") }
        let frame = ram.read(Int(status >> 32 & 0xFFFF), at: Self.receiveBuffers + UInt64(slot * Self.bufferSize))
        giveReceiveBuffer(slot)
        try write(RDT.self, UInt32(slot))
        receiveHead = (slot + 1) % Self.slots
        return frame
    }
}
