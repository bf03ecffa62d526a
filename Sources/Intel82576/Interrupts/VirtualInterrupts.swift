// SPDX-License-Identifier: Apache-2.0

/// The VFs' share of EICR, EIMS, EIAC and EIAM, and their mailbox vectors.
///
/// VF v owns bits 22-3v to 24-3v, which are its MSI-X vectors 0 to 2. They are kept apart from the PF's, because they
/// work the same whatever mode GPIE puts the PF in, where bits of the same numbers may mean something else, and because
/// the PF must not reach them but through its mirrors of the VF's registers. A VF knows nothing of GPIE: EIAC clears and
/// EIAM masks when its message leaves.
///
/// - Datasheet: 7.3.3 and 8.26
struct VirtualInterrupts {
    fileprivate(set) var eicr: UInt32 = 0
    fileprivate(set) var eims: UInt32 = 0
    fileprivate(set) var eiac: UInt32 = 0
    fileprivate(set) var eiam: UInt32 = 0
    /// Vectors whose message is pending.
    private var pending: UInt32 = 0
    /// The vectors of ``pending`` with a low-latency interrupt among their causes.
    fileprivate var urgent: UInt32 = 0
    /// VTIVAR_MISC of each VF.
    private(set) var misc = InlineArray<8, UInt8>(repeating: 0)
    /// VFs that exist.
    fileprivate(set) var count = 0
    /// Bits of VFs that may send messages.
    var deliverable: UInt32 = 0

    /// The bit of vector 0 of a VF.
    static func shift(_ index: Int) -> Int { 22 - 3 * index }
    /// The bits of a VF.
    static func mask(_ index: Int) -> UInt32 { 7 &<< UInt32(truncatingIfNeeded: shift(index)) }
    /// The VF and its vector that own EICR bit `bit`.
    static func owner(of bit: Int) -> (index: Int, vector: Int) { (8 - (bit + 2) / 3, (bit + 2) % 3) }

    /// The bits of all VFs that exist.
    var owned: UInt32 { Interrupts.multipleMSIXMask & ~(Interrupts.multipleMSIXMask &>> UInt32(3 * count)) }

    @inline(__always)
    private static func spread(_ value: UInt32, _ index: Int) -> UInt32 {
        (value & 7) &<< UInt32(truncatingIfNeeded: shift(index))
    }
}

// MARK: Register access

/// Values are as the VF has them: bits 2:0.
extension VirtualInterrupts {
    /// A VF's bits of `register`.
    static func share(of index: Int, in register: UInt32) -> UInt32 {
        (register &>> UInt32(truncatingIfNeeded: shift(index))) & 7
    }

    /// Sets causes, as VTEICS does.
    mutating func raise(_ value: UInt32, of index: Int, isUrgent: Bool = false) {
        let bits = Self.spread(value, index)
        eicr |= bits
        pending |= bits
        if isUrgent { urgent |= bits }
    }

    /// Raises the mailbox cause of a VF: the PF wrote to its mailbox, or was reset.
    mutating func raiseMailbox(_ index: Int) {
        let entry = misc[index]
        if entry & 0x80 != 0, entry & 3 != 3 { raise(1 &<< UInt32(entry & 3), of: index) }
    }

    mutating func clear(_ value: UInt32, of index: Int) {
        eicr &= ~Self.spread(value, index)
        urgent &= eicr
    }

    mutating func unmask(_ value: UInt32, of index: Int) {
        let new = Self.spread(value, index) & ~eims
        eims |= new
        pending |= eicr & new
    }

    mutating func mask(_ value: UInt32, of index: Int) { eims &= ~Self.spread(value, index) }

    mutating func setEIAC(_ value: UInt32, of index: Int) {
        eiac = eiac & ~Self.mask(index) | Self.spread(value, index)
    }

    mutating func setEIAM(_ value: UInt32, of index: Int) {
        eiam = eiam & ~Self.mask(index) | Self.spread(value, index)
    }

    mutating func setMisc(_ index: Int, _ value: UInt32) { misc[index] = UInt8(value & 0x83) }

    fileprivate mutating func reset(_ index: Int) {
        let kept = ~Self.mask(index)
        eicr &= kept
        eims &= kept
        eiac &= kept
        eiam &= kept
        pending &= kept
        urgent &= kept
        misc[index] = 0
    }
}

// MARK: Delivery

extension VirtualInterrupts {
    /// Vectors that would leave now but for moderation.
    fileprivate var due: UInt32 { pending & eicr & eims & deliverable }

    fileprivate mutating func sent(_ bit: UInt32) {
        pending &= ~bit
        urgent &= ~bit
        eicr &= ~(eiac & bit)
        eims &= ~(eiam & bit)
    }
}

extension Interrupts {
    /// Takes the VF vectors whose message leaves now, a bit of EICR each; they are done with here.
    mutating func takeVirtual(now: UInt64) -> UInt32 {
        var (waiting, taken) = (virtual.due, UInt32(0))
        while waiting != 0 {
            let vector = waiting.trailingZeroBitCount
            waiting &= waiting &- 1
            guard mayLeave(vector, isUrgent: virtual.urgent &>> UInt32(vector) & 1 != 0, now) else { continue }
            taken |= 1 &<< UInt32(vector)
            hold(vector, now)
        }
        virtual.sent(taken)
        return taken
    }

