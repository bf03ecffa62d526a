// SPDX-License-Identifier: Apache-2.0

import Backends
import EmbeddedDriver
import HostSystem
import Intel82576
import Logging
import PCIe

/// A port with its uplink, its servers and if wanted its driver. While ``run()`` has not returned, only the thread that
/// called it touches the port; others use ``control``.
final class ServedPort {
    let control: PortControl
    private let log: Logger
    private let plan: ServePlan
    private let backend: any Backend
    private let kept: KeptNVM?
    private let trace: TraceFile?
    private let servers: [any FunctionServer]
    private let loop: EventLoop

    /// Leaves nothing behind when it throws.
    /// - Parameter mailbox: of the control socket, if there is one.
    init(_ plan: ServePlan, mailbox: ControlMailbox? = nil, log: Logger) throws(Failure) {
        var log = log
        if let name = plan.name { log[metadataKey: "port"] = "\(name)" }
        let control = try PortControl()
        var undo = Undo()
        do throws(Failure) {
            let uplink = try makeBackend(plan.uplink)
            let faultBackend =
                plan.faults == nil && mailbox == nil ? nil : FaultBackend(around: uplink, clock: monotonicNanoseconds)
            let backend: any Backend = faultBackend ?? uplink
            undo.steps.append { backend.close() }
            let kept = try makeKeptNVM(plan, log: log)
            undo.steps.append { kept?.close() }
            let port = try makePort(plan, kept, uplink: backend, log: log)
            let trace = try makeTrace(plan, of: port, log: log)
            undo.steps.append { trace?.close() }
            let driver = try makeDriver(plan, of: port, log: log)
            let faults = plan.faults ?? Faults()
            let injector = faultBackend.map { FaultInjector(faults, port, $0, servesPF: driver == nil, log: log) }
            servers = try makeServers(plan, of: injector?.functions ?? port.functions, log: log)
            let reload = Reload(plan: plan, log: log, inject: { injector?.take($0) }, apply: { driver?.apply($0) })
            let parts = ServedParts(
                plan: plan, port: port, backend: backend, servers: servers, injector: injector, reload: reload)
            let misuse = MisuseWatch(port, isOn: plan.watchesMisuse, log: log)
            let answers = mailbox.map { PortAnswers(parts, misuse, mailbox: $0) }
            loop = EventLoop(
                port: port, servers: servers, backend: backend, driver: driver, faults: injector, control: control,
                reload: { reload.take($0) }, answer: answers.map { answers in { answers.answer($0) } },
                afterTurn: {
                    kept?.keep(port)
                    trace?.write()
                    let reports = misuse.collect()
                    answers?.afterTurn(reports)
                }, isSynchronous: plan.isSynchronous, busyPolling: plan.busyPoll, log: log)
            (self.backend, self.kept, self.trace) = (backend, kept, trace)
        } catch {
            undo.run()
            throw error.located(at: plan.name)
        }
        (self.plan, self.control, self.log) = (plan, control, log)
    }

    private struct Undo {
        var steps: [() -> Void] = []

        func run() { for step in steps.reversed() { step() } }
    }

    /// Runs until ``PortControl/stop()``.
    func run() throws(Failure) {
        do throws(Failure) { try loop.run() } catch { throw error.located(at: plan.name) }
    }

    /// Removes its sockets and lets go of its files.
    func close() {
        for server in servers { server.close() }
        trace?.close()
        kept?.close()
        backend.close()
    }

    func announce() {
        let mac = kept?.image.macAddress ?? plan.mac
        let uplink = "uplink \(plan.uplink), link \(backend.isLinkUp ? "up" : "down")"
        for served in plan.served {
            switch served.function {
            case .pf: log.notice("serving \(mac) on \(served.path), \(uplink)")
            case .vf(let number):
                let address = plan.vfSettings.map { " \($0[number].address)" } ?? ""
                log.notice("serving VF \(number)\(address) on \(served.path)")
            }
        }
        if plan.vfSettings != nil { log.notice("driving the PF, \(uplink)") }
    }
}

/// The file that keeps the EEPROM, if one is asked for.
private func makeKeptNVM(_ plan: ServePlan, log: Logger) throws(Failure) -> KeptNVM? {
    guard let path = plan.nvm else { return nil }
    return try KeptNVM(path: path, address: plan.mac, isAddressGiven: plan.isMACGiven, log: log)
}

/// The trace, if one is asked for. Begun before anything is asked of the port.
private func makeTrace(_ plan: ServePlan, of port: Port, log: Logger) throws(Failure) -> TraceFile? {
    guard let path = plan.trace else { return nil }
    let header = TraceHeader(of: port, plan, time: monotonicNanoseconds(), isFromStart: true)
    return try TraceFile(path: path, header, of: port, clock: monotonicNanoseconds, log: log)
}

/// The embedded driver, if the PF is not a guest's.
private func makeDriver(_ plan: ServePlan, of port: Port, log: Logger) throws(Failure) -> EmbeddedDriver? {
    guard let settings = plan.vfSettings else { return nil }
    return try makeDriver(port.physicalFunction, settings, log: log)
}

private func makePort(
    _ plan: ServePlan, _ kept: KeptNVM?, uplink: any Backend, log: Logger
) throws(Failure) -> Port {
    let nvm = kept?.image ?? NVMImage(macAddress: plan.mac)
    var configuration = Port.Configuration(nvm: nvm, keepsNVM: kept != nil, virtualFunctions: plan.vfCount)
    configuration.isSynchronous = plan.isSynchronous
    configuration.expansionROM = try plan.rom.load(log: log)
    return Port(configuration, uplink: uplink, clock: monotonicNanoseconds)
}

/// Makes the server of each function; when one cannot be made, those made before it are closed.
/// - Parameter functions: the PF, then each VF.
private func makeServers(
    _ plan: ServePlan, of functions: [any Function], log: Logger
) throws(Failure) -> [any FunctionServer] {
    var servers: [any FunctionServer] = []
    let access = try makeAccess(plan)
    do throws(Failure) {
        for each in plan.served {
            var log = log
            if plan.served.count > 1 { log[metadataKey: "function"] = "\(each.function)" }
            servers.append(
                try makeServer(
                    path: each.path, function: functions[each.function.number], guestMemory: plan.guestMemory,
                    access: access, log: log))
        }
    } catch {
        for server in servers { server.close() }
        throw error
    }
    return servers
}

extension Port {
    /// The PF, then each VF.
    fileprivate var functions: [any Function] { [physicalFunction] + virtualFunctions }
}

extension ServePlan.Served.Function {
    /// 0 for the PF, v + 1 for VF v.
    var number: Int {
        switch self {
        case .pf: 0
        case .vf(let number): number + 1
        }
    }
}
