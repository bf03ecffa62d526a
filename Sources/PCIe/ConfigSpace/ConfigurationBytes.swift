// SPDX-License-Identifier: Apache-2.0

/// As many bytes as a configuration space has, holding little-endian words.
struct ConfigurationBytes: Sendable {
    private var bytes = [UInt8](repeating: 0, count: ConfigurationSpace.size)

    subscript(offset: Int) -> UInt8 {
        get { bytes[offset] }
        set { bytes[offset] = newValue }
    }

    func load<Word: FixedWidthInteger & UnsignedInteger>(at offset: Int, as: Word.Type = Word.self) -> Word {
        var word: Word = 0
        for index in (0..<Word.bitWidth / 8).reversed() {
            word = word << 8 | Word(truncatingIfNeeded: bytes[offset + index])
        }
        return word
    }

    mutating func store<Word: FixedWidthInteger & UnsignedInteger>(_ word: Word, at offset: Int) {
        for index in 0..<Word.bitWidth / 8 {
            bytes[offset + index] = UInt8(truncatingIfNeeded: word >> Word(8 * index))
        }
    }
}
