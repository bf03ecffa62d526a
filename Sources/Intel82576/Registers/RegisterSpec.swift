/// One row of the register map: an array of `count` 32-bit registers, `stride` bytes apart.
///
/// Decoding, reset, the register dump, the tests and `docs/registers.md` read the rows; behaviour beyond the masks hangs
/// on the name, in the dispatch of each block.
public struct RegisterSpec: Sendable {
    public enum Access: String, Sendable {
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
    public enum Coverage: String, Sendable, CaseIterable {
        /// It does what the datasheet says.
        case behaviour
        /// It reads back what was written and has no effect, which is all a driver sees of it on the chip.
        case storage
        /// The chip does something here that is not implemented; the register only stores.
        case unimplemented
        /// Not on this chip.
        case absent
    }

    /// The weakest reset that puts the register back to ``reset``.
    public enum ResetScope: String, Sendable {
        /// CTRL.RST, and with it every stronger one.
        case software
        /// Function level and power-on reset, not CTRL.RST.
        case function
    }

    public var name: RegisterName
    public var offset: UInt32
    public var count: Int
    public var stride: UInt32
    /// A second address of the first `aliasCount` registers, `aliasStride` bytes apart; 0 for none.
    public var alias: UInt32
    public var aliasCount: Int
    public var aliasStride: UInt32
    public var access: Access
    /// Bits a write can change (RW), clear (W1C) or set (W1S).
    public var writable: UInt32
    /// Bits a read clears.
    public var clearedByRead: UInt32
    public var reset: UInt32
    public var resetScope: ResetScope
    public var coverage: Coverage
    /// Where a VF sees it, as text; empty when the PF alone does.
    public var virtualOffset: StaticString
    /// What it does, one line.
    public var summary: StaticString

    public init(
        _ name: RegisterName, at offset: UInt32, count: Int = 1, every stride: UInt32 = 4,
        alias: UInt32 = 0, aliasCount: Int? = nil, aliasEvery aliasStride: UInt32? = nil,
        _ access: Access = .readWrite, writable: UInt32? = nil, clearedByRead: UInt32? = nil,
        reset: UInt32 = 0, resetBy resetScope: ResetScope = .software,
        _ coverage: Coverage, vf virtualOffset: StaticString = "", _ summary: StaticString
    ) {
        (self.name, self.offset, self.count, self.stride) = (name, offset, count, stride)
        self.alias = alias
        self.aliasCount = alias == 0 ? 0 : aliasCount ?? count
        self.aliasStride = aliasStride ?? stride
        self.access = access
        switch access {
        case .readWrite, .writeOneToClear, .writeOneToSet, .writeOnly: self.writable = writable ?? .max
        case .readOnly, .readToClear, .absent: self.writable = writable ?? 0
        }
        self.clearedByRead = clearedByRead ?? (access == .readToClear ? .max : 0)
        (self.reset, self.resetScope, self.coverage) = (reset, resetScope, coverage)
        (self.virtualOffset, self.summary) = (virtualOffset, summary)
    }
}
