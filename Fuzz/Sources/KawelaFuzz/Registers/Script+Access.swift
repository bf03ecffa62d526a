// SPDX-License-Identifier: Apache-2.0

@testable import Intel82576

// Single accesses: registers by their rows in the table, configuration space, the mailbox.

extension Script {
    /// Offsets of all registers that are on this chip.
    private static let physicalOffsets = offsets(of: RegisterTable.physical)
    private static let virtualOffsets = offsets(of: RegisterTable.virtual)

    private static func offsets(of rows: [RegisterSpec]) -> [Int] {
        rows.filter { $0.coverage != .absent }.flatMap { row in row.offsets.prefix(32).map { Int($0) } }
    }

    mutating func access(_ operation: Operation) {
        let guest = guest()
        switch operation {
        case .writeRegister:
            let offset = register(of: guest)
            guest.write(offset, input.registerValue())
        case .readRegister: _ = guest.read(register(of: guest))
        case .accessAnything: accessAnything(guest)
        case .writeConfiguration: writeConfiguration(guest)
        case .shiftEEPROM: shiftEEPROM()
        case .accessPHY: accessPHY()
        default: mail(guest)
        }
        if input.byte() & 3 == 0 { bench.run() }
    }

    private mutating func register(of guest: Guest) -> Int {
        let offsets = guest.number == 0 ? Self.physicalOffsets : Self.virtualOffsets
        return offsets[input.number(below: offsets.count)]
    }

    /// Any BAR, offset and width.
    private mutating func accessAnything(_ guest: Guest) {
        let code = input.byte()
        let width = 1 << Int(code & 3)
        let bar = Int(code >> 2) % 6
        let size = guest.function.barSizes[bar]
        guard size > 0, guest.isAttached else { return }
        let offset = Int(input.value32()) % size & ~(width - 1)
        if code & 0x80 != 0 {
            let value = input.value64() & .max >> UInt64(64 - 8 * width)
            guest.function.writeBAR(bar, at: offset, width: width, value)
        } else {
            _ = guest.function.readBAR(bar, at: offset, width: width)
        }
    }

    private mutating func writeConfiguration(_ guest: Guest) {
        let code = input.byte()
        let width = 1 << Int(code % 3)
        let offset = Int(input.value16()) & 0xFFF & ~(width - 1)
        guest.configure(at: offset, width: width, input.registerValue() & .max >> UInt32(32 - 8 * width))
        _ = guest.function.readConfiguration(at: offset, width: width)
    }

    /// A mailbox, from either side.
    private mutating func mail(_ guest: Guest) {
        let code = input.byte()
        let function = Int(code >> 5)
        if guest.number == 0 {
            guest[raw: VMBMEM.self, 16 * (function & 3) + Int(code & 15)] = input.registerValue()
            guest[raw: PFMAILBOX.self, function] = UInt32(input.byte() & 31)
        } else {
            guest[raw: VMBMEM.self, Int(code & 1)] = input.registerValue()
            guest[raw: VFMAILBOX.self] = UInt32(input.byte())
        }
        _ = guest[raw: VFMAILBOX.self]
    }

    /// A command of the serial EEPROM by its pins, bit by bit, with an address and data behind it.
    private mutating func shiftEEPROM() {
        let guest = bench.physical
        // SPI: write enable, read, write, read status, write disable.
        let command = input.pick([6, 3, 2, 5, 4, 11, 10] as [UInt8])
        // EE_REQ, then EE_CS falls.
        var control = EECD(raw: 1 << 1)
        control.isRequested = true
        let idle = control.raw
        guest[raw: EECD.self] = idle
        guest[raw: EECD.self] = idle ^ 1 << 1
        for byte in [command] + input.take(Int(input.byte() & 7)) {
            for bit in (0..<8).reversed() {
                let data = UInt32(byte >> UInt8(bit) & 1) << 2
                guest[raw: EECD.self] = idle ^ 1 << 1 | data
                guest[raw: EECD.self] = idle ^ 1 << 1 | data | 1
                _ = guest[raw: EECD.self]
            }
        }
        guest[raw: EECD.self] = idle
        if input.flag() { guest[raw: EECD.self] = 0 }
    }

    /// Commands of MDIC that drivers give: a write with any data, and a read, mostly of the PHY that is there.
    private mutating func accessPHY() {
        let guest = bench.physical
        for _ in 0...Int(input.byte() & 7) {
            let code = input.byte()
            let register = Int(code & 31)
            let phy = code >> 5 == 7 ? Int(input.byte() & 31) : 1
            if code & 0x20 != 0 {
                guest[MDIC.self] = MDIC(.write, register: register, phy: phy, data: input.value16())
            }
            guest[MDIC.self] = MDIC(.read, register: register, phy: phy)
            _ = guest[MDIC.self]
        }
    }
}
