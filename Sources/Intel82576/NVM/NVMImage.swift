// SPDX-License-Identifier: Apache-2.0

/// The contents of the EEPROM.
public struct NVMImage: Equatable, Sendable {
    /// 64 << EE_SIZE words, few enough for every driver to read them through EERD.
    public static let wordCount = 256
    public static let byteCount = 2 * wordCount
    /// Words 0x00 to 0x3F sum up to this; drivers refuse to load otherwise.
    static let checksum: UInt16 = 0xBABA
    /// Where the word that makes up the sum is.
    static let checksumWord = 0x3F

    private var words: [UInt16]

    /// What a card leaves the factory with, and `macAddress` as the station address of port 0.
    ///
    /// Drivers refuse to load with a multicast or zero address.
    public init(macAddress: MACAddress) {
        words = Self.template + [UInt16](repeating: 0xFFFF, count: Self.wordCount - Self.template.count)
        self.macAddress = macAddress
        correctChecksum()
    }

    /// Bytes as `ethtool -e DEV raw on` prints them, the low one of each word first. `nil` unless there are
    /// ``byteCount``.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        words = (0..<Self.wordCount).map { UInt16(bytes[2 * $0]) | UInt16(bytes[2 * $0 + 1]) << 8 }
    }

    /// ``byteCount`` of them, the low one of each word first.
    public var bytes: [UInt8] {
        words.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
    }

    /// - Precondition: `word` is less than ``wordCount``.
    public subscript(word: Int) -> UInt16 {
        get { words[word] }
        set { words[word] = newValue }
    }

    /// The station address in words 0 to 2, which a reset loads into RAL0 and RAH0. The first byte on the wire is the low
    /// byte of word 0.
    public var macAddress: MACAddress {
        get { MACAddress(value: (0..<3).reduce(0) { $0 << 16 | UInt64(words[$1].byteSwapped) }) }
        set {
            for word in 0..<3 {
                words[word] = UInt16(truncatingIfNeeded: newValue.value >> UInt64(32 - 16 * word)).byteSwapped
            }
        }
    }

    /// Drivers take it.
    public var isChecksumRight: Bool { words[...Self.checksumWord].reduce(0, &+) == Self.checksum }

    public mutating func correctChecksum() {
        words[Self.checksumWord] = Self.checksum &- words[..<Self.checksumWord].reduce(0, &+)
    }
}

// MARK: What resets load

extension NVMImage {
    /// Entries of port 0's MSI-X table: word 0x16, MSI-X Configuration, has one less in bits 15:11 (MSI_X_N). Bits 10:6
    /// are those of port 1.
    ///
    /// Loaded at power-on alone, since software does not expect a table that grows.
    var msixVectorCount: Int { Int(self[0x16] >> 11) + 1 }

    /// LEDCTL: LED 0 and 2 from word 0x1F, LED 1 and 3 from word 0x1C, the lower in the low byte.
    var ledControl: UInt32 {
        let (even, odd) = (UInt32(self[0x1F]), UInt32(self[0x1C]))
        return even & 0xFF | (odd & 0xFF) << 8 | (even & 0xFF00) << 8 | (odd & 0xFF00) << 16
    }
}

/// Word 0x20: what the software-definable pins of port 0 start as.
///
/// - Datasheet: Software Defined Pins Control.
struct SoftwarePinsWord {
    static let port0 = 0x20

    var raw: UInt16

    /// SDPVAL of pin n: bits 0, 1, 6 and 7.
    var values: UInt32 { UInt32(raw & 3 | raw >> 4 & 0xC) }
    /// SDPDIR of pin n, set for outputs: bits 8, 9, 14 and 15.
    var directions: UInt32 { UInt32(raw >> 8 & 3 | raw >> 12 & 0xC) }
    /// D3COLD_WAKEUP_ADVEN, bit 2.
    var advertisesWakeUpFromD3Cold: Bool { raw & 4 != 0 }
}

extension CTRL {
    mutating func load(_ pins: SoftwarePinsWord) {
        self[18...19] = pins.values & 3
        self[20] = pins.advertisesWakeUpFromD3Cold
        self[22...23] = pins.directions & 3
    }
}

extension CTRL_EXT {
    mutating func load(_ pins: SoftwarePinsWord) {
        self[6...7] = pins.values >> 2
        self[10...11] = pins.directions >> 2
    }
}
