// SPDX-License-Identifier: Apache-2.0

/// The EEPROM, its registers EERD, EEWR and EECD, and the semaphores that share it out, SWSM and SW_FW_SYNC.
///
/// Word numbers, contents and registers are those of the datasheet's "Non-Volatile Memory Map" and of its EEPROM/Flash
/// register section. The pins of EECD lead to a ``SerialEEPROM``.
///
/// A plain value: every stored property but ``factoryImage`` and ``faults`` is state that a saved device needs.
///
/// Not implemented: flash; the alternate address area of word 0x37, which drivers look up by themselves; the words that
/// the chip loads into configuration space, but for the station address (in the serial number) and the MSI-X table's size.
struct NVM: Sendable {
    /// EE_SIZE.
    static let sizeExponent: UInt32 = 2

    private(set) var image: NVMImage
    /// How often the contents changed.
    private(set) var changes: UInt64 = 0
    /// EECD as it reads.
    private(set) var control = NVM.resetControl
    /// EERD and EEWR as they read: the last request and its answer.
    private var readReply = EERD(raw: 0)
    private var writeReply = EERD(raw: 0)
    private var serial = SerialEEPROM()
    private(set) var semaphores = Semaphores()
    /// Injected on purpose.
    var faults = NVMFaults()
    /// What the contents go back to when the PF's client leaves; `nil` when they stay.
    private let factoryImage: NVMImage?

    /// - Parameter keepsChanges: what a driver writes outlives the PF's client.
    init(_ image: NVMImage, keepsChanges: Bool = true) {
        self.image = image
        factoryImage = keepsChanges ? nil : image
    }

    /// CTRL.RST and every stronger reset: the registers go back, and the pins are taken from software; the contents stay.
    mutating func reset() {
        (control, readReply, writeReply) = (NVM.resetControl, EERD(raw: 0), EERD(raw: 0))
        serial.abandon()
        semaphores.reset()
    }

    /// The PF's client has left, and takes its changes with it unless they are to be kept.
    mutating func powerCycle() {
        guard let factoryImage else { return }
        let faults = faults
        self = NVM(factoryImage, keepsChanges: false)
        self.faults = faults
    }

    /// The word of that number; `nil` past the end.
    func word(_ number: Int) -> UInt16? {
        (0..<NVMImage.wordCount).contains(number) ? image[number] : nil
    }

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

// MARK: Registers

extension NVM {
    /// A driver's read of one of the block's registers, with its side effects.
    mutating func read(_ entry: RegisterMap.Entry) -> UInt32 {
        entry.name == .SWSM ? semaphores.readSWSM() : stored(entry)
    }

    /// The value of one of the block's registers, without the side effects of a read.
    func stored(_ entry: RegisterMap.Entry) -> UInt32 {
        switch entry.name {
        case .EECD: control.raw
        case .EERD: readReply.raw
        case .EEWR: writeReply.raw
        case .SWSM: semaphores.swsm
        case .SW_FW_SYNC: semaphores.claims
        default: 0
        }
    }

    /// A driver's write of one of the block's registers.
    mutating func write(_ entry: RegisterMap.Entry, _ value: UInt32, now: UInt64) -> RegisterEffects {
        switch entry.name {
        case .EECD: writeControl(value, now: now)
        case .EERD: readReply = faults.spoil(readRequest(EERD(raw: value)), now: now)
        case .EEWR: writeReply = writeRequest(EERD(raw: value))
        case .SWSM: semaphores.writeSWSM(value)
        case .SW_FW_SYNC: semaphores.writeSWFWSYNC(value)
        default: break
        }
        return []
    }

    /// Answers a write of EERD.
    ///
    /// A read past the end never gets done; drivers give up after half a second of polling.
    /// - Returns: what the register holds from then on.
    func readRequest(_ request: EERD) -> EERD {
        var reply = EERD(raw: request.raw & 0xFFFC)
        if request.starts, let data = word(request.address) {
            reply.data = data
            reply.isDone = true
        }
        return reply
    }

    /// When ``finishLateRead(now:)`` has something to do, in nanoseconds; `nil` when no answer is late.
    var lateReadDeadline: UInt64? { faults.late?.due }

    /// Puts an answer that is late on purpose into EERD once it is due.
    mutating func finishLateRead(now: UInt64) {
        if let reply = faults.takeLate(now: now) { readReply = reply }
    }

    /// Does what a write of EEWR asks for. A write past the end never gets done.
    /// - Returns: what the register holds from then on.
    mutating func writeRequest(_ request: EERD) -> EERD {
        var reply = EERD(raw: request.raw & ~3)
        if request.starts, word(request.address) != nil {
            image[request.address] = request.data
            changes &+= 1
            reply.isDone = true
        }
        return reply
    }

    /// Writes EECD. The pins are granted as soon as they are asked for.
    ///
    /// - Parameter now: nanoseconds; a write through the pins takes some time.
    mutating func writeControl(_ value: UInt32, now: UInt64) {
        control.raw = control.raw & ~NVM.writableControl | value & NVM.writableControl
        control.isGranted = control.isRequested
        // Without the grant the chip keeps the memory deselected.
        let pins = control.isGranted ? control.pins : .idle
        if serial.drive(pins, of: &image, now: now) { changes &+= 1 }
        control.dataOut = control.isGranted && serial.output
    }

    /// EE_SK, EE_CS, EE_DI, FWE, EE_REQ.
    private static let writableControl: UInt32 = 0x77
}
