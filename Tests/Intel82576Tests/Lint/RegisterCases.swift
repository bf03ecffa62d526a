// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport

@testable import Intel82576

extension LintCase {
    static let accesses = [
        LintCase(.accessWidth) {
            _ = $0.driver.function.readBAR(0, at: RCTL.offset, width: 2)
        } right: {
            _ = $0.driver[raw: RCTL.self]
        },
        LintCase(.accessInD3) {
            $0.driver.function.writeConfiguration(at: 0x44, width: 2, 3)
            _ = $0.driver[raw: CTRL.self]
        } right: {
            $0.driver.function.writeConfiguration(at: 0x44, width: 2, 3)
            $0.driver.function.writeConfiguration(at: 0x44, width: 2, 0)
            _ = $0.driver[raw: CTRL.self]
        },
        LintCase(.holeWritten) {
            $0.driver[LintBench.hole] = 1
        } right: {
            $0.driver[raw: LEDCTL.self] = 1
        },
        LintCase(.holeRead) {
            _ = $0.driver[LintBench.hole]
        } right: {
            _ = $0.driver[raw: LEDCTL.self]
        },
        LintCase(.absentRegisterWritten) {
            $0.driver[.PHPM] = 1
        } right: {
            $0.driver[raw: LEDCTL.self] = 1
        },
        LintCase(.absentRegisterRead) {
            _ = $0.driver[.PHPM]
        } right: {
            _ = $0.driver[raw: LEDCTL.self]
        },
        LintCase(.unimplementedRegister) {
            $0.driver[.WUC] = 1
        } right: {
            _ = $0.driver[.WUC]
        },
        LintCase(.readOnlyRegisterWritten) {
            $0.driver[.FWSM] = 1
        } right: {
            _ = $0.driver[.FWSM]
            $0.driver[raw: STATUS.self] = 0
        },
        LintCase(.counterWritten) {
            $0.driver[.GPRC] = 0
        } right: {
            _ = $0.driver[.GPRC]
        },
        LintCase(.reservedBits) {
            $0.driver[raw: RCTL.self] = 0x0400_8402
        } right: {
            $0.driver[raw: RCTL.self] = 0x0400_8002
            $0.driver[raw: IMC.self] = .max
            $0.driver[raw: EITR.self] = 0xFFFF
            $0.makeVF()[raw: IVAR.self] = 0x8081
        },
    ]

    static let interrupts = [
        LintCase(.vectorBeyondTable) {
            $0.driver.enableMSIX()
            $0.driver[raw: IVAR.self] = 0x8A
        } right: {
            $0.driver.enableMSIX()
            $0.driver[raw: IVAR.self] = 0x89
        },
        LintCase(.multipleMSIXWithoutMSIX) {
            $0.driver[raw: GPIE.self] = 0x10
        } right: {
            $0.driver.enableMSIX()
        },
        LintCase(.acknowledgedTwice) {
            $0.driver[raw: EICR.self] = 1
        } right: {
            $0.driver[raw: EICS.self] = 1
            $0.driver[raw: EICR.self] = 1
            $0.driver[raw: VFLRE.self] = 0xFF
        },
        LintCase(.acknowledgedTwice) {
            resetWithRequest(on: $0)
            _ = $0.driver[raw: MBVFICR.self]
            $0.driver[raw: MBVFICR.self] = 1
        } right: {
            resetWithRequest(on: $0)
            $0.driver[raw: MBVFICR.self] = 1
            $0.driver[raw: PFMAILBOX.self] = 2
        },
    ]

    static let mailbox = [
        LintCase(.mailboxNotOwned) {
            $0.makeVF()[raw: VMBMEM.self] = 1
        } right: {
            sendRequest(on: $0)
        },
        LintCase(.mailboxWithoutMessage) {
            let function = $0.makeVF()
            function[raw: VFMAILBOX.self] = 4
            function[raw: VFMAILBOX.self] = 1
        } right: {
            sendRequest(on: $0)
            $0.driver[raw: PFMAILBOX.self] = 8
            $0.driver[raw: VMBMEM.self] = 0x8000_0001
            $0.driver[raw: PFMAILBOX.self] = 1
        },
        LintCase(.mailboxAckWithoutRequest) {
            _ = $0.makeVF()
            _ = $0.driver[raw: MBVFICR.self]
            $0.driver[raw: PFMAILBOX.self] = 2
        } right: {
            sendRequest(on: $0)
            $0.driver[raw: PFMAILBOX.self] = 2
        },
    ]

    @discardableResult
    private static func sendRequest(on bench: LintBench) -> TestVirtualFunction {
        let function = bench.makeVF()
        function[raw: VFMAILBOX.self] = 4
        function[raw: VMBMEM.self] = 1
        function[raw: VFMAILBOX.self] = 1
        return function
    }

