// SPDX-License-Identifier: Apache-2.0

/// What a driver can do wrong that ``Lint`` reports. The raw values are the names that users see.
package enum MisuseRule: String, CaseIterable, Sendable {
    // Register accesses
    case accessWidth = "access-width"
    case accessInD3 = "access-in-d3"
    case holeWritten = "hole-written"
    case holeRead = "hole-read"
    case absentRegisterWritten = "absent-register-written"
    case absentRegisterRead = "absent-register-read"
    case unimplementedRegister = "unimplemented-register"
    case readOnlyRegisterWritten = "read-only-register-written"
    case counterWritten = "counter-written"
    case reservedBits = "reserved-bits"
    // Descriptor rings
    case ringBaseUnaligned = "ring-base-unaligned"
    case ringLengthUnaligned = "ring-length-unaligned"
    case ringChangedWhileEnabled = "ring-changed-while-enabled"
    case headWrittenWhileEnabled = "head-written-while-enabled"
    case queueWithoutRing = "queue-without-ring"
    case tailOutsideRing = "tail-outside-ring"
    case tailWhileDisabled = "tail-while-disabled"
    case tailPassesHead = "tail-passes-head"
    case busMasterOff = "bus-master-off"
    // Receive
    case receiveFormatReserved = "receive-format-reserved"
    case receiveFormatWhileEnabled = "receive-format-while-enabled"
    case headerBufferSize = "header-buffer-size"
    case headerBufferMissing = "header-buffer-missing"
    case receiveBufferUnwritable = "receive-buffer-unwritable"
    case receiveLimitTooLong = "receive-limit-too-long"
    case queueModeReserved = "queue-mode-reserved"
    // Transmit descriptors
    case descriptorTypeReserved = "descriptor-type-reserved"
    case mixedDescriptorFormats = "mixed-descriptor-formats"
    case contextMissing = "context-missing"
    case contextSlot = "context-slot"
    case contextLengths = "context-lengths"
    case ipChecksumOfIPv6 = "ip-checksum-of-ipv6"
    case transportTypeReserved = "transport-type-reserved"
    case segmentSizeZero = "segment-size-zero"
    case segmentHeader = "segment-header"
    case segmentTooLong = "segment-too-long"
    case payloadLength = "payload-length"
    case frameLength = "frame-length"
    case endOfPacketMissing = "end-of-packet-missing"
    case transmitBufferUnreadable = "transmit-buffer-unreadable"
    case checksumOutsideFrame = "checksum-outside-frame"
    case statusNotReported = "status-not-reported"
    // Interrupts
    case vectorBeyondTable = "vector-beyond-table"
    case multipleMSIXWithoutMSIX = "multiple-msix-without-msix"
    case acknowledgedTwice = "acknowledged-twice"
    // Mailbox
    case mailboxNotOwned = "mailbox-not-owned"
    case mailboxWithoutMessage = "mailbox-without-message"
    case mailboxAckWithoutRequest = "mailbox-ack-without-request"
    // Resets and configuration space
    case resetWithDMA = "reset-with-dma"
    case resetNotAwaited = "reset-not-awaited"
    case queueBeforeResetDone = "queue-before-reset-done"
    case vfCountWhileEnabled = "vf-count-while-enabled"
    case msiAndMSIX = "msi-and-msix"
    case barWhileDecoding = "bar-while-decoding"
    // EEPROM and PHY
    case semaphoreSkipped = "semaphore-skipped"
    case phyNotClaimed = "phy-not-claimed"
    case mdicOperationReserved = "mdic-operation-reserved"
    case eepromAddress = "eeprom-address"
    case eepromPinsNotGranted = "eeprom-pins-not-granted"
    // Filters, flow control, rates
    case emptyStationAddress = "empty-station-address"
    case duplicateVLANEntry = "duplicate-vlan-entry"
    case flowControlWatermarks = "flow-control-watermarks"
    case rateWithoutFactor = "rate-without-factor"

    package enum Severity: String, Sendable {
        /// The datasheet forbids it, or the chip does not do what the driver seems to want.
        case misuse
        /// Drivers in use do it and get away with it, or it is a gap of this implementation. Told once for each place.
        case remark
    }

    package struct Definition: Sendable {
        package var severity = Severity.misuse
        /// What a driver does, one line.
        package var title: String
        /// What would have been right.
        package var advice: String
        /// The section of the datasheet.
        package var section: String
        /// What passes although it may look wrong, and who does it.
        package var tolerance = ""

        init(
            _ title: String, right advice: String, section: String, severity: Severity = .misuse,
            passes tolerance: String = ""
        ) {
            (self.severity, self.title, self.advice) = (severity, title, advice)
            (self.section, self.tolerance) = (section, tolerance)
        }
    }

    typealias Group = KeyValuePairs<MisuseRule, Definition>

    /// All rules under the headings of the documentation.
    static let groups: [(title: String, rules: Group)] = [
        ("Register accesses", accesses), ("Descriptor rings", rings), ("Receive", receive),
        ("Transmit descriptors", transmit), ("Interrupts", interrupts), ("Mailbox", mailbox),
        ("Resets and configuration space", resets), ("EEPROM and PHY", eepromAndPHY),
        ("Filters, flow control, rates", filters),
    ]

    private static let definitions = [MisuseRule: Definition](
        uniqueKeysWithValues: groups.flatMap { group in group.rules.map { ($0.key, $0.value) } })

    package var definition: Definition {
        guard let definition = Self.definitions[self] else { preconditionFailure("rule \(self) is not defined") }
        return definition
    }

    package var severity: Severity { definition.severity }
}
