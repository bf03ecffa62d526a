// SPDX-License-Identifier: Apache-2.0

import Backends
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
    private let servers: [any FunctionServer]
    private let loop: EventLoop

    /// Leaves nothing behind when it throws.
    init(_ plan: ServePlan, log: Logger) throws(Failure) {
        var log = log
        if let name = plan.name { log[metadataKey: "port"] = "\(name)" }
        let control = try PortControl()
        var undo = Undo()
        do throws(Failure) {
            let uplink = try makeBackend(plan.uplink)
            let faultBackend = plan.faults.map { _ in FaultBackend(around: uplink, clock: monotonicNanoseconds) }
            let backend: any Backend = faultBackend ?? uplink
            undo.steps.append { backend.close() }
            let kept = try plan.nvm.map { path throws(Failure) in
                try KeptNVM(path: path, address: plan.mac, isAddressGiven: plan.isMACGiven, log: log)
            }
            undo.steps.append { kept?.close() }
            let port = makePort(plan, kept, uplink: backend)
            let driver = try plan.vfSettings.map { settings throws(Failure) in
                try makeDriver(port.physicalFunction, settings, log: log)
            }
            let injector = faultBackend.map { backend in
                FaultInjector(plan.faults ?? Faults(), port, backend, servesPF: driver == nil, log: log)
            }
            servers = try makeServers(plan, of: injector?.functions ?? port.functions, log: log)
            let reload = Reload(plan: plan, log: log, inject: { injector?.take($0) }, apply: { driver?.apply($0) })
            loop = EventLoop(
                port: port, servers: servers, backend: backend, driver: driver, faults: injector, control: control,
                reload: { reload.take($0) }, keep: kept.map { kept in { kept.keep(port) } },
                isSynchronous: plan.isSynchronous, busyPolling: plan.busyPoll, log: log)
            (self.backend, self.kept) = (backend, kept)
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

private func makePort(_ plan: ServePlan, _ kept: KeptNVM?, uplink: any Backend) -> Port {
    let nvm = kept?.image ?? NVMImage(macAddress: plan.mac)
    var configuration = Port.Configuration(nvm: nvm, keepsNVM: kept != nil, virtualFunctions: plan.vfCount)
    configuration.isSynchronous = plan.isSynchronous
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
    fileprivate var number: Int {
        switch self {
        case .pf: 0
        case .vf(let number): number + 1
        }
    }
}
