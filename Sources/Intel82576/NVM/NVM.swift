/// The EEPROM behind EERD, EEWR and EECD.
///
/// Word numbers, contents and registers are those of the datasheet's "Non-Volatile Memory Map" and of its EEPROM/Flash
/// register section. The pins of EECD lead to a ``SerialEEPROM``.
///
/// Not implemented: flash; the alternate address area of word 0x37, which drivers look up by themselves; the words that
/// the chip loads into configuration space, but for the station address (in the serial number) and the MSI-X table's size.
public struct NVM: Sendable {
    /// EE_SIZE.
    static let sizeExponent: UInt32 = 2

    public private(set) var image: NVMImage
    /// How often the contents changed.
    public private(set) var changes: UInt64 = 0
    /// What EECD reads.
    public private(set) var control = NVM.resetControl
    private var serial = SerialEEPROM()

    public init(_ image: NVMImage) { self.image = image }

    /// Puts EECD back and takes the pins from software; the contents stay.
    public mutating func reset() {
        control = NVM.resetControl
        serial.abandon()
    }

    /// - Returns: `nil` past the end.
    public func read(_ word: Int) -> UInt16? { (0..<NVMImage.wordCount).contains(word) ? image[word] : nil }

    /// A write of EERD.
    ///
    /// A read past the end never gets done; drivers give up after half a second of polling.
    /// - Returns: what the register holds from then on.
    public func readRequest(_ value: UInt32) -> UInt32 {
        let request = EERD(raw: value)
        var reply = EERD(raw: value & 0xFFFC)
        if request.starts, let data = read(request.address) {
            reply.data = data
            reply.isDone = true
        }
        return reply.raw
    }

    /// A write of EEWR, which has the layout of EERD. One past the end never gets done.
    /// - Returns: what the register holds from then on.
    public mutating func writeRequest(_ value: UInt32) -> UInt32 {
        let request = EERD(raw: value)
        var reply = EERD(raw: value & ~3)
        if request.starts, read(request.address) != nil {
            image[request.address] = request.data
            changes &+= 1
            reply.isDone = true
        }
        return reply.raw
    }

    /// A write of EECD. The pins are granted as soon as they are asked for.
    ///
    /// - Parameter now: nanoseconds; a write through the pins takes some time.
    /// - Returns: what the register holds from then on.
    @discardableResult
    public mutating func writeControl(_ value: UInt32, now: UInt64) -> UInt32 {
        control.raw = control.raw & ~NVM.writableControl | value & NVM.writableControl
        control.isGranted = control.isRequested
        // Without the grant the chip keeps the memory deselected.
        let pins = control.isGranted ? control.pins : .idle
        if serial.drive(pins, of: &image, now: now) { changes &+= 1 }
        control.dataOut = control.isGranted && serial.output
        return control.raw
    }

    /// EE_SK, EE_CS, EE_DI, FWE, EE_REQ.
    private static let writableControl: UInt32 = 0x77
    /// FWE = 01: flash writes disabled.
    private static let resetControl: EECD = {
        var control = EECD(raw: 0x10)
        control.isPresent = true
        control.isLoaded = true
        control.hasWideAddresses = true
        control.sizeExponent = sizeExponent
        return control
    }()
}
