// SPDX-License-Identifier: Apache-2.0

import PCIe

@testable import Intel82576

// What changes under a driver's feet, or turns everything over: start, resets, VFs, clients and mappings that come and go.

extension Script {
    private typealias Offset = PhysicalFunctionConfiguration.Offset

    mutating func change(_ operation: Operation) {
        switch operation {
        case .enableFunctions: enableFunctions(Int(input.byte() & 3))
        case .reset: reset()
        case .plug: plug()
        case .remap: remap()
        case .writeMemory: writeMemory()
        default: start()
        }
        bench.run()
    }

    /// Bus mastering, link and transmitter on, as a driver begins; then time for the link to come up.
    private mutating func start() {
        let options = input.byte()
        let guest = bench.guests[Int(options & 3) % bench.guests.count]
        guest.configure(at: 4, width: 2, options & 4 != 0 ? 0x0406 : 0x0006)
        guard guest.number == 0 else { return }
        var control = CTRL(raw: 0)
        control.setsLinkUp = true
        guest[CTRL.self] = control
        var transmit = TCTL(raw: 0)
        (transmit.isEnabled, transmit.padsShortPackets) = (true, options & 8 == 0)
        guest[TCTL.self] = transmit
        enableReceive(guest)
        bench.run(after: 2_000_000_000)
        bench.run(after: 2_000_000_000)
    }

    /// NumVFs, VF Enable and VF MSE in the PF's configuration space; and each VF's driver begins.
    private mutating func enableFunctions(_ count: Int) {
        let guest = bench.physical
        // SR-IOV Control and NumVFs, of the capability.
        let control = Offset.sriov + 8
        guest.configure(at: control, width: 2, 0)
        guest.configure(at: control + 8, width: 2, UInt32(count))
        if count > 0 { guest.configure(at: control, width: 2, 0x0009) }
        for guest in bench.guests.dropFirst() { guest.configure(at: 4, width: 2, 0x0006) }
    }

    private mutating func reset() {
        let guest = guest()
        switch input.byte() % 6 {
        case 0:
            var control = CTRL(raw: 0)
            control.raw = 1 << 26 | 1 << 6
            guest[CTRL.self] = control
        case 1: if guest.isAttached { guest.function.reset() }
        case 2: guest[raw: PVTCTRL.self, Int(input.byte() & 7)] = 1 << 26
        // FLR in Device Control, D3hot, D0.
        case 3: guest.configure(at: Offset.pciExpress + 8, width: 2, 0x8000)
        case 4: guest.configure(at: Offset.powerManagement + 4, width: 2, 3)
        default: guest.configure(at: Offset.powerManagement + 4, width: 2, 0)
        }
    }

    /// Clients that leave, and others that come.
    private mutating func plug() {
        let guest = guest()
        bench.observe()
        if guest.isAttached {
            guest.detach()
        } else {
            guest.checkDetached()
            guest.attach()
        }
    }

    /// A mapping goes or comes back.
    private mutating func remap() {
        let (guest, code) = (guest(), input.byte())
        guard guest.isAttached else { return }
        let mappings = guest.memory.mappings
        let mapping = mappings[Int(code >> 1) % mappings.count]
        if code & 1 == 0 {
            _ = try? guest.function.unmap(address: mapping.address, size: mapping.size)
        } else {
            guest.map(mapping)
        }
    }

    /// A word anywhere in rings and buffers.
    private mutating func writeMemory() {
        let (guest, place) = (guest(), Int(input.value16()) * 8)
        let value = input.value64() & 0x7FFF_FFFF_FFFF_FFFF
        guard guest.isAttached, place < GuestMemory.sharedSize else { return }
        guest.isInUse = true
        guest.memory.store(value, at: place)
    }
}
