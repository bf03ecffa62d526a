// SPDX-License-Identifier: Apache-2.0

/// A client whose interrupts lead nowhere, and who has no memory but what is mapped.
package final class UnpluggedHost: FunctionHost {
    package let canWait = false

    package init() {}

    package func sendMSIX(_ vector: Int) {}
    package func isMSIXPending(_ vector: Int) -> Bool { false }
    package func withdrawMSIX(_ vector: Int) {}
    package func sendMSI(_ vector: Int) {}
    package func setINTx(asserted: Bool) {}
    package func readMemory(at address: UInt64, into buffer: inout MutableRawSpan) -> Bool { false }
    package func writeMemory(at address: UInt64, _ bytes: RawSpan) -> Bool { false }
    package func memoryLost() {}
}
