// SPDX-License-Identifier: Apache-2.0

@testable import Intel82576

// Rings set up as drivers do, mostly, and their doorbells.

extension Script {
    mutating func drive(_ operation: Operation) {
        let (guest, queue) = guestAndQueue()
        switch operation {
        case .setUpTransmit: setUpTransmit(guest, queue)
        case .setUpReceive: setUpReceive(guest, queue)
        case .giveBuffers: giveBuffers(guest, queue)
        case .ringTransmit: guest[raw: TDT.self, queue] = UInt32(input.byte())
        default: guest[raw: RDT.self, queue] = UInt32(input.byte())
        }
        bench.run()
    }

    /// Descriptors of a ring: a multiple of 8, mostly few so that it wraps.
    private mutating func ringCount() -> Int { [8, 8, 16, 32, 64, 128][Int(input.byte()) % 6] }

    private mutating func setUpTransmit(_ guest: Guest, _ queue: Int) {
        let (count, options) = (ringCount(), input.byte())
        let base = address(Rings.transmitBase(queue))
        guest[raw: TXDCTL.self, queue] = 0
        guest.setAddress(TDBAL.self, TDBAH.self, queue, base)
        guest[raw: TDLEN.self, queue] = UInt32(16 * count)
        if options & 0xE0 == 0xE0 { guest[raw: TDLEN.self, queue] = input.value32() }
        guest[raw: TDH.self, queue] = 0
        guest[raw: TDT.self, queue] = 0
        if options & 1 != 0 {
            let place = address(Rings.transmitBase(queue) + 16 * count) | UInt64(options >> 1 & 3)
            guest.setAddress(TDWBAL.self, TDWBAH.self, queue, place)
        }
        var control = TXDCTL(raw: 0)
        control.isEnabled = true
        if options & 8 != 0 { control.writeBackThreshold = Int(options & 0x10) + 2 }
        guest[TXDCTL.self, queue] = control
        guest.rings.transmit[queue] = Rings.Transmit(base: Int(base & 0x7F_FFFF), count: count)
    }

    private mutating func setUpReceive(_ guest: Guest, _ queue: Int) {
        let (count, format, options) = (ringCount(), input.byte(), input.byte())
        let base = address(Rings.receiveBase(queue))
        guest[raw: RXDCTL.self, queue] = 0
        guest.setAddress(RDBAL.self, RDBAH.self, queue, base)
        guest[raw: RDLEN.self, queue] = UInt32(16 * count)
        if options & 0xE0 == 0xE0 { guest[raw: RDLEN.self, queue] = input.value32() }
        var control = SRRCTL(raw: UInt32(format >> 4) << 8)
        control.packetBufferSize = 1024 * Int(options & 3)
        control.format = SRRCTL.Format(rawValue: format & 7) ?? .oneBuffer
        control.dropsWhenEmpty = options & 8 != 0
        guest[SRRCTL.self, queue] = control
        guest[raw: RDH.self, queue] = 0
        guest[raw: RDT.self, queue] = 0
        guest.rings.receive[queue] = Rings.Receive(
            base: Int(base & 0x7F_FFFF), count: count, bufferSize: max(control.packetBufferSize, 256))
        guest[raw: RXDCTL.self, queue] = RXDCTL.enabled
        post(buffers: count - 1, guest, queue)
        if guest.number == 0, options & 0x10 != 0 { enableReceive(guest) }
    }

    private mutating func giveBuffers(_ guest: Guest, _ queue: Int) {
        post(buffers: Int(input.byte()) % 128, guest, queue)
    }

    /// Gives `count` buffers to a receive queue, and rings.
    private mutating func post(buffers count: Int, _ guest: Guest, _ queue: Int) {
        var ring = guest.rings.receive[queue]
        guard ring.count > 0 else { return }
        for _ in 0..<count {
            let packet = address(guest.rings.takeBuffer(ring.bufferSize))
            let header = UInt64(guest.rings.takeBuffer(256))
            guest.store(packet, header, at: ring.base + 16 * ring.tail)
            ring.tail = (ring.tail + 1) % ring.count
        }
        guest.rings.receive[queue] = ring
        guest[raw: RDT.self, queue] = UInt32(ring.tail)
    }

    /// Takes everything from the wire that a driver may ask for.
    mutating func enableReceive(_ guest: Guest) {
        var control = RCTL(raw: input.registerValue())
        (control.isEnabled, control.acceptsBroadcast) = (true, true)
        guest[RCTL.self] = control
    }
}

extension RXDCTL {
    static var enabled: UInt32 {
        var control = RXDCTL(raw: 0)
        control.isEnabled = true
        return control.raw
    }
}

extension Guest {
    /// A descriptor's two words.
    func store(_ low: UInt64, _ high: UInt64, at place: Int) {
        guard isAttached else { return }
        isInUse = true
        memory.store(low, at: place)
        memory.store(high, at: place + 8)
    }
}
