// SPDX-License-Identifier: Apache-2.0

import KawelaGuest

/// The function at 01:00.0 with its BARs sized and placed.
struct PCIFunction {
    struct BAR: Equatable {
        var address: UInt64
        var size: UInt64
        var isPorts: Bool
    }

    let bridge: HostBridge
    let config: UInt64
    /// By BAR number; absent when the BAR is not implemented or is the upper half of another.
    private(set) var bars: [Int: BAR] = [:]
    private var qtest: QTestClient { bridge.qtest }

    /// Sizes and places every BAR and enables I/O, memory and bus mastering.
    init(behind bridge: HostBridge) throws {
        self.bridge = bridge
        config = bridge.configAddress(bus: 1, device: 0)
        try place()
        try qtest.write16(config + 4, 0x0007)
    }

    var identity: UInt32 { get throws { try qtest.read32(config) } }
    var classAndRevision: UInt32 { get throws { try qtest.read32(config + 8) } }
    var isPresent: Bool { get throws { try identity != UInt32.max } }

    private mutating func place() throws {
        var nextMemory = UInt64(HostBridge.memory.lowerBound)
        var nextPort = UInt64(HostBridge.ports.lowerBound)
        var number = 0
        while number < 6 {
            let wide = try qtest.read32(register(number)) & 0x7 == 0x4
            if var bar = try size(number) {
                let next = bar.isPorts ? nextPort : nextMemory
                bar.address = (next + bar.size - 1) & ~(bar.size - 1)
                if bar.isPorts { nextPort = bar.address + bar.size } else { nextMemory = bar.address + bar.size }
                try qtest.write32(register(number), UInt32(bar.address))
                if wide { try qtest.write32(register(number + 1), 0) }
                bars[number] = bar
            }
            number += wide ? 2 : 1
        }
    }

    private func register(_ number: Int) -> UInt64 { config + 0x10 + UInt64(number) * 4 }

    /// Writes ones and reads back which bits are not wired to 0 (PCI Local Bus 3.0, 6.2.5.1).
    private func size(_ number: Int) throws -> BAR? {
        try qtest.write32(register(number), .max)
        let answer = try qtest.read32(register(number))
        guard answer != 0 else { return nil }
        let isPorts = answer & 1 == 1
        let mask = answer & (isPorts ? ~0x3 : ~0xF)
        return BAR(address: 0, size: UInt64(~mask &+ 1) & (isPorts ? 0xFFFF : 0xFFFF_FFFF), isPorts: isPorts)
    }

    func address(inBAR number: Int, offset: UInt64) throws -> UInt64 {
        guard let bar = bars[number], !bar.isPorts else { throw GuestError("no memory BAR \(number)") }
        return bar.address + offset
    }
}

/// MSI-X (PCI Local Bus 3.0, 6.8.2).
extension PCIFunction {
    /// What the 82576's physical function has.
    static let vectors = 10

    var vectorCount: Int { get throws { try Int(qtest.read16(messageControl) & 0x7FF) + 1 } }

    private var messageControl: UInt64 { get throws { try bridge.capability(0x11, of: config) + 2 } }

    func enableMSIX() throws { try qtest.write16(messageControl, 0x8000) }

    /// The first 32 bits of the pending bit array: a bit for each vector.
    var pendingBits: UInt32 {
        get throws {
            let location = try qtest.read32(bridge.capability(0x11, of: config) + 8)
            return try qtest.read32(address(inBAR: Int(location & 7), offset: UInt64(location & ~7)))
        }
    }

    /// Makes the message of `vector` a write of `data` to `address`.
    func setMessage(vector: Int, address: UInt64, data: UInt32, masked: Bool = false) throws {
        let capability = try bridge.capability(0x11, of: config)
        let table = try qtest.read32(capability + 4)
        let entry = try self.address(inBAR: Int(table & 7), offset: UInt64(table & ~7) + UInt64(vector) * 16)
        try qtest.write32(entry, UInt32(truncatingIfNeeded: address))
        try qtest.write32(entry + 4, UInt32(truncatingIfNeeded: address >> 32))
        try qtest.write32(entry + 8, data)
        try qtest.write32(entry + 12, masked ? 1 : 0)
    }
}
