// SPDX-License-Identifier: Apache-2.0

import Glibc
import HostSystem
import Logging
import SystemPackage

/// `kawela serve`: makes each port with its uplink, its servers and if wanted its driver, and runs them, each in a thread
/// of its own, until a signal to stop. Once all is open it gives up what it does not need any more (``Sandbox``).
///
/// Nothing is left behind when it returns or throws: sockets made here are removed.
///
/// - Parameters:
///   - line: what the command line gave; it wins over the file.
///   - path: a configuration file, read at start and with each hang-up signal.
package func serve(_ line: ServeOptions, configuration path: String? = nil) throws(Failure) {
    let plans = try readPlans(line, configuration: path)
    let log = Logger(label: "kawela") { [level = plans[0].logLevel] _ in ShortLog(level: level) }

    prepareProcess()
    let signals = try Failure.explaining("receive signals") { () throws(Errno) in
        try Signals(signalNumbers(hasConfiguration: path != nil))
    }
    let mailbox = try plans[0].control.map { _ throws(Failure) in try makeMailbox() }
    let ports = try makePorts(plans, mailbox, log: log)
    defer { for port in ports { port.close() } }
    let reader = path.map { path in
        PlanReader(
            path: path, line: line,
            ports: zip(plans, ports).map { plan, port in (plan.name, { [control = port.control] in control.reload($0) })
            },
            isConfined: plans[0].sandbox == .on, log: log)
    }
    let supervisor = try Supervisor(
        signals, manager: NotifySocket(), reload: reader.map { reader in { reader.run() } },
        abandon: { late in exitWithout(late, of: ports, plans, log: log) })
    let control = try makeControl(
        plans, ports, mailbox, reload: reader == nil ? nil : supervisor.reloadRequest, log: log)
    defer { control?.close() }
    let sandbox = Sandbox(SandboxProfile(plans, configuration: path), mode: plans[0].sandbox, log: log)
    sandbox.enterProcess()
    for port in ports { port.announce() }
    let controlThread = try control.map { control throws(Failure) in try control.start { sandbox.enterControl() } }
    defer {
        mailbox?.stop()
        controlThread?.join()
    }
    let workers = ports.indices.map { position in
        worker(plans[position].name, ports[position]) { sandbox.enterPort(position) }
    }
    try supervisor.run(workers) { sandbox.enterMain() }
    log.notice("stopped")
}

/// Makes a port for each plan; when one cannot be made, those made before it are closed.
private func makePorts(_ plans: [ServePlan], _ mailbox: ControlMailbox?, log: Logger) throws(Failure) -> [ServedPort] {
    var ports: [ServedPort] = []
    do throws(Failure) {
        for plan in plans { ports.append(try ServedPort(plan, mailbox: mailbox, log: log)) }
    } catch {
        for port in ports { port.close() }
        throw error
    }
    return ports
}

private func makeMailbox() throws(Failure) -> ControlMailbox {
    try Failure.explaining("make an event descriptor") { () throws(Errno) in try ControlMailbox() }
}

/// The control socket that the plans ask for, if they do.
private func makeControl(
    _ plans: [ServePlan], _ ports: [ServedPort], _ mailbox: ControlMailbox?, reload: Event?, log: Logger
) throws(Failure) -> ControlServer? {
    guard let path = plans[0].control, let mailbox else { return nil }
    let asked = zip(plans, ports).map {
        ControlServer.Port(name: $0.name ?? "", control: $1.control, virtualFunctions: $0.vfCount)
    }
    return try ControlServer(
        path: path, ports: asked, mailbox: mailbox, reload: reload.map { reload in { reload.signal() } }, log: log)
}

/// Exits although the threads of the ports at the positions `late` are stuck in a system call: their sockets' files stay,
/// and the next start replaces them.
private func exitWithout(_ late: [Int], of ports: [ServedPort], _ plans: [ServePlan], log: Logger) -> Never {
    for (position, port) in ports.enumerated() where !late.contains(position) { port.close() }
    let names = late.map { plans[$0].name ?? "the port" }.joined(separator: ", ")
    log.error("\(names) did not stop within 5 seconds, ending without: a system call does not return")
    _exit(1)
}

/// - Parameter confine: called first in the port's thread.
private func worker(
    _ name: String?, _ port: ServedPort, confine: @escaping @Sendable () -> Void
) -> Supervisor.Worker {
    let transferred = TransferredPort(port: port)
    return Supervisor.Worker(name: name ?? "port", control: port.control) { () throws(Failure) in
        confine()
        try transferred.port.run()
    }
}

/// A port handed over to its own thread. The main thread, which made it, does not touch it again until
/// ``Supervisor/run(_:)`` has joined that thread.
private struct TransferredPort: @unchecked Sendable {
    let port: ServedPort
}

/// A hang-up stops the program too, unless it has a file to read again, or was started to survive one (`nohup`).
private func signalNumbers(hasConfiguration: Bool) -> [CInt] {
    [SIGINT, SIGTERM, SIGUSR1] + (hasConfiguration || !Signals.isIgnored(SIGHUP) ? [SIGHUP] : [])
}
