// SPDX-License-Identifier: Apache-2.0

import KawelaGuest

/// The q35's configuration space and its one root port, which the test sets up as firmware would.
struct HostBridge {
    /// Where the test puts the configuration space of all buses (PCI Express ECAM), above guest RAM.
    private static let ecam: UInt64 = 0xB000_0000
    /// The window of memory behind the root port, and that of I/O ports.
    static let memory: ClosedRange<UInt32> = 0xC000_0000...0xC0FF_FFFF
    static let ports: ClosedRange<UInt32> = 0xC000...0xCFFF

    let qtest: QTestClient

    /// Switches ECAM on and opens the root port at 00:01.0 towards bus 1.
    init(_ qtest: QTestClient) throws {
        self.qtest = qtest
        // PCIEXBAR of the MCH, offset 0x60: 256 MB, enabled. Reached the old way, through ports 0xCF8 and 0xCFC.
        try qtest.output32(0xCF8, 0x8000_0060)
        try qtest.output32(0xCFC, UInt32(Self.ecam) | 1)
        try openRootPort()
    }

    func configAddress(bus: Int, device: Int, function: Int = 0) -> UInt64 {
        Self.ecam + UInt64(bus) << 20 + UInt64(device) << 15 + UInt64(function) << 12
    }

    private var rootPort: UInt64 { configAddress(bus: 0, device: 1) }

    private func openRootPort() throws {
        guard try qtest.read32(rootPort + 8) >> 16 == 0x0604 else { throw GuestError("no root port at 00:01.0") }
        try qtest.write32(rootPort + 0x18, 0x0001_0100)  // primary 0, secondary 1, subordinate 1
        let ports = Self.ports
        try qtest.write16(
            rootPort + 0x1C, UInt16((ports.upperBound >> 8) & 0xF0) << 8 | UInt16((ports.lowerBound >> 8) & 0xF0))
        let memory = Self.memory
        try qtest.write32(rootPort + 0x20, memory.upperBound & 0xFFF0_0000 | (memory.lowerBound >> 16) & 0xFFF0)
        try qtest.write32(rootPort + 0x24, 0x0000_FFF0)  // no prefetchable window: its base is above its limit
        try qtest.write16(rootPort + 4, 0x0007)  // I/O, memory, bus master
    }

    /// Gives the slot power or takes it, as the hot-plug driver of a guest does: Slot Control's Power Controller Control
    /// (bit 10, set for off) and Power Indicator (bits 9:8, 01 on, 11 off).
    func setSlotPower(_ on: Bool) throws {
        let slotControl = try capability(0x10, of: rootPort) + 0x18
        let kept = try qtest.read16(slotControl) & ~0x0700
        try qtest.write16(slotControl, kept | (on ? 0x0100 : 0x0700))
    }

    /// The address of the capability `id` in the configuration space at `base`.
    func capability(_ id: UInt8, of base: UInt64) throws -> UInt64 {
        var offset = UInt64(try qtest.read32(base + 0x34) & 0xFC)
        for _ in 0..<48 where offset != 0 {
            let header = try qtest.read16(base + offset)
            if UInt8(truncatingIfNeeded: header) == id { return base + offset }
            offset = UInt64(header >> 8 & 0xFC)
        }
        throw GuestError("no capability \(hex(id))")
    }
}