    /// The PF sees a request of VF 0, which then resets itself.
    private static func resetWithRequest(on bench: LintBench) {
        let function = sendRequest(on: bench)
        _ = bench.driver[raw: MBVFICR.self]
        function[raw: PVTCTRL.self] = 1 << 26
    }

    static let resets = [
        LintCase(.resetWithDMA) {
            _ = $0.driver.makeTransmitRing(2)
            $0.driver[raw: CTRL.self] = 0x0400_0000
        } right: {
            _ = $0.driver.makeTransmitRing(2)
            $0.driver[CTRL.self].disablesMaster = true
            $0.driver[raw: CTRL.self] = 0x0400_0004
        },
        LintCase(.resetNotAwaited) {
            $0.driver[raw: CTRL.self] = 0x0400_0000
            $0.driver[raw: IMC.self] = .max
            $0.driver[raw: LEDCTL.self] = 1
        } right: {
            $0.driver[raw: CTRL.self] = 0x0400_0000
            _ = $0.driver[raw: EECD.self]
            $0.driver[raw: LEDCTL.self] = 1
            $0.driver[raw: CTRL.self] = 0x0400_0000
            $0.driver.clock.now += 1_000_000
            $0.driver[raw: LEDCTL.self] = 1
        },
        LintCase(.queueBeforeResetDone) {
            _ = $0.makeVF(isReady: false).makeTransmitRing()
        } right: {
            _ = $0.makeVF().makeTransmitRing()
        },
        LintCase(.vfCountWhileEnabled) {
            $0.driver.enableVirtualFunctions(2)
            $0.driver.function.writeConfiguration(at: 0x170, width: 2, 1)
        } right: {
            $0.driver.enableVirtualFunctions(2)
            $0.driver.enableVirtualFunctions(1)
        },
        LintCase(.msiAndMSIX) {
            $0.driver.setMSIX(true)
            $0.driver.setMSI(true)
        } right: {
            $0.driver.setMSIX(true)
            $0.driver.setMSIX(false)
            $0.driver.setMSI(true)
        },
        LintCase(.barWhileDecoding) {
            $0.driver.function.writeConfiguration(at: 0x10, width: 4, 0xFEB0_0000)
        } right: {
            $0.driver.function.writeConfiguration(at: 4, width: 2, 0)
            $0.driver.function.writeConfiguration(at: 0x10, width: 4, 0xFEB0_0000)
        },
    ]

    static let eepromAndPHY = [
        LintCase(.semaphoreSkipped) {
            $0.driver[raw: SW_FW_SYNC.self] = 1
        } right: {
            $0.claimPHY()
        },
        LintCase(.phyNotClaimed) {
            _ = $0.driver.readPHY(1)
        } right: {
            $0.claimPHY()
            _ = $0.driver.readPHY(1)
        },
        LintCase(.mdicOperationReserved) {
            $0.claimPHY()
            $0.driver[raw: MDIC.self] = 1 << 21
        } right: {
            $0.claimPHY()
            $0.driver.writePHY(4, 0x0DE1)
        },
        LintCase(.eepromAddress) {
            $0.driver[raw: EERD.self] = 256 << 2 | 1
        } right: {
            $0.driver[raw: EERD.self] = 255 << 2 | 1
        },
        LintCase(.eepromPinsNotGranted) {
            $0.driver[raw: EECD.self] = 1
        } right: {
            $0.driver[raw: EECD.self] = 0x40
            $0.driver[raw: EECD.self] = 0x41
        },
    ]

    static let filters = [
        LintCase(.emptyStationAddress) {
            $0.driver[raw: RAH.self, 3] = 0x8000_0000
        } right: {
            $0.driver[raw: RAL.self, 3] = 2
            $0.driver[raw: RAH.self, 3] = 0x8000_0000
        },
        LintCase(.duplicateVLANEntry) {
            ($0.driver[raw: VLVF.self, 1], $0.driver[raw: VLVF.self, 2]) = (0x8000_1005, 0x8000_2005)
        } right: {
            ($0.driver[raw: VLVF.self, 1], $0.driver[raw: VLVF.self, 2]) = (0x8000_1005, 0x8000_2006)
            $0.driver[raw: VLVF.self, 1] = 0x8000_3005
        },
        LintCase(.flowControlWatermarks) {
            $0.driver[CTRL.self].transmitsPause = true
        } right: {
            ($0.driver[raw: FCRTL.self], $0.driver[raw: FCRTH.self]) = (0x1000, 0x2000)
            $0.driver[CTRL.self].transmitsPause = true
        },
        LintCase(.rateWithoutFactor) {
            $0.driver[raw: RTTBCNRC.self] = 1 << 31
        } right: {
            $0.driver[raw: RTTBCNRC.self] = 1 << 31 | 10 << 14
        },
    ]
}
