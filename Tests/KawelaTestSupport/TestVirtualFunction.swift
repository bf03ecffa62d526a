// SPDX-License-Identifier: Apache-2.0

import Intel82576
import PCIe

/// One VF of a port on a bench, with guest RAM and an interrupt host of its own.
public final class TestVirtualFunction {
    public let index: Int
    public let memory = TestMemory(size: 4 << 20)
    public let host = TestHost()
    public let function: any Function

    fileprivate init(_ index: Int, of port: Port) {
        (self.index, function) = (index, port.virtualFunctions[index])
        function.attach(host)
        try! function.map(memory.mapping)
    }

    /// A register of the VF's own space.
    public subscript(offset: Int) -> UInt32 {
        get { UInt32(function.readBAR(0, at: offset, width: 4)) }
        set { function.writeBAR(0, at: offset, width: 4, UInt64(newValue)) }
    }

    /// The register `R` as far as it is the VF's, at its address in the VF's own space.
    package subscript<R: Register>(_ type: R.Type, _ index: Int = 0) -> R {
        get { R(raw: self[raw: type, index]) }
        set { self[raw: type, index] = newValue.raw }
    }

    /// The word of the register `R`. Setting it reads nothing.
    package subscript<R: Register>(raw type: R.Type, _ index: Int = 0) -> UInt32 {
        get { self[R.window!.offset(of: index)] }
        set { self[R.window!.offset(of: index)] = newValue }
    }

    /// Bus mastering and memory decoding.
    public func start() { function.writeConfiguration(at: 4, width: 2, 0x0006) }

    /// Enables MSI-X the way igbvf does: transmit vector 0, receive vector 1, mailbox vector 2, all of them with
    /// auto-clear and auto-mask.
    public func enableMSIX() {
        function.writeConfiguration(at: 0x72, width: 2, 0x8000)
        self[raw: IVAR.self] = 0x8081
        self[raw: IVAR_MISC.self] = 0x82
        self[raw: PVTEIAC.self] = 7
        self[raw: PVTEIAM.self] = 7
        self[raw: PVTEIMS.self] = 7
    }
}

extension TestDriver {
    /// Plugs in VF `index` of the port, whether it is enabled or not.
    public func makeVirtualFunction(_ index: Int) -> TestVirtualFunction { TestVirtualFunction(index, of: port) }

    /// Sets NumVFs, VF Enable and VF MSE through the PF's configuration space. 0 takes the VFs away.
    public func enableVirtualFunctions(_ count: Int) {
        function.writeConfiguration(at: 0x168, width: 2, 0)
        function.writeConfiguration(at: 0x170, width: 2, UInt32(count))
        if count > 0 { function.writeConfiguration(at: 0x168, width: 2, 0x0009) }
    }
}

// MARK: Rings of a VF. Its queue 0 or 1, in its own memory

extension TestVirtualFunction {
    public func makeTransmitRing(_ queue: Int = 0, count: Int = 64) -> TestDriver.TransmitRing {
        let base = memory.allocate(count * 16)
        self[raw: TXDCTL.self, queue] = 0
        self[raw: TDBAL.self, queue] = UInt32(truncatingIfNeeded: base)
        self[raw: TDBAH.self, queue] = UInt32(truncatingIfNeeded: base >> 32)
        self[raw: TDLEN.self, queue] = UInt32(count * 16)
        self[raw: TDH.self, queue] = 0
        self[raw: TDT.self, queue] = 0
        self[raw: TXDCTL.self, queue] = 1 << 25
        return TestDriver.TransmitRing(queue: queue, base: base, count: count)
    }

    /// A ring with `count` buffers of `bufferSize` bytes, all but one given to hardware. Advanced, one buffer.
    public func makeReceiveRing(_ queue: Int = 0, count: Int = 64, bufferSize: Int = 2048) -> TestDriver.ReceiveRing {
        let base = memory.allocate(count * 16)
        let buffers = (0..<count).map { _ in memory.allocate(bufferSize, alignment: 1024) }
        for (index, buffer) in buffers.enumerated() { memory.store(buffer, at: base + UInt64(index) * 16) }
        self[raw: RXDCTL.self, queue] = 0
        self[raw: RDBAL.self, queue] = UInt32(truncatingIfNeeded: base)
        self[raw: RDBAH.self, queue] = UInt32(truncatingIfNeeded: base >> 32)
        self[raw: RDLEN.self, queue] = UInt32(count * 16)
        self[raw: RDH.self, queue] = 0
        self[raw: RDT.self, queue] = 0
        self[raw: SRRCTL.self, queue] = UInt32(bufferSize / 1024) | 1 << 25
        self[raw: RXDCTL.self, queue] = 1 << 25
        self[raw: RDT.self, queue] = UInt32(count - 1)
        return TestDriver.ReceiveRing(queue: queue, base: base, buffers: buffers, bufferSize: bufferSize)
    }

    /// Posts a frame as one advanced data descriptor with EOP, IFCS and RS, and rings the doorbell.
    public func send(_ frame: [UInt8], command: UInt64 = 0, to ring: inout TestDriver.TransmitRing) {
        let buffer = memory.allocate(max(frame.count, 1), alignment: 64)
        memory.write(frame, at: buffer)
        let address = ring.base + UInt64(ring.tail) * 16
        let bits: UInt64 = 0x3 << 20 | 1 << 24 | 1 << 25 | 1 << 27 | 1 << 29 | command
        memory.store(buffer, at: address)
        memory.store(UInt64(frame.count) | bits | UInt64(frame.count) << 46, at: address + 8)
        ring.tail = (ring.tail + 1) % ring.count
        self[raw: TDT.self, ring.queue] = UInt32(ring.tail)
    }

    /// The next frame of one descriptor written back, if one is there; gives the descriptor back.
    public func take(_ ring: inout TestDriver.ReceiveRing) -> TestDriver.Received? {
        let address = ring.base + UInt64(ring.head) * 16
        let (information, control) = (memory.load(at: address), memory.load(at: address + 8))
        guard control & 3 == 3 else { return nil }
        let received = TestDriver.Received(
            bytes: memory.read(Int(control >> 32 & 0xFFFF), at: ring.buffers[ring.head]), information: information,
            status: UInt32(truncatingIfNeeded: control), vlanTag: UInt16(control >> 48), descriptors: 1)
        memory.store(ring.buffers[ring.head], at: address)
        memory.store(0, at: address + 8)
        self[raw: RDT.self, ring.queue] = UInt32(ring.head)
        ring.head = (ring.head + 1) % ring.buffers.count
        return received
    }
}
