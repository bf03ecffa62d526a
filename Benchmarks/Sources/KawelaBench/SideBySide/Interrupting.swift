// SPDX-License-Identifier: Apache-2.0

import CBench
import Intel82576
import KawelaGuest

/// A frame of 60 B whose completion is told by MSI-X. The message's address is in guest memory, where it can be seen.
final class Interrupting {
    private let card: Card
    private let ring: TransmitRing
    private let batch: TransmitBatch
    private let message: UnsafeMutableRawPointer

    init(_ card: Card) throws {
        self.card = card
        let driver = card.driver
        batch = try TransmitBatch([Frames.udp(0, length: 60)], in: driver.memory)
        ring = try TransmitRing(driver)
        let address = try driver.memory.allocate(4096)
        message = driver.memory[address]
        // A message of all ones: no matter which bits are waited for.
        try card.registers.enableMSIX(vector: 0, address: address, data: .max)
        try driver.write(GPIE.self) { $0.isMultipleMSIX = true }
        try driver.write(IVAR.self) { $0.transmit = VectorEntry(raw: 0x80) }
        try driver.write(EIAC(raw: 1))
        try driver.write(EIMS(raw: 1))
    }

    /// Nanoseconds until the message is there.
    func once() throws -> UInt64 {
        message.storeBytes(of: 0, as: UInt32.self)
        ring.post(batch.descriptors)
        return try card.time(ring.doorbell, until: [message]).untilDone
    }
}

extension CardRegisters {
    /// Lets `vector`, which is unmasked, send `data` to `address`, and enables MSI-X.
    func enableMSIX(vector: UInt64, address: UInt64, data: UInt32) throws {
        let entry = table + vector * 16
        for (index, word) in [UInt32(address), 0, data, 0].enumerated() {
            try qtest.write(entry + UInt64(index * 4), word)
        }
        let capability = try capability(0x11)
        let control = try qtest.read(capability) >> 16
        try qtest.command("writew \(capability + 2) \(control & 0x3FFF | 0x8000)")
    }

    /// Where the capability `id` is in configuration space.
    private func capability(_ id: UInt32) throws -> UInt64 {
        var next = try qtest.read(configuration + 0x34) & 0xFC
        while next != 0 {
            let header = try qtest.read(configuration + UInt64(next))
            if header & 0xFF == id { return configuration + UInt64(next) }
            next = header >> 8 & 0xFC
        }
        throw BenchError("no capability \(id)")
    }
}
