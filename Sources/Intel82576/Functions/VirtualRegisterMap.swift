// SPDX-License-Identifier: Apache-2.0

/// Decodes word indices of a virtual function's 16 KiB register space onto the physical register behind each.
///
/// Built once from the windows of ``RegisterTable/physical``; a look-up is one array access.
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
        for spec in RegisterTable.physical {
            guard let window = spec.window, let row = spec.inWindow else { continue }
            for (index, offset) in row.offsets.enumerated() {
                let entry = Entry(row, of: spec.name, window.element(index, of: 0), next: window.element(index, of: 1))
                entries[Int(offset) / 4] = entry
                if index < row.aliasCount { entries[Int(row.alias) / 4] = entry }
            }
        }
    }

    /// The register at `wordIndex`; `nil` for holes and for everything outside the space.
    @inline(__always)
    subscript(wordIndex: Int) -> Entry? {
        entries.indices.contains(wordIndex) ? entries[wordIndex] : nil
    }
}

extension VirtualRegisterMap.Entry {
    /// Element `first` of `physical` for VF 0, and element `next` for VF 1.
    fileprivate init(_ row: RegisterSpec, of physical: RegisterName, _ first: Int, next: Int) {
        let words = (RegisterMap.word(of: physical, first), RegisterMap.word(of: physical, next))
        self.init(name: row.name, first: Int16(words.0), step: Int16(words.1 - words.0))
        isReadOnly = row.access == .readOnly
    }
}
