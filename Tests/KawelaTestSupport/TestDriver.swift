// SPDX-License-Identifier: Apache-2.0

import Glibc
import Intel82576
import PCIe

/// A port on a bench: manual clock, scripted uplink, guest RAM, and the register accesses of a minimal igb driver.
public final class TestDriver {
    public static let macAddress = MACAddress("02:00:00:00:00:01")!

    public final class Clock {
        public var now: UInt64 = 1_000_000_000
    }

    public let clock = Clock()
    public let uplink: TestUplink
    public let memory = TestMemory()
    public let host = TestHost()
    public let port: Port
    public var function: any Function { port.physicalFunction }

    public init(
        offloads: UplinkOffloads = [], maps: Bool = true, virtualFunctions: Int = 0,
        nvm: NVMImage = NVMImage(macAddress: macAddress), keepsNVM: Bool = false,
        isSynchronous: Bool = false, expansionROM: ExpansionROM? = nil
    ) {
        uplink = TestUplink(offloads: offloads)
        var configuration = Port.Configuration(nvm: nvm, keepsNVM: keepsNVM, virtualFunctions: virtualFunctions)
        (configuration.isSynchronous, configuration.expansionROM) = (isSynchronous, expansionROM)
        port = Port(configuration, uplink: uplink, clock: { [clock] in clock.now })
        port.physicalFunction.attach(host)
        if maps { try! function.map(memory.mapping) }
    }

    deinit { function.detach() }

    // MARK: Registers

    public subscript(offset: Int) -> UInt32 {
        get { UInt32(function.readBAR(0, at: offset, width: 4)) }
        set { function.writeBAR(0, at: offset, width: 4, UInt64(newValue)) }
    }

    /// Lets time pass and the port do its work.
    public func advance(milliseconds: Double = 0) {
        clock.now += UInt64(milliseconds * 1_000_000)
        repeat { port.run() } while port.hasWork
    }

    // MARK: Bring-up

    /// Bus mastering, memory decoding, link up.
    public func start() {
        function.writeConfiguration(at: 4, width: 2, 0x0006)
        self[CTRL.self].setsLinkUp = true
        advance(milliseconds: 1000)
        var control = self[TCTL.self]
        (control.isEnabled, control.padsShortPackets) = (true, true)
        self[TCTL.self] = control
    }

    /// Enables MSI-X in multiple-vector mode the way igb does: vector 0 other causes, auto-clear and auto-mask for all.
    public func enableMSIX() {
        function.writeConfiguration(at: 0x72, width: 2, 0x8000)
        self[raw: GPIE.self] = 0xC000_0011
        self[raw: IVAR_MISC.self] = 0x8000
        self[raw: EIAC.self] = 0x1FF_FFFF
        self[raw: EIAM.self] = 0x1FF_FFFF
        self[raw: EIMS.self] = 0x1FF_FFFF
    }

    // MARK: Transmit

    public struct TransmitRing {
        public var queue: Int
        public var base: UInt64
        public var count: Int
        public var tail = 0
    }

    public func makeTransmitRing(_ queue: Int = 0, count: Int = 64) -> TransmitRing {
        let base = memory.allocate(count * 16)
        self[raw: TXDCTL.self, queue] = 0
        self[raw: TDBAL.self, queue] = UInt32(truncatingIfNeeded: base)
        self[raw: TDBAH.self, queue] = UInt32(truncatingIfNeeded: base >> 32)
        self[raw: TDLEN.self, queue] = UInt32(count * 16)
        self[raw: TDH.self, queue] = 0
        self[raw: TDT.self, queue] = 0
        self[raw: TXDCTL.self, queue] = 1 << 25
        return TransmitRing(queue: queue, base: base, count: count)
    }

    /// Writes a descriptor at the tail without ringing the doorbell. Returns its address.
    @discardableResult
    public func post(_ low: UInt64, _ high: UInt64, to ring: inout TransmitRing) -> UInt64 {
        let address = ring.base + UInt64(ring.tail) * 16
        memory.store(low, at: address)
        memory.store(high, at: address + 8)
        ring.tail = (ring.tail + 1) % ring.count
        return address
    }

