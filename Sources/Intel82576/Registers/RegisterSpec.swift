// SPDX-License-Identifier: Apache-2.0

/// One row of the register map: an array of `count` 32-bit registers, `stride` bytes apart.
///
/// Decoding, reset, the register list, the tests and `docs/registers.md` read the rows. Those of registers that do
/// something come from their types (``Register/specs``); the others are written in ``RegisterTable`` directly.
package struct RegisterSpec: Sendable {
    package enum Access: String, Sendable {
        /// Writes are ignored.
        case readOnly = "RO"
        case readWrite = "RW"
        /// Reads return the value and clear it (the bits of ``RegisterSpec/clearedByRead``).
        case readToClear = "RC"
        case writeOneToClear = "W1C"
        case writeOneToSet = "W1S"
        /// Reads as zero.
        case writeOnly = "WO"
        /// Not on this chip: reads as zero, writes are ignored.
        case absent = "-"
    }

    /// How far this implementation goes.
    package enum Coverage: String, Sendable, CaseIterable {
        /// It does what the datasheet says.
        case behaviour
        /// It does what the datasheet says, but for what ``RegisterSpec/gap`` names.
        case partial
        /// A counter of events that cannot happen here, as ``RegisterSpec/gap`` says: it stays zero.
        case zero
        /// It reads back what was written and has no effect, which is all a driver sees of it on the chip.
        case storage
        /// The chip does something here that is not implemented; the register only stores.
        case unimplemented
        /// Not on this chip.
        case absent
    }

    /// The weakest reset that puts the register back to ``reset``.
    package enum ResetScope: String, Sendable {
        /// CTRL.RST, and with it every stronger one.
        case software
        /// Function level and power-on reset, not CTRL.RST.
        case function
    }

    package var name: RegisterName
    package var offset: UInt32
    package var count = 1
    package var stride: UInt32 = 4
    /// A second address of the first `aliasCount` registers, `aliasStride` bytes apart; 0 for none.
    package var alias: UInt32 = 0
    package var aliasCount = 0
    package var aliasStride: UInt32 = 4
    package var access: Access
    /// Bits a write can change (RW), clear (W1C) or set (W1S).
    package var writable: UInt32
    /// Bits a read clears.
    package var clearedByRead: UInt32
    package var reset: UInt32
    package var resetScope: ResetScope
    package var coverage: Coverage
    /// What has no effect here though the chip has it (partial), or why a counter stays zero.
    package var gap: StaticString = ""
    /// Where a VF sees it.
    package var window: VirtualWindow?
    /// The section of the datasheet (82576EB, revision 2.x), or a chapter that has not been held against it.
    package var section: StaticString = ""
    /// The file that does what the register does, below `Sources/Intel82576`.
    package var file: StaticString = ""
    /// What it does, one line.
    package var summary: StaticString
    /// From the lowest bit on; none when the register is one number, or has no type.
    package var fields: [RegisterField] = []

    fileprivate init(
        _ name: RegisterName, at offset: UInt32, _ access: Access, writable: UInt32?, clearedByRead: UInt32?,
        reset: UInt32, resetBy resetScope: ResetScope, _ coverage: Coverage, _ summary: StaticString
    ) {
        (self.name, self.offset, self.access) = (name, offset, access)
        switch access {
        case .readWrite, .writeOneToClear, .writeOneToSet, .writeOnly: self.writable = writable ?? .max
        case .readOnly, .readToClear, .absent: self.writable = writable ?? 0
        }
        self.clearedByRead = clearedByRead ?? (access == .readToClear ? .max : 0)
        (self.reset, self.resetScope, self.coverage, self.summary) = (reset, resetScope, coverage, summary)
    }
}

// MARK: Registers without a type

