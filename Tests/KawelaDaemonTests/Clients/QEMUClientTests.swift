// SPDX-License-Identifier: Apache-2.0

import Foundation
import HostTestSupport
import Intel82576
import Testing

/// QEMU 10.1 and 10.2 are not to be had where these tests run; ``QEMUClient`` plays what they send.
@Suite("QEMU 10.1's and 10.2's client", .serialized)
struct QEMUClientTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    private func serve(_ more: String...) throws -> RunningKawela {
        let running = try RunningKawela(["serve", "--socket", folder.socket, "--uplink", "null"] + more)
        for _ in 0..<1000 where !folder.files.contains("pf.sock") && running.process.isRunning { usleep(10_000) }
        try #require(folder.files.contains("pf.sock"))
        return running
    }

    private func end(_ running: RunningKawela) throws {
        kill(running.process.processIdentifier, SIGTERM)
        #expect(try running.result().code == 0)
    }

    @Test("the device is realized, reset, driven with posted writes, and unplugged")
    func posted() throws {
        let running = try serve()
        let (client, memory) = (try QEMUClient(folder.socket), try SharedMemory(size: 1 << 24))
        try realize(client, memory)
        #expect(client.postsWrites)
        try drive(client, memory)
        try unplug(client)
        try end(running)
    }

    @Test("with x-no-posted-writes each write waits for its reply")
    func unposted() throws {
        let running = try serve("--synchronous")
        let (client, memory) = (
            try QEMUClient(folder.socket, postsWrites: false), try SharedMemory(size: 1 << 24)
        )
        try realize(client, memory)
        try drive(client, memory)
        try unplug(client)
        try end(running)
    }

    /// As vfio_user_pci_realize, and the reset of the machine that follows.
    private func realize(_ client: QEMUClient, _ memory: SharedMemory) throws {
        let known: Set = [
            "max_msg_fds", "max_data_xfer_size", "pgsizes", "max_dma_maps", "migration", "write_multiple",
        ]
        #expect(try Set(client.negotiate().keys).isSubset(of: known), "no warning of spurious capabilities")
        // Memory, a ROM, and a BAR of another device.
        try client.map([
            (0, 0xA0000, memory.descriptor, false), (0xFFFC_0000, 0x40000, nil, true),
            (0xFE00_0000, 0x1000, nil, false),
        ])
        let device = try client.readDevice()
        #expect(device.flags == 3 && (8...100).contains(device.regions) && (3...50).contains(device.interrupts))
        for index in 0..<9 { try client.readRegion(UInt32(index)) }
        #expect(client.regions[0].size == 0x20000 && client.regions[7].size == 4096)
        for index in 0..<5 where index < 3 { #expect(try client.interruptCount(UInt32(index)) == [1, 1, 10][index]) }
        for index in 3...4 { #expect(try (client.interruptCount(UInt32(index)) ?? 0) == 0, "ERR and REQ") }
        let configuration = try client.read(7, 0, 4096)
        #expect(configuration.load(UInt32.self, at: 0) == 0x10C9_8086)
        for bar in 0..<6 {
            #expect(
                try client.read(7, UInt64(0x10 + 4 * bar), 4) == Array(configuration[(0x10 + 4 * bar)...].prefix(4)))
        }
        let intx = ClientEvent()
        try client.setInterrupts(0, [intx])
        try client.setInterrupts(0, flags: 0x09, count: 1)
        try client.setInterrupts(0, flags: 0x11, count: 1)
        try client.setInterrupts(0, flags: 0x21, count: 0)
        try client.reset()
    }

    /// The driver takes MSI-X, which QEMU grows from the first vector on, and sends a frame.
    private func drive(_ client: QEMUClient, _ memory: SharedMemory) throws {
        try client.write(7, 4, littleEndian(UInt16(6)))
        let events = (0..<3).map { _ in ClientEvent() }
        try client.setInterrupts(2, [events[0]])
        try client.setInterrupts(2, flags: 0x21, count: 0)
        try client.setInterrupts(2, [events[0], nil, events[1], nil, nil, events[2]])
        try client.write(7, 0x72, littleEndian(UInt16(0x8000)))
        func set(_ offset: Int, _ value: UInt32) throws {
            try client.write(0, UInt64(offset), littleEndian(value), isMemory: true)
        }
        for (offset, value) in [(CTRL.offset, UInt32(0x40)), (GPIE.offset, 0x10), (EIMS.offset, 0x3FF)] {
            try set(offset, value)
        }
        try set(EICS.offset, 0x3F)
        // A read does not pass a write that was posted.
        #expect(try client.read(0, UInt64(EIMS.offset), 4).load(UInt32.self, at: 0) & 0x3FF == 0x3FF)
        for event in events { #expect(becomesTrue { event.take() == 1 }) }
        memory.write(littleEndian(UInt64(0x3000), UInt16(60), UInt8(0), UInt8(0x0B), UInt32(0)), at: 0x2000)
        for (offset, value): (Int, UInt32) in [
            (TDBAL.offset, 0x2000), (TDBAH.offset, 0), (TDLEN.offset, 4096), (TDH.offset, 0), (TDT.offset, 0),
            (TCTL.offset, 2), (TXDCTL.offset, 1 << 25), (TDT.offset, 1),
        ] {
            try set(offset, value)
        }
        #expect(becomesTrue { memory.byte(at: 0x200C) & 1 == 1 }, "written back")
    }

    private func unplug(_ client: QEMUClient) throws {
        try client.setInterrupts(2, flags: 0x21, count: 0)
        try client.unmap(address: 0, size: 0xA0000)
        // As the listener of a machine with an IOMMU does, whether something is there or not.
        try client.unmap(address: 0xFEF0_0000, size: 0x100000)
        #expect(client.isDone, "no reply to a write that was posted")
        client.disconnect()
    }
}
