// SPDX-License-Identifier: Apache-2.0

/// Decodes word indices of the physical function's register space, through every alias.
///
/// Built once from ``RegisterTable/physical``; a look-up is one array access.
package struct RegisterMap: Sendable {
    /// What one 32-bit word of the register space is.
    package struct Entry: Equatable, Sendable, BitwiseCopyable {
        package var name: RegisterName
        /// Index of the row in ``RegisterTable/physical``.
        package var row: UInt16
        /// Word index of the register itself, the same for all of its aliases.
        package var canonicalWord: UInt16
        /// Array index: n of `RAL[n]`, counted through all rows of the name.
        package var element: UInt16
        /// The block that it belongs to.
        var owner: RegisterOwner { name.owner }
    }

    /// Words of the 128 KiB register space.
    package static let wordCount = 0x2_0000 / 4
    package static let shared = RegisterMap()

    private var entries: ContiguousArray<Entry?>
    /// Indexed by the name's raw value: the word of each element.
    private var words: ContiguousArray<ContiguousArray<UInt16>>

    private init() {
        entries = ContiguousArray(repeating: nil, count: Self.wordCount)
        words = ContiguousArray(repeating: [], count: RegisterName.allCases.count)
        for (row, spec) in RegisterTable.physical.enumerated() {
            add(spec, row: UInt16(row))
        }
    }

    /// The register at `wordIndex`; `nil` for holes and for everything outside the register space.
    @inline(__always)
    package subscript(wordIndex: Int) -> Entry? {
        entries.indices.contains(wordIndex) ? entries[wordIndex] : nil
    }

    /// Word index of `name[index]`; `nil` for names of the VF space only, and past the end of the array.
    package func find(_ name: RegisterName, _ index: Int = 0) -> Int? {
        let elements = words[Int(name.rawValue)]
        return elements.indices.contains(index) ? Int(elements[index]) : nil
    }

    /// Word index of `name[index]`, for names and indices known to exist.
    /// - Precondition: ``find(_:_:)`` finds it.
    package static func word(of name: RegisterName, _ index: Int = 0) -> Int {
        guard let word = shared.find(name, index) else { preconditionFailure("no register \(name)[\(index)]") }
        return word
    }

    private mutating func add(_ spec: RegisterSpec, row: UInt16) {
        let first = words[Int(spec.name.rawValue)].count
        for (element, offset) in spec.offsets.enumerated() {
            let word = UInt16(offset / 4)
            words[Int(spec.name.rawValue)].append(word)
            let entry = Entry(
                name: spec.name, row: row, canonicalWord: word, element: UInt16(first + element))
            claim(offset, for: entry, isPresent: spec.coverage != .absent)
            if element < spec.aliasCount {
                claim(spec.alias + UInt32(element) * spec.aliasStride, for: entry, isPresent: true)
            }
        }
    }

    /// The name that another part has for an address of this chip's must not hide the register that is there.
    private mutating func claim(_ offset: UInt32, for entry: Entry, isPresent: Bool) {
        let word = Int(offset / 4)
        if isPresent || entries[word] == nil { entries[word] = entry }
    }
}

extension RegisterSpec {
    /// Byte offsets of the array's elements.
    package var offsets: some Sequence<UInt32> {
        (0..<UInt32(count)).lazy.map { [offset, stride] in offset + $0 * stride }
    }
}
