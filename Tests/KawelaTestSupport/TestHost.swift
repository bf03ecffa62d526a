// SPDX-License-Identifier: Apache-2.0

import PCIe

/// Records the interrupts of a function; memory messages go to `memory` when there is one.
public final class TestHost: FunctionHost {
    public var msix: [Int] = []
    public var msi: [Int] = []
    public var isINTxAsserted = false
    public var assertions = 0
    public var memory: TestMemory?
    public var messages = 0
    /// How often it was told that guest memory is gone.
    public var memoryLosses = 0

    public struct Write: Equatable {
        public var address: UInt64
        public var byteCount: Int

        public init(address: UInt64, byteCount: Int) { (self.address, self.byteCount) = (address, byteCount) }
    }
    /// Writes to guest memory, in order.
    public var writes: [Write] = []

    public init() {}

    /// MSI-X vectors whose messages wait, as a transport keeps them while a vector is masked.
    public var pendingMSIX: Set<Int> = []

    public func sendMSIX(_ vector: Int) { msix.append(vector) }
    public func isMSIXPending(_ vector: Int) -> Bool { pendingMSIX.contains(vector) }
    public func withdrawMSIX(_ vector: Int) { pendingMSIX.remove(vector) }
    public func sendMSI(_ vector: Int) { msi.append(vector) }

    public func setINTx(asserted: Bool) {
        isINTxAsserted = asserted
        if asserted { assertions += 1 }
    }

    public func memoryLost() { memoryLosses += 1 }

    public var canWait = true
    /// Messages after which ``canWait`` becomes false.
    public var patience = Int.max

    private func countMessage() {
        messages += 1
        patience -= 1
        if patience == 0 { canWait = false }
    }

    public func readMemory(at address: UInt64, into buffer: inout MutableRawSpan) -> Bool {
        countMessage()
        guard let memory, Int(address) + buffer.byteCount <= memory.size else { return false }
        let content = memory.read(buffer.byteCount, at: address)
        buffer.withUnsafeMutableBytes { $0.copyBytes(from: content) }
        return true
    }

    public func writeMemory(at address: UInt64, _ bytes: RawSpan) -> Bool {
        countMessage()
        guard let memory, Int(address) + bytes.byteCount <= memory.size else { return false }
        writes.append(Write(address: address, byteCount: bytes.byteCount))
        memory.write(bytes.withUnsafeBytes { Array($0) }, at: address)
        return true
    }
}
