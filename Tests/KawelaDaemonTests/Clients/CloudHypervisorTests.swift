// SPDX-License-Identifier: Apache-2.0

import Foundation
import HostTestSupport
import Intel82576
import Testing

/// Cloud Hypervisor is not to be had where these tests run; ``CloudHypervisorClient`` plays what it sends.
@Suite("Cloud Hypervisor v53.0's client", .serialized)
struct CloudHypervisorTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    private func serve(_ socket: String, _ arguments: String...) throws -> RunningKawela {
        let running = try RunningKawela(["serve", "--uplink", "null"] + arguments)
        for _ in 0..<1000 where !folder.files.contains(socket) && running.process.isRunning { usleep(10_000) }
        try #require(folder.files.contains(socket))
        return running
    }

    private func end(_ running: RunningKawela) throws {
        kill(running.process.processIdentifier, SIGTERM)
        #expect(try running.result().code == 0)
    }

    @Test("a physical function is found, sends, interrupts and is left, twice")
    func physicalFunction() throws {
        let running = try serve("pf.sock", "--socket", folder.socket)
        for _ in 1...2 {
            let client = try CloudHypervisorClient(folder.socket)
            #expect(!client.isReset && client.regions.count == 9)
            try client.readCapabilities()
            #expect(client.interrupts == [0: 1, 1: 1, 2: 10])
            #expect(Set(client.capabilities.keys).isSuperset(of: [0x01, 0x05, 0x10, 0x11]))
            // Errors, serial number, and ARI, which it hides from its guest.
            #expect(Set(client.extendedCapabilities) == [0x0001, 0x0003, 0x000E])
            let memory = try share(with: client)
            try expectBARs(of: client, 0x20000)
            try client.setConfiguration(4, littleEndian(UInt16(6)))
            #expect(try client.configuration(0) == 0x10C9_8086)
            try client.setRegister(CTRL.offset, client.register(CTRL.offset) | 0x40)
            #expect(try client.register(STATUS.offset) & 1 == 1, "full duplex")
            try client.enableMSIX()
            try expectInterrupts(client)
            try expectFrame(client, memory)
            try client.unmap(address: 1 << 32, size: 1 << 24)
            try client.leave()
        }
        try end(running)
    }

    @Test("a virtual function of --pf embedded is found, interrupts and is left")
    func virtualFunction() throws {
        let running = try serve("vf1.sock", "--vfs", "2", "--pf", "embedded", "--directory", folder.path)
        let client = try CloudHypervisorClient(folder.path + "/vf1.sock")
        #expect(!client.isReset)
        try client.readCapabilities()
        #expect(client.interrupts == [0: 0, 2: 3])
        _ = try share(with: client)
        try expectBARs(of: client, 0x4000)
        try client.setConfiguration(4, littleEndian(UInt16(6)))
        #expect(try client.configuration(0) == 0x10CA_8086)
        try client.enableMSIX()
        for window in [PVTEIMS.window, PVTEICS.window] { try client.setRegister(#require(window).offset(of: 0), 1) }
        #expect(becomesTrue { client.msix[0].take() == 1 })
        try client.leave()
        try end(running)
    }

    /// Guest memory below and above the hole for devices, both in one file.
    private func share(with client: CloudHypervisorClient) throws -> SharedMemory {
        let memory = try SharedMemory(size: 2 << 24)
        try client.map(memory, offset: 0, address: 0, size: 1 << 24)
        try client.map(memory, offset: 1 << 24, address: 1 << 32, size: 1 << 24)
        return memory
    }

    /// What sizing says is what the regions say, and the MSI-X table begins a page, or Cloud Hypervisor would move it.
    private func expectBARs(of client: CloudHypervisorClient, _ registers: UInt64) throws {
        let sizes = try client.sizeBARs()
        #expect(sizes[0] == registers)
        for (index, region) in client.regions.prefix(7).enumerated() {
            #expect(region.size == sizes[index] ?? 0, "region \(index)")
        }
        #expect(client.msixTable & 0xFF8 == 0 && sizes[Int(client.msixTable & 7)] != nil)
    }

    private func expectInterrupts(_ client: CloudHypervisorClient) throws {
        try client.setRegister(GPIE.offset, 0x10)
        try client.setRegister(EIMS.offset, 0x3FF)
        for (vector, event) in client.msix.enumerated() {
            try client.setRegister(EICS.offset, 1 << UInt32(vector))
            #expect(becomesTrue { event.take() == 1 }, "vector \(vector)")
        }
    }

    /// A ring in the upper part of guest memory, and one frame from there: its descriptor is written back.
    private func expectFrame(_ client: CloudHypervisorClient, _ memory: SharedMemory) throws {
        let (ring, buffer) = (UInt64(1 << 32), UInt64(1 << 32 | 0x1000))
        let descriptor = littleEndian(buffer, UInt16(60), UInt8(0), UInt8(0x0B), UInt32(0))
        memory.write(descriptor, at: 1 << 24)
        for (offset, value): (Int, UInt32) in [
            (TDBAL.offset, UInt32(truncatingIfNeeded: ring)), (TDBAH.offset, UInt32(ring >> 32)), (TDLEN.offset, 4096),
            (TDH.offset, 0), (TDT.offset, 0), (TCTL.offset, 2), (TXDCTL.offset, 1 << 25), (TDT.offset, 1),
        ] {
            try client.setRegister(offset, value)
        }
        #expect(becomesTrue { memory.byte(at: 1 << 24 | 12) & 1 == 1 }, "written back")
        #expect(try client.register(TDH.offset) == 1)
    }
}
