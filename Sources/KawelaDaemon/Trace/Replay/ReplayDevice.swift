// SPDX-License-Identifier: Apache-2.0

import Intel82576
import PCIe

/// A fresh port like that of a trace, with nothing around it: no frames arrive, guest memory is not there, and time
/// stands where the trace says.
final class ReplayDevice {
    private final class Clock {
        var now: UInt64

        init(now: UInt64) { self.now = now }
    }

    private let clock: Clock
    private let uplink: SilentUplink
    private let watcher = DeviceLog()
    /// The client of all functions, which know it only weakly.
    private let host = UnpluggedHost()
    let port: Port
    /// The PF, then each VF.
    let functions: [any Function]

    init(_ header: TraceHeader) {
        let clock = Clock(now: header.time)
        uplink = SilentUplink(isLinkUp: header.hasCarrier)
        port = Port(header.configuration, uplink: uplink, clock: { clock.now })
        self.clock = clock
        functions = [port.physicalFunction] + port.virtualFunctions
        for function in functions { function.attach(host) }
        port.observers = [watcher]
    }

    deinit { for function in functions { function.detach() } }

    /// Nanoseconds of the port's clock.
    var now: UInt64 {
        get { clock.now }
        set { clock.now = newValue }
    }

    /// Interrupts that it sent since the last call.
    func takeInterrupts() -> [(interrupt: FunctionInterrupt, function: Int)] {
        defer { watcher.sent = [] }
        return watcher.sent
    }

    /// Whether it did this reset by itself since the last call of ``forgetResets()``.
    func didReset(_ reset: PortReset) -> Bool { watcher.resets.contains(reset) }

    func forgetResets() { watcher.resets = [] }

    /// Whether frames may bring this interrupt about, or keep it back: all of the PF's, whose causes are many, and those of a
    /// VF's vectors that its queues have.
    func mayReportFrames(_ interrupt: FunctionInterrupt, of function: Int) -> Bool {
        guard function > 0, case .msix(let vector) = interrupt, let offset = IVAR.window?.offset,
            let vectors = port.peekVirtual(function - 1, Int(offset))
        else { return true }
        let queues = IVAR(raw: vectors)
        return [queues.receive, queues.transmit, queues.secondReceive, queues.secondTransmit].contains {
            $0.isValid && $0.vector == vector
        }
    }

    /// The client of a function goes, and the next one is there.
    func replaceClient(of function: Int) {
        functions[function].detach()
        functions[function].attach(host)
    }

    func setCarrier(_ isUp: Bool) {
        uplink.isLinkUp = isUp
        port.uplinkLinkChanged()
    }

    func write(_ access: FunctionAccess) {
        let function = functions[access.function]
        switch access.space {
        case .configuration:
            function.writeConfiguration(
                at: access.offset, width: access.width, UInt32(truncatingIfNeeded: access.value))
        case .bar(let bar): function.writeBAR(bar, at: access.offset, width: access.width, access.value)
        }
    }

    func read(_ access: FunctionAccess) -> UInt64 {
        let function = functions[access.function]
        return switch access.space {
        case .configuration: UInt64(function.readConfiguration(at: access.offset, width: access.width))
        case .bar(let bar): function.readBAR(bar, at: access.offset, width: access.width)
        }
    }
}

private final class DeviceLog: PortObserver {
    var sent: [(interrupt: FunctionInterrupt, function: Int)] = []
    var resets: [PortReset] = []

    func observe(_ interrupt: FunctionInterrupt, of function: Int) { sent.append((interrupt, function)) }
    func observe(_ reset: PortReset) { resets.append(reset) }
}

/// A wire without frames.
private final class SilentUplink: Uplink {
    let offloads: UplinkOffloads = []
    let isCongested = false
    var isLinkUp: Bool

    init(isLinkUp: Bool) { self.isLinkUp = isLinkUp }

    func transmit(_ batch: inout FrameBatch) {}
    func receive(into batch: inout FrameBatch) {}
}