    /// Posts an advanced data descriptor for each piece of a packet, EOP and RS in the last.
    @discardableResult
    public func post(
        pieces: [[UInt8]], command: UInt64 = 0, options: UInt64 = 0, payloadLength: Int? = nil,
        to ring: inout TransmitRing
    ) -> UInt64 {
        var address: UInt64 = 0
        let length = payloadLength ?? pieces.reduce(0) { $0 + $1.count }
        for (index, piece) in pieces.enumerated() {
            let buffer = memory.allocate(max(piece.count, 1), alignment: 64)
            memory.write(piece, at: buffer)
            let isLast = index == pieces.count - 1
            let bits: UInt64 = 0x3 << 20 | 1 << 29 | 1 << 25 | (isLast ? 1 << 24 | 1 << 27 : 0) | command
            address = post(
                buffer, UInt64(piece.count) | bits | options | UInt64(length) << 46, to: &ring)
        }
        return address
    }

    /// Posts an advanced context descriptor.
    public func postContext(
        mac: Int = 14, ip: Int = 20, l4: Int = 0, segmentSize: Int = 0, isIPv4: Bool = true, type: UInt64 = 1,
        vlanTag: UInt16 = 0, slot: UInt64 = 0, to ring: inout TransmitRing
    ) {
        let low = UInt64(ip) | UInt64(mac) << 9 | UInt64(vlanTag) << 16
        let high: UInt64 =
            (isIPv4 ? 1 << 10 : 0) | type << 11 | 0x2 << 20 | 1 << 29 | slot << 36 | UInt64(l4) << 40
            | UInt64(segmentSize) << 48
        post(low, high, to: &ring)
    }

    public func ring(_ ring: TransmitRing) {
        self[raw: TDT.self, ring.queue] = UInt32(ring.tail)
        advance()
    }

    // MARK: Receive

    public struct ReceiveRing {
        public var queue: Int
        public var base: UInt64
        public var buffers: [UInt64]
        public var bufferSize: Int
        public var head = 0
    }

    public struct Received {
        public var bytes: [UInt8]
        public var information: UInt64
        public var status: UInt32
        public var vlanTag: UInt16
        public var descriptors: Int
    }

    /// A ring with `count` buffers of `bufferSize` bytes, all but one given to hardware.
    public func makeReceiveRing(
        _ queue: Int = 0, count: Int = 64, bufferSize: Int = 2048, type: UInt32 = 1 << 25, control: UInt32 = 0
    ) -> ReceiveRing {
        let base = memory.allocate(count * 16)
        let buffers = (0..<count).map { _ in memory.allocate(bufferSize, alignment: 1024) }
        for (index, buffer) in buffers.enumerated() { memory.store(buffer, at: base + UInt64(index) * 16) }
        self[raw: RXDCTL.self, queue] = 0
        self[raw: RDBAL.self, queue] = UInt32(truncatingIfNeeded: base)
        self[raw: RDBAH.self, queue] = UInt32(truncatingIfNeeded: base >> 32)
        self[raw: RDLEN.self, queue] = UInt32(count * 16)
        self[raw: SRRCTL.self, queue] = UInt32(bufferSize / 1024) | type | control
        self[raw: RDH.self, queue] = 0
        self[raw: RXDCTL.self, queue] = 1 << 25
        self[raw: RDT.self, queue] = UInt32(count - 1)
        return ReceiveRing(queue: queue, base: base, buffers: buffers, bufferSize: bufferSize)
    }

    /// RCTL with RXEN, BAM, SECRC and `bits`.
    public func enableReceive(_ bits: UInt32 = 0) {
        var control = RCTL(raw: bits)
        (control.isEnabled, control.acceptsBroadcast, control.stripsCRC) = (true, true, true)
        self[RCTL.self] = control
    }

    /// Puts a frame on the wire and lets the port take it.
    public func arrive(_ bytes: [UInt8], offload: FrameBatch.Offload = FrameBatch.Offload()) {
        uplink.incoming.append((bytes, offload))
        port.receiveFromUplink()
        advance()
    }

    /// The next packet written back to an advanced ring, if one is there; gives its descriptors back.
    public func take(_ ring: inout ReceiveRing) -> Received? {
        var received = Received(bytes: [], information: 0, status: 0, vlanTag: 0, descriptors: 0)
        while true {
            let address = ring.base + UInt64(ring.head) * 16
            let control = memory.load(at: address + 8)
            guard control & 1 != 0 else { return nil }
            received.bytes += memory.read(Int(control >> 32 & 0xFFFF), at: ring.buffers[ring.head])
            received.information = memory.load(at: address)
            received.status = UInt32(truncatingIfNeeded: control)
            received.vlanTag = UInt16(control >> 48)
            received.descriptors += 1
            memory.store(ring.buffers[ring.head], at: address)
            memory.store(0, at: address + 8)
            self[raw: RDT.self, ring.queue] = UInt32(ring.head)
            ring.head = (ring.head + 1) % ring.buffers.count
            if control & 2 != 0 { return received }
        }
    }
}
