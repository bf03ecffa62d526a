// SPDX-License-Identifier: Apache-2.0

import Intel82576
import PCIe

/// The driver of a physical function that has VFs and no guest: sets the device up, and answers the mailbox of each VF.
///
/// It uses nothing but what a guest's driver has: configuration space, BAR 0 and 3, and an interrupt. So a VF finds what it
/// finds under Linux' igb, and its stock driver works. The VFs share the port: there is no PF traffic and no default
/// pool; a unicast frame nobody has the address of is dropped.
///
/// Its owner calls ``service()`` in its event loop. The device may call ``sendMSIX(_:)`` at any time, also from inside
/// the driver's own register accesses, so that only takes a note.
///
/// VFs are not trusted. One call does at most one request of each; tables that VFs share keep room for each of them;
/// what is asked for too often is refused without a word.
///
/// Not there: receive-side scaling inside a VF (the 82576's VF drivers have none), the statistics of VFs, mirroring,
/// storm control, and a choice of VLAN protocol (802.1ad).
///
/// - Datasheet: 7.10 (virtualization), 4.5.11 (initialization), 8.14 (registers)
package final class EmbeddedDriver {
    let registers: DeviceRegisters
    let mailboxes: VFMailboxes
    private let clock: () -> UInt64
    private let report: (DriverEvent) -> Void

    var virtualFunctions: [VirtualFunction]
    var addresses: AddressTable
    var vlans: VLANTable
    var multicasts: MulticastTable
    var link = Link(isUp: false, speed: 1000)
    /// The device sent an interrupt since its causes were last read.
    private var isInterrupted = true

    /// Takes the function over and starts it.
    ///
    /// - Parameters:
    ///   - settings: one for each VF, 1 to 8.
    ///   - clock: nanoseconds of a monotonic clock.
    ///   - report: what happens, for a log. Called from inside the driver, which it must not call.
    package init(
        _ function: any Function, settings: [VFSettings], clock: @escaping () -> UInt64,
        report: @escaping (DriverEvent) -> Void
    ) throws(StartError) {
        registers = DeviceRegisters(function: function)
        mailboxes = VFMailboxes(registers: registers)
        (self.clock, self.report) = (clock, report)
        virtualFunctions = settings.map { VirtualFunction($0) }
        addresses = AddressTable(vfCount: settings.count, registers: registers)
        vlans = VLANTable(vfCount: settings.count, registers: registers)
        multicasts = MulticastTable(vfCount: settings.count, registers: registers)
        function.attach(self)
        do throws(StartError) {
            try start()
        } catch {
            function.detach()
            throw error
        }
    }

    var now: UInt64 { clock() }

    /// Reports `event` to the owner, unless there were too many events about `vf` lately.
    func tell(_ event: DriverEvent, about vf: Int? = nil) {
        if let vf, !virtualFunctions[vf].eventRateLimit.take(at: now) { return }
        report(event)
    }
}

// MARK: The owner's calls

extension EmbeddedDriver {
    /// Whether there is work for ``service()``.
    package var hasWork: Bool { isInterrupted }

    /// When ``service()`` has to be called next without an interrupt; `nil` when nothing waits.
    package var nextDeadline: UInt64? { virtualFunctions.compactMap { noticeDeadline(of: $0) }.min() }

    /// Reads the device's interrupt causes and answers requests of VFs: a bounded amount of work, and next to none without a cause.
    package func service() {
        guard isInterrupted || nextDeadline.map({ $0 <= now }) == true else { return }
        isInterrupted = false
        let causes = registers[ICR.self].causes
        let events = mailboxes.takeEvents()
        if causes.contains(.linkStatusChange) { followLink() }
        for vf in virtualFunctions.indices {
            if events.resets >> vf & 1 == 1 { handleReset(of: vf) }
            if events.requests >> vf & 1 == 1 { handleRequest(of: vf) }
            if events.acknowledgements >> vf & 1 == 1 { handleAcknowledgement(of: vf) }
        }
        if causes.contains(.outOfSync) { reportSpoofing() }
        sendNotices()
    }
}

// MARK: The device's calls

extension EmbeddedDriver: FunctionHost {
    package func sendMSIX(_ vector: Int) { isInterrupted = true }
    package func sendMSI(_ vector: Int) { isInterrupted = true }
    /// No vector is masked.
    package func isMSIXPending(_ vector: Int) -> Bool { false }
    package func withdrawMSIX(_ vector: Int) {}
    package func setINTx(asserted: Bool) { isInterrupted = isInterrupted || asserted }

    /// The driver has no memory: the PF's queues stay off.
    package func readMemory(at address: UInt64, into buffer: inout MutableRawSpan) -> Bool { false }
    package func writeMemory(at address: UInt64, _ bytes: RawSpan) -> Bool { false }
    package func memoryLost() {}
    package var canWait: Bool { true }
}
