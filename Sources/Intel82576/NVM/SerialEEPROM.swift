// SPDX-License-Identifier: Apache-2.0

/// The serial memory on the pins of EECD: a 25xx EEPROM with addresses of 16 bits and pages of 32 bytes, SPI mode 0.
///
/// The commands are those of the family's data sheets: an opcode, READ and WRITE with an address behind it, most
/// significant bits first. What changes the memory does so when the chip select rises behind a whole byte, needs WREN
/// before it, and keeps the memory busy for ``writeTime``, during which it answers RDSR alone. WRITE stays in its page:
/// past the end it goes on at the start.
///
/// Addresses have 16 bits, although 512 bytes need 9, as those of the larger memories on real cards do: igb's writes to a
/// small one go wrong when they begin below word 128 and end above it.
struct SerialEEPROM: Sendable {
    static let pageSize = 32
    /// Nanoseconds. The family's data sheets allow 5 ms; drivers poll.
    static let writeTime: UInt64 = 1_000_000

    enum Opcode: UInt8 {
        /// WRSR, WRITE, READ, WRDI, RDSR, WREN.
        case writeStatus = 1
        case write = 2
        case read = 3
        case disableWrites = 4
        case readStatus = 5
        case enableWrites = 6
    }

    /// What EECD does to the pins.
    struct Pins: Equatable {
        var clock: Bool
        /// Low for selected.
        var chipSelect: Bool
        var data: Bool

        static let idle = Pins(clock: false, chipSelect: true, data: false)
    }

    /// The data pin towards the chip.
    private(set) var output = false

    private var pins = Pins.idle
    private var command = Command()
    /// WEL, WPEN and the protected blocks: bits 1, 7, and 3:2. Not kept over a restart of the program.
    private var status: UInt8 = 0
    private var busyUntil: UInt64 = 0

    /// What came since the memory was selected.
    private struct Command {
        var bits = 0
        var shift: UInt8 = 0
        var opcode: Opcode?
        var address = 0
        /// What goes out, and how many of its bits are left.
        var outgoing: UInt8 = 0
        var bitsLeft = 0
        /// The page to write, and which of its bytes came.
        var page = InlineArray<32, UInt8>(repeating: 0)
        var written: UInt32 = 0
        var data: UInt8 = 0
    }

    /// Ends a command without effect.
    mutating func abandon() { (pins, command, output) = (.idle, Command(), false) }

    /// Moves the pins.
    /// - Returns: whether `image` was written.
    mutating func drive(_ new: Pins, of image: inout NVMImage, now: UInt64) -> Bool {
        let old = pins
        pins = new
        if new.chipSelect {
            defer { (command, output) = (Command(), false) }
            return !old.chipSelect && complete(&image, now: now)
        }
        if !old.chipSelect, new.clock != old.clock {
            if new.clock { shiftIn(new.data, now: now) } else { shiftOut(image, now: now) }
        }
        return false
    }

    // MARK: Bits

    private mutating func shiftIn(_ bit: Bool, now: UInt64) {
        command.shift = command.shift << 1 | (bit ? 1 : 0)
        command.bits &+= 1
        if command.bits & 7 == 0 { take(command.shift, now: now) }
    }

    private mutating func take(_ byte: UInt8, now: UInt64) {
        switch command.bits / 8 {
        case 1:
            let opcode = Opcode(rawValue: byte)
            command.opcode = isBusy(at: now) && opcode != .readStatus ? nil : opcode
        case 2 where command.opcode == .writeStatus: command.data = byte
        case 2, 3: command.address = (command.address << 8 | Int(byte)) % NVMImage.byteCount
        default: if command.opcode == .write { put(byte) }
        }
    }

    private mutating func put(_ byte: UInt8) {
        let place = command.address % Self.pageSize
        command.page[place] = byte
        command.written |= 1 << UInt32(place)
        command.address = command.address - place + (place + 1) % Self.pageSize
    }

    private mutating func shiftOut(_ image: NVMImage, now: UInt64) {
        let isReading = command.opcode == .read && command.bits >= 24
        guard isReading || (command.opcode == .readStatus && command.bits >= 8) else { return }
        if command.bitsLeft == 0 {
            command.outgoing = isReading ? image.byte(command.address) : status | (isBusy(at: now) ? 1 : 0)
            command.address = (command.address + 1) % NVMImage.byteCount
            command.bitsLeft = 8
        }
        output = command.outgoing & 0x80 != 0
        command.outgoing <<= 1
        command.bitsLeft -= 1
    }

    // MARK: Commands

    private static let writesEnabled: UInt8 = 0x02

    private func isBusy(at now: UInt64) -> Bool { now < busyUntil }

    /// The chip select rose.
    private mutating func complete(_ image: inout NVMImage, now: UInt64) -> Bool {
        switch command.opcode {
        case .enableWrites where command.bits == 8: status |= Self.writesEnabled
        case .disableWrites where command.bits == 8: status &= ~Self.writesEnabled
        case .writeStatus where command.bits == 16 && mayWrite: commitStatus(now: now)
        case .write where command.bits & 7 == 0 && command.written != 0 && mayWrite: return commit(to: &image, now: now)
        default: break
        }
        return false
    }

    private var mayWrite: Bool { status & Self.writesEnabled != 0 }

    private mutating func commitStatus(now: UInt64) {
        status = command.data & 0x8C
        busyUntil = now &+ Self.writeTime
    }

    private mutating func commit(to image: inout NVMImage, now: UInt64) -> Bool {
        status &= ~Self.writesEnabled
        let start = command.address / Self.pageSize * Self.pageSize
        guard start < firstProtected else { return false }
        for place in 0..<Self.pageSize where command.written >> UInt32(place) & 1 == 1 {
            image.setByte(start + place, to: command.page[place])
        }
        busyUntil = now &+ Self.writeTime
        return true
    }

    /// The blocks of BP1 and BP0: none, the upper quarter, the upper half, everything.
    private var firstProtected: Int {
        switch status >> 2 & 3 {
        case 0: NVMImage.byteCount
        case 1: NVMImage.byteCount * 3 / 4
        case 2: NVMImage.byteCount / 2
        default: 0
        }
    }
}

extension NVMImage {
    fileprivate func byte(_ address: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: self[address / 2] >> (address & 1 == 0 ? 0 : 8))
    }

    fileprivate mutating func setByte(_ address: Int, to byte: UInt8) {
        let word = self[address / 2]
        self[address / 2] = address & 1 == 0 ? word & 0xFF00 | UInt16(byte) : word & 0x00FF | UInt16(byte) << 8
    }
}

extension EECD {
    /// The levels of the pins that software drives.
    var pins: SerialEEPROM.Pins { SerialEEPROM.Pins(clock: clock, chipSelect: chipSelect, data: dataIn) }
}
