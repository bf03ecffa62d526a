// SPDX-License-Identifier: Apache-2.0

/// Advanced Error Reporting of an endpoint without end-to-end CRC and without multiple header recording.
///
/// All its status, mask and severity bits are sticky. No error is ever reported through it here.
///
/// - Specification: PCI Express Base Specification 3.0, 7.10
package struct AER: Capability, Equatable {
    /// The uncorrectable errors that the function can report.
    package var uncorrectableErrors: UncorrectableErrors
    /// Uncorrectable Error Severity after power-on: a one is a fatal error. May hold reserved bits, read-only.
    package var severity: UncorrectableErrors
    /// The correctable errors that the function can report.
    package var correctableErrors: CorrectableErrors
    /// Correctable Error Mask after power-on.
    package var correctableMask: CorrectableErrors

    package init(
        uncorrectableErrors: UncorrectableErrors, severity: UncorrectableErrors,
        correctableErrors: CorrectableErrors, correctableMask: CorrectableErrors
    ) {
        (self.uncorrectableErrors, self.severity) = (uncorrectableErrors, severity)
        (self.correctableErrors, self.correctableMask) = (correctableErrors, correctableMask)
    }

    private enum Offset {
        static let uncorrectableStatus = 0x04
        static let uncorrectableMask = 0x08
        static let uncorrectableSeverity = 0x0C
        static let correctableStatus = 0x10
        static let correctableMask = 0x14
        static let control = 0x18
        static let headerLog = 0x1C
    }

    package func install(in space: inout ConfigurationSpace, at offset: Int) {
        space.append(self, .extended(.advancedErrorReporting, version: 1), at: offset)
        let (uncorrectable, correctable) = (uncorrectableErrors.rawValue, correctableErrors.rawValue)
        space.define(
            at: offset + Offset.uncorrectableStatus, UInt32(0), clearedByOne: uncorrectable, sticky: uncorrectable)
        space.define(at: offset + Offset.uncorrectableMask, UInt32(0), writable: uncorrectable, sticky: uncorrectable)
        space.define(
            at: offset + Offset.uncorrectableSeverity, severity.rawValue, writable: uncorrectable, sticky: uncorrectable
        )
        space.define(at: offset + Offset.correctableStatus, UInt32(0), clearedByOne: correctable, sticky: correctable)
        space.define(
            at: offset + Offset.correctableMask, correctableMask.rawValue, writable: correctable, sticky: correctable)
        space.define(at: offset + Offset.control, UInt32(0), sticky: 0x1F)
        for word in 0..<4 { space.define(at: offset + Offset.headerLog + 4 * word, UInt32(0), sticky: .max) }
    }
}

extension AER {
    /// Bits of the Uncorrectable Error Status, Mask and Severity registers.
    package struct UncorrectableErrors: OptionSet, Sendable {
        package let rawValue: UInt32
        package init(rawValue: UInt32) { self.rawValue = rawValue }

        /// Bit 4.
        package static let dataLinkProtocol = UncorrectableErrors(rawValue: 1 << 4)
        /// Bit 12.
        package static let poisonedTLP = UncorrectableErrors(rawValue: 1 << 12)
        /// Bit 13.
        package static let flowControlProtocol = UncorrectableErrors(rawValue: 1 << 13)
        /// Bit 14.
        package static let completionTimeout = UncorrectableErrors(rawValue: 1 << 14)
        /// Bit 15.
        package static let completerAbort = UncorrectableErrors(rawValue: 1 << 15)
        /// Bit 16.
        package static let unexpectedCompletion = UncorrectableErrors(rawValue: 1 << 16)
        /// Bit 17.
        package static let receiverOverflow = UncorrectableErrors(rawValue: 1 << 17)
        /// Bit 18.
        package static let malformedTLP = UncorrectableErrors(rawValue: 1 << 18)
        /// Bit 20.
        package static let unsupportedRequest = UncorrectableErrors(rawValue: 1 << 20)
    }

    /// Bits of the Correctable Error Status and Mask registers.
    package struct CorrectableErrors: OptionSet, Sendable {
        package let rawValue: UInt32
        package init(rawValue: UInt32) { self.rawValue = rawValue }

        /// Bit 0.
        package static let receiver = CorrectableErrors(rawValue: 1 << 0)
        /// Bit 6.
        package static let badTLP = CorrectableErrors(rawValue: 1 << 6)
        /// Bit 7.
        package static let badDLLP = CorrectableErrors(rawValue: 1 << 7)
        /// Bit 8.
        package static let replayNumberRollover = CorrectableErrors(rawValue: 1 << 8)
        /// Bit 12.
        package static let replayTimeout = CorrectableErrors(rawValue: 1 << 12)
        /// Bit 13.
        package static let advisoryNonFatal = CorrectableErrors(rawValue: 1 << 13)
    }
}
