import Backends
import Glibc
import Intel82576
import Logging

/// `kawela serve`: makes a port with its uplink and its server, and runs it until a signal to stop.
///
/// Nothing is left behind when it returns or throws: sockets made here are removed.
public func serve(_ options: ServeOptions) throws(Failure) {
    let socket = absolutePath(try required(options.socket, "--socket PATH", key: "socket"))
    let uplink = try required(options.uplink, "--uplink SPEC", key: "uplink")
    try checkSocketPath(socket)
    let mac = options.mac ?? MACAddress.derived(fromSocket: socket, machine: machineIdentity())
    let log = Logger(label: "kawela") { _ in ShortLog(level: options.logLevel ?? .info) }

    prepareProcess()
    let signals = try Signals(signalNumbers())
    let backend = try makeBackend(uplink)
    defer { backend.close() }
    let port = Port(Port.Configuration(macAddress: mac), uplink: backend, clock: monotonicNanoseconds)
    let server = try makeServer(path: socket, function: port.physicalFunction, log: log)
    defer { server.close() }

    log.notice("serving \(mac) on \(socket), uplink \(uplink), link \(backend.isLinkUp ? "up" : "down")")
    try EventLoop(port: port, servers: [server], backend: backend, signals: signals, log: log).run()
    log.notice("stopped")
}

private func required(_ value: String?, _ option: String, key: String) throws(Failure) -> String {
    guard let value, !value.isEmpty else {
        throw .usage("\(option) is missing: give it here or as \"\(key)\" in the file of --config")
    }
    return value
}

/// A hang-up stops the program too, unless it was started to survive one (`nohup`).
private func signalNumbers() -> [CInt] {
    [SIGINT, SIGTERM, SIGUSR1] + (Signals.isIgnored(SIGHUP) ? [] : [SIGHUP])
}
