// SPDX-License-Identifier: Apache-2.0

/// The 4 KiB configuration space of one PCIe function: its bytes, what software may change of them, what a reset keeps.
///
/// Every byte has six layers: the present value, the power-on value, and masks of the bits that a write changes (RW),
/// that a written one clears (RW1C), that survive every reset but power-on (sticky: RWS, RW1CS, ROS), and that survive
/// a function level reset only. A bit in no mask is read-only.
///
/// ``Header`` and the ``Capability`` types lay it out. Software on the other side reaches it by ``read(at:width:)`` and
/// ``write(at:width:_:)`` only, which never trap.
package struct ConfigurationSpace: Sendable {
    package static let size = 4096

    /// Which reset puts the space back to its power-on values.
    package enum Reset: Sendable {
        /// Power came up: everything.
        case powerOn
        /// Hot or fundamental reset with auxiliary power, and D3hot to D0 without No_Soft_Reset: all but sticky bits.
        case conventional
        /// FLR: also keeps what belongs to the link, not to the function (PCI Express Base Specification 3.0, 6.6.2).
        case functionLevel
    }

    private var value = ConfigurationBytes()
    private var powerOnValue = ConfigurationBytes()
    private var writable = ConfigurationBytes()
    private var clearedByOne = ConfigurationBytes()
    private var sticky = ConfigurationBytes()
    private var keptByFLR = ConfigurationBytes()
    private var installed: [(capability: any Capability, offset: Int)] = []

    /// All zero and read-only.
    package init() {}
}

// MARK: Access by software

extension ConfigurationSpace {
    /// Reads `width` bytes (1, 2 or 4), least significant first. Bytes outside the space read as zero.
    package func read(at offset: Int, width: Int) -> UInt32 {
        guard offset >= 0, offset < Self.size else { return 0 }
        var result: UInt32 = 0
        for index in 0..<min(max(width, 0), 4, Self.size - offset) {
            result |= UInt32(value[offset + index]) << UInt32(8 * index)
        }
        return result
    }

    /// Writes `width` bytes (1, 2 or 4) through the masks. Bytes outside the space are ignored.
    package mutating func write(at offset: Int, width: Int, _ value: UInt32) {
        apply(ConfigurationWrite(at: offset, width: width, value))
    }

    /// Does `write`, then lets the capabilities bring up to date what follows from it.
    package mutating func apply(_ write: ConfigurationWrite) {
        guard isChanged(by: write) else { return }
        let before = self
        for (offset, byte) in write.bytes { value[offset] = before.result(of: byte, at: offset) }
        settle(since: before)
    }

    /// Whether `write` changes anything. Most of what software may write does not.
    package func isChanged(by write: ConfigurationWrite) -> Bool {
        write.bytes.contains { value[$0] != result(of: $1, at: $0) }
    }

    /// What `byte`, written at `offset`, makes of the byte there.
    private func result(of byte: UInt8, at offset: Int) -> UInt8 {
        value[offset] & ~writable[offset] & ~(byte & clearedByOne[offset]) | byte & writable[offset]
    }

    package mutating func reset(_ reset: Reset = .powerOn) {
        let before = self
        value = powerOnValue
        if reset != .powerOn {
            for offset in 0..<Self.size {
                let kept = keptBits(at: offset, by: reset)
                value[offset] = before.value[offset] & kept | powerOnValue[offset] & ~kept
            }
        }
        settle(since: before)
    }

    private func keptBits(at offset: Int, by reset: Reset) -> UInt8 {
        switch reset {
        case .powerOn: 0
        case .conventional: sticky[offset]
        case .functionLevel: sticky[offset] | keptByFLR[offset]
        }
    }

    private mutating func settle(since before: ConfigurationSpace) {
        for (capability, offset) in installed {
            capability.settle(&self, at: offset, since: before)
        }
    }
}

// MARK: Access by the function itself

extension ConfigurationSpace {
    /// Reads a register.
    ///
    /// - Precondition: it lies inside the space.
    package func load<Word: FixedWidthInteger & UnsignedInteger>(at offset: Int, as: Word.Type = Word.self) -> Word {
        value.load(at: offset)
    }

    /// Sets the present value of a register, whatever its masks say.
    ///
    /// - Precondition: it lies inside the space.
    package mutating func store<Word: FixedWidthInteger & UnsignedInteger>(_ word: Word, at offset: Int) {
        value.store(word, at: offset)
    }
}

// MARK: Layout

extension ConfigurationSpace {
    /// Lays out the register at `offset`: its power-on value, which becomes the present one, and the masks of its bits.
    ///
    /// - Precondition: it lies inside the space, and no bit is both RW and RW1C.
    package mutating func define<Word: FixedWidthInteger & UnsignedInteger>(
        at offset: Int, _ word: Word, writable: Word = 0, clearedByOne: Word = 0, sticky: Word = 0, keptByFLR: Word = 0
    ) {
        precondition(writable & clearedByOne == 0, "a bit is either RW or RW1C")
        value.store(word, at: offset)
        powerOnValue.store(word, at: offset)
        self.writable.store(writable, at: offset)
        self.clearedByOne.store(clearedByOne, at: offset)
        self.sticky.store(sticky, at: offset)
        self.keptByFLR.store(keptByFLR, at: offset)
    }

    /// Changes which bits of a register software can write, for one that another register locks or resizes.
    package mutating func setWritable<Word: FixedWidthInteger & UnsignedInteger>(_ mask: Word, at offset: Int) {
        writable.store(mask, at: offset)
    }

    /// Puts `capability` at the end of its chain, and has it told of every write and reset.
    ///
    /// - Precondition: `offset` is aligned to 4 and lies in the part of the space that chains of its kind live in; the
    ///   first extended capability is at 0x100.
    mutating func append(_ capability: some Capability, _ header: CapabilityHeader, at offset: Int) {
        precondition(offset % 4 == 0 && header.region.contains(offset), "a capability at an impossible place")
        setLastPointer(of: header, to: offset)
        header.define(in: &self, at: offset)
        installed.append((capability, offset))
    }

    private mutating func setLastPointer(of header: CapabilityHeader, to offset: Int) {
        let last = installed.last { header.region.contains($0.offset) }?.offset
        switch (header, last) {
        case (.standard, nil): setCapabilitiesPointer(to: offset)
        case (.standard, let last?): define(at: last + 1, UInt8(offset))
        case (.extended, nil): precondition(offset == 0x100, "the first extended capability is at 0x100")
        case (.extended, let last?):
            define(at: last + 2, load(at: last + 2, as: UInt16.self) & 0xF | UInt16(offset) << 4)
        }
    }

    private mutating func setCapabilitiesPointer(to offset: Int) {
        define(at: Header.Offset.capabilitiesPointer, UInt8(offset))
        define(
            at: Header.Offset.status, Header.Status.capabilities.rawValue,
            clearedByOne: Header.Status.errors.rawValue)
    }
}
