import Backends
import EmbeddedDriver
import Glibc
import Intel82576
import Logging
import PCIe

/// `kawela serve`: makes a port with its uplink, its servers and if wanted its driver, and runs it until a signal to stop.
///
/// Nothing is left behind when it returns or throws: sockets made here are removed.
///
/// - Parameters:
///   - line: what the command line gave; it wins over the file.
///   - path: a configuration file, read at start and with each hang-up signal.
public func serve(_ line: ServeOptions, configuration path: String? = nil) throws(Failure) {
    let plan = try ServePlan(
        path.map { path throws(Failure) in line.completed(by: try ServeOptions(file: path)) } ?? line)
    let log = Logger(label: "kawela") { _ in ShortLog(level: plan.logLevel) }

    if plan.looking != nil { try checkPages() }
    prepareProcess()
    let signals = try Signals(signalNumbers(hasConfiguration: path != nil))
    let backend = try makeBackend(plan.uplink)
    defer { backend.close() }
    let kept = try plan.nvm.map { path throws(Failure) in
        try KeptNVM(path: path, address: plan.mac, isAddressGiven: plan.isMACGiven, log: log)
    }
    defer { kept?.close() }
    let nvm = kept?.image ?? NVMImage(macAddress: plan.mac)
    var configuration = Port.Configuration(nvm: nvm, keepsNVM: kept != nil, virtualFunctions: plan.vfCount)
    configuration.mapsQueues = plan.looking != nil
    let port = Port(configuration, uplink: backend, clock: monotonicNanoseconds)
    let driver = try plan.vfSettings.map { settings throws(Failure) in
        try makeDriver(port.physicalFunction, settings, log: log)
    }
    let servers = try makeServers(plan.served, of: port, log: log)
    defer { for server in servers { server.close() } }
    let reload = path.map { path in
        Reload(path: path, line: line, plan: plan, log: log) { driver?.apply($0) }
    }

    announce(plan, nvm.macAddress, isLinkUp: backend.isLinkUp, log)
    try EventLoop(
        port: port, servers: servers, backend: backend, driver: driver, signals: signals,
        reload: reload.map { reload in { reload.run() } }, keep: kept.map { kept in { kept.keep(port) } },
        looking: plan.looking ?? Looking.Times(), log: log
    ).run()
    log.notice("stopped")
}

/// The pages with queue registers are the device's; a client can map no less than a page of the host.
private func checkPages() throws(Failure) {
    let size = hostPageSize()
    guard size == 4096 else {
        throw .failed("--doorbells mapped needs a host with pages of 4096 bytes, this one's have \(size): use messages")
    }
}

/// All or none.
private func makeServers(
    _ served: [ServePlan.Served], of port: Port, log: Logger
) throws(Failure) -> [any FunctionServer] {
    var servers: [any FunctionServer] = []
    do throws(Failure) {
        for each in served {
            var log = log
            if served.count > 1 { log[metadataKey: "function"] = "\(each.function)" }
            servers.append(try makeServer(path: each.path, function: port.function(each.function), log: log))
        }
    } catch {
        for server in servers { server.close() }
        throw error
    }
    return servers
}

extension Port {
    fileprivate func function(_ function: ServePlan.Served.Function) -> any Function {
        switch function {
        case .pf: physicalFunction
        case .vf(let number): virtualFunctions[number]
        }
    }
}

private func announce(_ plan: ServePlan, _ mac: MACAddress, isLinkUp: Bool, _ log: Logger) {
    let uplink = "uplink \(plan.uplink), link \(isLinkUp ? "up" : "down")"
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

/// A hang-up stops the program too, unless it has a file to read again, or was started to survive one (`nohup`).
private func signalNumbers(hasConfiguration: Bool) -> [CInt] {
    [SIGINT, SIGTERM, SIGUSR1] + (hasConfiguration || !Signals.isIgnored(SIGHUP) ? [SIGHUP] : [])
}
