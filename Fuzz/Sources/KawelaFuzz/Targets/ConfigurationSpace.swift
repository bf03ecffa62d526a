// SPDX-License-Identifier: Apache-2.0

import PCIe

@testable import Intel82576

/// Accesses of the configuration spaces of PF and VFs, with resets and VFs that come and go by them.
///
/// An input is three bytes of what the port is like, then accesses: function, direction and width, offset, value.
func runConfigurationSpace(_ input: Input) {
    var input = input
    let (shape, word) = (input.byte(), input.value16())
    // The number of MSI-X vectors comes from this word of the EEPROM.
    var image = NVMImage(macAddress: Bench.address(of: 0))
    if shape & 8 != 0 { image[0x16] = word }
    let rom = shape & 16 != 0 ? ExpansionROM(erased: 2048 << Int(shape >> 5)) : nil
    let bench = Bench(virtualFunctions: Int(shape & 3), nvm: image, expansionROM: rom)
    for _ in 0..<400 where !input.isAtEnd {
        let (code, place) = (input.byte(), Int(input.value16()) & 0xFFF)
        let guest = bench.guests[Int(code & 3) % bench.guests.count]
        let width = 1 << (Int(code >> 2) % 3)
        let offset = place & ~(width - 1)
        if code & 0x80 != 0 { guest.configure(at: offset, width: width, input.registerValue()) }
        checkConfiguration(of: guest, at: offset & ~3)
        if code & 0x60 == 0x60 { bench.run(after: 1_000_000) }
    }
    bench.finish()
}

/// Narrow reads are parts of wide ones, who the function is does not change, and an expansion ROM lies at a multiple of its
/// size.
private func checkConfiguration(of guest: Guest, at offset: Int) {
    let function = guest.function
    let whole = function.readConfiguration(at: offset, width: 4)
    for part in 0..<4 {
        let byte = function.readConfiguration(at: offset + part, width: 1)
        require(byte == whole >> UInt32(8 * part) & 0xFF, "byte \(offset + part) of function \(guest.number) differs")
    }
    for part in [0, 2] {
        let half = function.readConfiguration(at: offset + part, width: 2)
        require(half == whole >> UInt32(8 * part) & 0xFFFF, "word \(offset + part) of function \(guest.number) differs")
    }
    let (base, size) = (function.readConfiguration(at: 0x30, width: 4), function.expansionROM?.size ?? 0)
    require(size > 0 ? base & UInt32(size - 1) <= 1 : base == 0, "a ROM of \(size) bytes at \(base)")
    require(guest.number == 0 || size == 0, "a VF with an expansion ROM")
    let device: UInt32 = guest.number == 0 ? 0x10C9 : 0x10CA
    require(function.readConfiguration(at: 2, width: 2) == device, "another device ID of function \(guest.number)")
}
