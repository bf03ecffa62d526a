/// Decodes word indices of a virtual function's 16 KiB register space onto the physical register behind each.
///
/// Built once from ``RegisterTable/virtual``; a look-up is one array access.
struct VirtualRegisterMap: Sendable {
    struct Entry: Equatable, Sendable, BitwiseCopyable {
        /// The row's name in the VF space.
        var name: RegisterName
        /// Word index in the physical space for VF 0, and the distance from one VF to the next.
        fileprivate var first: Int16
        fileprivate var step: Int16
        /// The VF cannot write it, whatever the PF can: it may be the port's.
        var isReadOnly = false

        /// VTIVAR or VTIVAR_MISC: the VF has vector numbers of its own, so the port's register says something else.
        @inline(__always)
        var isVector: Bool { name == .VTIVAR || name == .VTIVAR_MISC }

        /// Byte offset in the physical space of what VF `index` sees here.
        @inline(__always)
        func offset(of index: Int) -> Int { (Int(first) + Int(step) * index) * 4 }
    }

    /// Words of the 16 KiB register space.
    static let wordCount = 0x4000 / 4
    static let shared = VirtualRegisterMap()

    private var entries = ContiguousArray<Entry?>(repeating: nil, count: wordCount)

    private init() {
        for spec in RegisterTable.virtual {
            for (element, offset) in spec.offsets.enumerated() {
                var entry = Self.entry(spec.name, element)
                entry.isReadOnly = spec.access == .readOnly
                entries[Int(offset) / 4] = entry
                if element < spec.aliasCount {
                    entries[Int(spec.alias + UInt32(element) * spec.aliasStride) / 4] = entry
                }
            }
        }
    }

    /// The register at `wordIndex`; `nil` for holes and for everything outside the space.
    @inline(__always)
    subscript(wordIndex: Int) -> Entry? {
        entries.indices.contains(wordIndex) ? entries[wordIndex] : nil
    }

    private static func entry(_ name: RegisterName, _ element: Int) -> Entry {
        switch name {
        case .VTCTRL: Entry(name, .PVTCTRL, perVF: 1)
        case .VTSTATUS: Entry(name, .PVTSTATUS, perVF: 1)
        case .VFVMBMEM: Entry(name, .VMBMEM, element, perVF: 16)
        case .VFPSRTYPE: Entry(name, .PSRTYPE, perVF: 1)
        case .VTFRTIMER: Entry(name, .FRTIMER, perVF: 0)
        case .VFPBRWAC: Entry(name, .PBRWAC, perVF: 0)
        case .VFPBTWAC: Entry(name, .PBTWAC, perVF: 0)
        case .VFPBACL: Entry(name, .PBACLR, perVF: 0)
        case .VTIVAR_MISC: Entry(name, .IVAR_MISC, perVF: 0)
        case .VTIVAR: Entry(name, .IVAR, perVF: 1)
        case .VTEITR: Entry(name, .EITR, VirtualInterrupts.shift(0) + element, perVF: -3)
        case .RDBAL, .RDBAH, .RDLEN, .SRRCTL, .RDH, .RXCTL, .RDT, .RXDCTL, .RQDPC, .TDBAL, .TDBAH, .TDLEN, .TDH,
            .TXCTL, .TDT, .TXDCTL, .TDWBAL, .TDWBAH:
            // Queue 0 of VF v is queue v of the port, queue 1 is queue v + 8.
            Entry(name, name, 8 * element, perVF: 1)
        default: Entry(name, name, perVF: 1)
        }
    }
}

extension VirtualRegisterMap.Entry {
    /// `physical[element]` for VF 0, and `perVF` elements further for each next one.
    fileprivate init(_ name: RegisterName, _ physical: RegisterName, _ element: Int = 0, perVF: Int) {
        let first = RegisterMap.word(of: physical, element)
        let second = perVF == 0 ? first : RegisterMap.word(of: physical, element + perVF)
        self.init(name: name, first: Int16(first), step: Int16(second - first))
    }
}
