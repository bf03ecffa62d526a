// SPDX-License-Identifier: Apache-2.0

import PCIe

// Accesses, interrupts and resets on their way to those who watch the port.

extension Port {
    /// Tells the observers of an access, if there are any.
    @inline(__always)
    func note(_ access: @autoclosure () -> FunctionAccess) {
        guard !observers.isEmpty else { return }
        tell(access())
    }

    @inline(never)
    private func tell(_ access: FunctionAccess) { for observer in observers { observer.observe(access) } }

    func note(_ reset: PortReset) { for observer in observers { observer.observe(reset) } }
    func note(_ event: PortEvent) { for observer in observers { observer.observe(event) } }

    /// Where interrupts of `function` go: to its client, past the observers if there are any.
    func host(of function: Int) -> (any FunctionHost)? {
        let host = function == 0 ? functions.memory.host : functions.virtualMemories[function - 1].host
        guard !observers.isEmpty, let host else { return host }
        return ObservedHost(host, function, observers)
    }
}

/// Tells observers of the interrupts on their way to a client.
private final class ObservedHost: FunctionHost {
    private let inner: any FunctionHost
    private let function: Int
    private let observers: [any PortObserver]

    init(_ inner: any FunctionHost, _ function: Int, _ observers: [any PortObserver]) {
        (self.inner, self.function, self.observers) = (inner, function, observers)
    }

    private func tell(_ interrupt: FunctionInterrupt) {
        for observer in observers { observer.observe(interrupt, of: function) }
    }

    func sendMSIX(_ vector: Int) {
        tell(.msix(vector: vector))
        inner.sendMSIX(vector)
    }

    func sendMSI(_ vector: Int) {
        tell(.msi)
        inner.sendMSI(vector)
    }

    func setINTx(asserted: Bool) {
        tell(.intx(isAsserted: asserted))
        inner.setINTx(asserted: asserted)
    }

    func isMSIXPending(_ vector: Int) -> Bool { inner.isMSIXPending(vector) }
    func withdrawMSIX(_ vector: Int) { inner.withdrawMSIX(vector) }

    func readMemory(at address: UInt64, into buffer: inout MutableRawSpan) -> Bool {
        inner.readMemory(at: address, into: &buffer)
    }

    func writeMemory(at address: UInt64, _ bytes: RawSpan) -> Bool { inner.writeMemory(at: address, bytes) }
    var canWait: Bool { inner.canWait }
    func memoryLost() { inner.memoryLost() }
}
