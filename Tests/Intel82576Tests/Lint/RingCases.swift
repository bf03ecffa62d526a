// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport

@testable import Intel82576

extension LintCase {
    static let rings = [
        LintCase(.ringBaseUnaligned) {
            $0.driver[raw: TDBAL.self, 2] = 0x9_0010
        } right: {
            $0.driver[raw: TDBAL.self, 2] = 0x1080
        },
        LintCase(.ringLengthUnaligned) {
            $0.driver[raw: RDLEN.self, 2] = 80
        } right: {
            $0.driver[raw: RDLEN.self, 2] = 128
        },
        LintCase(.ringChangedWhileEnabled) {
            serve($0)
            $0.driver[raw: RDLEN.self, 2] = 128
        } right: {
            serve($0)
            $0.driver[raw: RDLEN.self, 2] = 64 * 16
            $0.driver[raw: RXDCTL.self, 2] = 0
            $0.driver[raw: RDLEN.self, 2] = 128
        },
        LintCase(.headWrittenWhileEnabled) {
            serve($0)
            $0.driver[raw: RDH.self, 2] = 5
        } right: {
            serve($0)
            $0.driver[raw: RDH.self, 2] = 0
        },
        LintCase(.queueWithoutRing) {
            $0.driver[raw: RXDCTL.self, 3] = 1 << 25
        } right: {
            _ = $0.driver.makeReceiveRing(3)
        },
        LintCase(.tailOutsideRing) {
            _ = $0.driver.makeTransmitRing(2, count: 64)
            $0.driver[raw: TDT.self, 2] = 64
        } right: {
            $0.send()
        },
        LintCase(.tailWhileDisabled) {
            _ = $0.driver.makeTransmitRing(2)
            $0.driver[raw: TXDCTL.self, 2] = 0
            $0.driver[raw: TDT.self, 2] = 1
        } right: {
            _ = $0.driver.makeTransmitRing(2)
            $0.driver[raw: TXDCTL.self, 2] = 0
            $0.driver[raw: TDT.self, 2] = 0
        },
        LintCase(.tailPassesHead) {
            serve($0)
            $0.driver[raw: RDT.self, 2] = 62
        } right: {
            var ring = $0.driver.makeReceiveRing(0)
            $0.driver.enableReceive()
            for number in 0..<3 { $0.driver.arrive(TestDriver.frame(number)) }
            _ = $0.driver.takeAll(&ring)
        },
        LintCase(.busMasterOff) {
            $0.driver.stopMaster()
            _ = $0.driver.makeReceiveRing(2)
        } right: {
            _ = $0.driver.makeReceiveRing(2)
        },
    ]

    /// Receive queue 2 has a ring, and is served.
    private static func serve(_ bench: LintBench) {
        _ = bench.driver.makeReceiveRing(2)
        bench.driver.enableReceive()
    }

    private static let split: UInt32 = 2 | 4 << 8 | 2 << 25

    static let receive = [
        LintCase(.receiveFormatReserved) {
            $0.driver[raw: SRRCTL.self, 2] = 2 | 6 << 25
        } right: {
            $0.driver[raw: SRRCTL.self, 2] = 2 | 1 << 25
        },
        LintCase(.receiveFormatWhileEnabled) {
            serve($0)
            $0.driver[raw: SRRCTL.self, 2] = 1 | 1 << 25
        } right: {
            serve($0)
            $0.driver[raw: SRRCTL.self, 2] = 2 | 1 << 25 | 1 << 31
        },
        LintCase(.headerBufferSize) {
            $0.driver[raw: SRRCTL.self, 2] = 2 | 2 << 25
        } right: {
            $0.driver[raw: SRRCTL.self, 2] = split
        },
        LintCase(.headerBufferMissing) {
            $0.makeReceiveRing(split) { _, _ in }
        } right: {
            $0.makeReceiveRing(split) { $1.store($1.load(at: $0) + 1024, at: $0 + 8) }
        },
        LintCase(.receiveBufferUnwritable) {
            $0.makeReceiveRing(2 | 1 << 25) { $1.store(UInt64($1.size) - 1024, at: $0) }
        } right: {
            $0.makeReceiveRing(2 | 1 << 25) { $1.store(UInt64($1.size) - 2048, at: $0) }
        },
        LintCase(.receiveLimitTooLong) {
            $0.driver[raw: RLPML.self] = 9729
        } right: {
            $0.driver[raw: RLPML.self] = 9728
            $0.driver[raw: RLPML.self] = 0x3F00
        },
        LintCase(.queueModeReserved) {
            $0.driver[raw: MRQC.self] = 1
        } right: {
            $0.driver[raw: MRQC.self] = 2
        },
    ]
}