extension RegisterSpec {
    /// The row of a register that only stores, is not implemented, or is not on this chip.
    init(
        _ name: RegisterName, at offset: UInt32, count: Int = 1, every stride: UInt32 = 4, alias: UInt32 = 0,
        _ access: Access, writable: UInt32? = nil, reset: UInt32 = 0, resetBy resetScope: ResetScope = .software,
        _ coverage: Coverage, vf window: VirtualWindow? = nil, _ summary: StaticString
    ) {
        self.init(
            name, at: offset, access, writable: writable, clearedByRead: nil, reset: reset, resetBy: resetScope,
            coverage,
            summary)
        (self.count, self.stride, self.window) = (count, stride, window)
        (self.alias, aliasCount, aliasStride) = (alias, alias == 0 ? 0 : count, stride)
    }

    /// The row of a counter that stays zero.
    /// - Parameter reason: why what it counts cannot happen.
    init(counter name: RegisterName, at offset: UInt32, staysZero reason: StaticString, _ summary: StaticString) {
        self.init(
            name, at: offset, .readToClear, writable: nil, clearedByRead: nil, reset: 0, resetBy: .software, .zero,
            summary)
        gap = reason
    }
}

// MARK: Registers with a type

extension Register {
    /// A row of this type.
    /// - Parameters:
    ///   - elements: those of the array that the row is for; all of them unless said otherwise.
    ///   - section: of the datasheet.
    ///   - file: where the register's behaviour is, below `Sources/Intel82576`.
    ///   - gap: what has no effect here though the chip has it; the coverage is partial then.
    static func spec(
        elements: Range<Int>? = nil, _ access: RegisterSpec.Access, writable: UInt32? = nil,
        clearedByRead: UInt32? = nil, reset: UInt32 = 0, resetBy resetScope: RegisterSpec.ResetScope = .software,
        alias: UInt32 = 0, _ coverage: RegisterSpec.Coverage = .behaviour, section: StaticString,
        in file: StaticString = "", without gap: StaticString = "", _ summary: StaticString
    ) -> RegisterSpec {
        let elements = elements ?? 0..<count
        var spec = RegisterSpec(
            name, at: UInt32(offset(of: elements.lowerBound)), access, writable: writable, clearedByRead: clearedByRead,
            reset: reset, resetBy: resetScope, gap.utf8CodeUnitCount == 0 ? coverage : .partial, summary)
        (spec.count, spec.stride) = (elements.count, UInt32(stride))
        (spec.alias, spec.aliasCount, spec.aliasStride) = (alias, alias == 0 ? 0 : elements.count, UInt32(stride))
        (spec.section, spec.file, spec.gap, spec.fields) = (section, file, gap, fields)
        if elements.upperBound == count { spec.window = window }
        return spec
    }
}

extension QueueRegister {
    /// A row of this type, for the queues of `queues`.
    static func spec(
        queues: Range<Int> = 0..<16, _ access: RegisterSpec.Access, writable: UInt32? = nil,
        clearedByRead: UInt32? = nil, reset: UInt32 = 0, _ coverage: RegisterSpec.Coverage = .behaviour,
        section: StaticString, in file: StaticString = "", without gap: StaticString = "", _ summary: StaticString
    ) -> RegisterSpec {
        var spec = spec(
            elements: queues, access, writable: writable, clearedByRead: clearedByRead, reset: reset, coverage,
            section: section,
            in: file, without: gap, summary)
        spec.alias = UInt32(legacyOffset + 0x100 * queues.lowerBound)
        (spec.aliasCount, spec.aliasStride) = (queues.clamped(to: 0..<4).count, 0x100)
        return spec
    }
}

extension Counter {
    /// The row of a counter, which a read clears.
    static func counter(in file: StaticString, _ summary: StaticString) -> [RegisterSpec] {
        [spec(.readToClear, section: "8.18", in: file, summary)]
    }
}

extension WideCounter {
    /// The row of the low half, which a read leaves alone.
    static func counter(in file: StaticString, _ summary: StaticString) -> [RegisterSpec] {
        [spec(.readToClear, clearedByRead: 0, section: "8.18", in: file, summary)]
    }
}

extension VirtualCounter {
    static func counter(in file: StaticString, _ summary: StaticString) -> [RegisterSpec] {
        [spec(.readOnly, resetBy: .function, section: "8.26", in: file, summary)]
    }
}
