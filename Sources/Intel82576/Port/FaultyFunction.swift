// SPDX-License-Identifier: Apache-2.0

import PCIe

/// A function with faults in between: interrupts that are lost, and a time for which it is not there at all.
///
/// While it is gone it answers as the root complex does for a device that was pulled out: reads give ones, writes do
/// nothing. It reaches no memory and sends nothing.
final class FaultyFunction: Function {
    private let inner: any Function
    /// Takes the inner function's interrupts.
    private let faultyHost = FaultyHost()
    /// The function was pulled out.
    private(set) var isGone = false

    init(_ inner: any Function) { self.inner = inner }

    /// The client there is.
    var host: (any FunctionHost)? { faultyHost.inner }
    /// Decides which messages are lost.
    var lostInterrupts: FaultSequence? {
        get { faultyHost.sequence }
        set { faultyHost.sequence = newValue }
    }

    /// The vectors whose message was lost since the last call, a bit each.
    func takeLostVectors() -> UInt32 {
        defer { faultyHost.lostVectors = 0 }
        return faultyHost.lostVectors
    }

    /// Pulls the function out, or puts it back, which is as new then.
    func setGone(_ isGone: Bool) {
        guard isGone != self.isGone else { return }
        inner.reset()
        (self.isGone, faultyHost.isGone) = (isGone, isGone)
    }

    // MARK: Function

    var barSizes: [Int] { inner.barSizes }
    var interruptCounts: InterruptCounts { inner.interruptCounts }
    var expansionROM: ExpansionROM? { isGone ? nil : inner.expansionROM }

    func readConfiguration(at offset: Int, width: Int) -> UInt32 {
        isGone ? .max &>> UInt32(32 - 8 * width) : inner.readConfiguration(at: offset, width: width)
    }

    func writeConfiguration(at offset: Int, width: Int, _ value: UInt32) {
        if !isGone { inner.writeConfiguration(at: offset, width: width, value) }
    }

    func readBAR(_ bar: Int, at offset: Int, width: Int) -> UInt64 {
        isGone ? .max &>> UInt64(64 - 8 * width) : inner.readBAR(bar, at: offset, width: width)
    }

    func writeBAR(_ bar: Int, at offset: Int, width: Int, _ value: UInt64) {
        if !isGone { inner.writeBAR(bar, at: offset, width: width, value) }
    }

    func attach(_ host: any FunctionHost) {
        faultyHost.inner = host
        inner.attach(faultyHost)
    }

    func detach() {
        inner.detach()
        faultyHost.inner = nil
    }

    func reset() { inner.reset() }
    func map(_ mapping: DMAMapping) throws(DMAMappingError) { try inner.map(mapping) }

    func unmap(address: UInt64, size: UInt64) throws(DMAMappingError) -> UInt64 {
        try inner.unmap(address: address, size: size)
    }

    func unmapAll() { inner.unmapAll() }
}

/// A host that loses interrupts on their way to it.
private final class FaultyHost: FunctionHost {
    weak var inner: (any FunctionHost)?
    var sequence: FaultSequence?
    var lostVectors: UInt32 = 0
    var isGone = false

    private func isLost(_ vector: Int) -> Bool {
        if isGone { return true }
        guard sequence.strikes() else { return false }
        lostVectors |= 1 &<< UInt32(truncatingIfNeeded: vector)
        return true
    }

    func sendMSIX(_ vector: Int) { if !isLost(vector) { inner?.sendMSIX(vector) } }
    func isMSIXPending(_ vector: Int) -> Bool { !isGone && inner?.isMSIXPending(vector) ?? false }
    func withdrawMSIX(_ vector: Int) { inner?.withdrawMSIX(vector) }
    func sendMSI(_ vector: Int) { if !isLost(vector) { inner?.sendMSI(vector) } }
    func setINTx(asserted: Bool) { if !asserted || !isLost(0) { inner?.setINTx(asserted: asserted) } }

    func readMemory(at address: UInt64, into buffer: inout MutableRawSpan) -> Bool {
        inner?.readMemory(at: address, into: &buffer) ?? false
    }

    func writeMemory(at address: UInt64, _ bytes: RawSpan) -> Bool { inner?.writeMemory(at: address, bytes) ?? false }

    var canWait: Bool { inner?.canWait ?? true }

    func memoryLost() { inner?.memoryLost() }
}