    /// When ``takeVirtual(now:)`` has something that moderation holds back.
    var virtualDeadline: UInt64? { earliest(virtual.due, urgent: virtual.urgent) }
}

// MARK: PVTEICS and its companions, which are also what the VF's own registers lead to

extension Interrupts {
    /// A register of PVTEICS's kind as read. Nothing is cleared.
    func peekMirror(_ entry: RegisterMap.Entry) -> UInt32 {
        let index = Int(entry.element)
        guard index < virtual.count else { return 0 }
        switch entry.name {
        case .PVTEIMS, .PVTEIMC: return VirtualInterrupts.share(of: index, in: virtual.eims)
        case .PVTEIAC: return VirtualInterrupts.share(of: index, in: virtual.eiac)
        case .PVTEIAM: return VirtualInterrupts.share(of: index, in: virtual.eiam)
        case .PVTEICR: return VirtualInterrupts.share(of: index, in: virtual.eicr)
        default: return 0
        }
    }

    mutating func writeMirror(_ entry: RegisterMap.Entry, _ value: UInt32) {
        let index = Int(entry.element)
        guard index < virtual.count else { return }
        switch entry.name {
        case .PVTEICS: virtual.raise(value, of: index)
        case .PVTEIMS: virtual.unmask(value, of: index)
        case .PVTEIMC: virtual.mask(value, of: index)
        case .PVTEIAC: virtual.setEIAC(value, of: index)
        case .PVTEIAM: virtual.setEIAM(value, of: index)
        case .PVTEICR: virtual.clear(value, of: index)
        default: break
        }
    }
}

extension VirtualInterrupts {
    /// Sets causes and masks of a VF's `vectors` to what they were before their messages, which were lost.
    mutating func restore(_ vectors: UInt32, of index: Int) {
        let bits = Self.spread(vectors, index)
        eicr |= bits & eiac
        eims |= bits & eiam
    }
}

// MARK: Vectors

extension Interrupts {
    /// VFs appear or vanish: their bits change hands.
    mutating func setVirtualFunctions(_ count: Int) {
        virtual.count = count
        yieldVirtualBits()
    }

    /// Clears what the PF has in bits that belong to VFs.
    mutating func yieldVirtualBits() {
        guard gpie.isMultipleMSIX else { return }
        let kept = ~virtual.owned
        eicr &= kept
        eims &= kept
        eiac &= kept
        eiam &= kept
    }

    /// VTIVAR or VTIVAR_MISC as VF `index` reads it.
    func readVectors(_ name: RegisterName, of index: Int) -> UInt32 {
        name == .VTIVAR ? virtualVectors(index) : UInt32(virtual.misc[index])
    }

    /// Writes VTIVAR or VTIVAR_MISC of VF `index`.
    mutating func writeVectors(_ name: RegisterName, of index: Int, _ value: UInt32) {
        if name == .VTIVAR { setVirtualVectors(index, value) } else { virtual.setMisc(index, value) }
    }

    /// VTIVAR as its VF reads it. A vector that the PF gave one of the VF's queues and that is none of the VF's reads as
    /// zero.
    private func virtualVectors(_ index: Int) -> UInt32 {
        translate(ivar[index]) { entry in
            let vector = Int(entry & 0x1F) - VirtualInterrupts.shift(index)
            return (0...2).contains(vector) ? UInt32(vector) : nil
        }
    }

    /// VTIVAR as its VF writes it. Vector 3 does not exist; an entry that names it is not valid.
    private mutating func setVirtualVectors(_ index: Int, _ value: UInt32) {
        ivar[index] = translate(value) { entry in
            let vector = entry & 3
            return vector == 3 ? nil : UInt32(VirtualInterrupts.shift(index)) + vector
        }
    }

    /// Four entries with their valid bits kept and their vectors replaced.
    private func translate(_ entries: UInt32, _ vector: (UInt32) -> UInt32?) -> UInt32 {
        var result: UInt32 = 0
        for shift in stride(from: UInt32(0), to: 32, by: 8) {
            let entry = entries &>> shift & 0xFF
            guard let vector = vector(entry) else { continue }
            result |= (entry & 0x80 | vector) &<< shift
        }
        return result
    }

    /// Raises the cause of a VF's queue, which wrote descriptors back. Only the VF's own vectors can be given it.
    mutating func raiseVirtualQueue(shift: UInt32, _ queue: Int, isUrgent: Bool = false) {
        let (index, entry) = (queue & 7, ivar[queue & 7] &>> shift)
        let vector = Int(entry & 0x1F) - VirtualInterrupts.shift(index)
        guard entry & 0x80 != 0, (0...2).contains(vector) else { return }
        virtual.raise(1 &<< UInt32(vector), of: index, isUrgent: isUrgent)
    }

    /// Causes, masks, vectors and moderation of a VF to their reset values.
    mutating func resetVirtual(_ index: Int) {
        virtual.reset(index)
        ivar[index] = 0
        for vector in 0..<3 { writeEITR(VirtualInterrupts.shift(index) + vector, EITR(raw: 0)) }
    }
}
