/// The EEPROM behind EERD and EECD.
///
/// Word numbers, contents and registers are those of the datasheet's "Non-Volatile Memory Map" and of its EEPROM/Flash
/// register section.
///
/// Not implemented: writing, by EEWR or by SPI over the pins in EECD (the grant is given, the pins then do nothing and
/// EE_DO reads zero); flash; the alternate address area of word 0x37.
public struct NVM: Sendable {
    /// EE_SIZE: 64 << 2 words, small enough for every driver to stay with EERD.
    static let sizeExponent: UInt32 = 2
    static let wordCount = 64 << Int(sizeExponent)
    /// Words 0x00 to 0x3F sum up to this.
    static let checksum: UInt16 = 0xBABA
    /// Where the word that makes up the sum is.
    static let checksumWord = 0x3F

    private var words: [UInt16]
    /// What EECD reads.
    public private(set) var control = NVM.resetControl

    /// The template with `macAddress` as the station address of port 0.
    ///
    /// Drivers refuse to load with a multicast or zero address.
    public init(macAddress: MACAddress) {
        words = NVM.template + [UInt16](repeating: 0xFFFF, count: NVM.wordCount - NVM.template.count)
        for word in 0..<3 { words[word] = NVM.addressWord(word, of: macAddress) }
        words[NVM.checksumWord] = NVM.checksum &- words[..<NVM.checksumWord].reduce(0, &+)
    }

    /// Puts EECD back; the contents stay.
    public mutating func reset() { control = NVM.resetControl }

    /// - Returns: `nil` past the end.
    public func read(_ word: Int) -> UInt16? { words.indices.contains(word) ? words[word] : nil }

    /// The station address in words 0 to 2, which a reset loads into RAL0 and RAH0.
    public var macAddress: MACAddress {
        let bytes = words[..<3].flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        return MACAddress(value: bytes.reduce(0) { $0 << 8 | UInt64($1) })
    }

    /// A write of EERD.
    ///
    /// A read past the end never gets done; drivers give up after half a second of polling.
    /// - Returns: what the register holds from then on.
    public mutating func readRequest(_ value: UInt32) -> UInt32 {
        let request = EERD(raw: value)
        var reply = EERD(raw: value & 0xFFFC)
        if request.starts, let data = read(request.address) {
            reply.data = data
            reply.isDone = true
        }
        return reply.raw
    }

    /// A write of EECD. The pins are granted as soon as they are asked for.
    /// - Returns: what the register holds from then on.
    @discardableResult
    public mutating func writeControl(_ value: UInt32) -> UInt32 {
        control.raw = control.raw & ~NVM.writableControl | value & NVM.writableControl
        control.isGranted = control.isRequested
        return control.raw
    }

    /// EE_SK, EE_CS, EE_DI, FWE, EE_REQ.
    private static let writableControl: UInt32 = 0x77
    /// FWE = 01: flash writes disabled.
    private static let resetControl: EECD = {
        var control = EECD(raw: 0x10)
        control.isPresent = true
        control.isLoaded = true
        control.sizeExponent = sizeExponent
        return control
    }()

    /// The first byte on the wire is the low byte of word 0.
    private static func addressWord(_ word: Int, of address: MACAddress) -> UInt16 {
        UInt16(truncatingIfNeeded: address.value >> UInt64(32 - 16 * word)).byteSwapped
    }
}
