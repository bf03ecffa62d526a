// SPDX-License-Identifier: Apache-2.0

import Backends
import Foundation

/// What an uplink and a port make their thread do after the start.
struct PortNeeds: OptionSet {
    let rawValue: Int

    /// Asks for the state of an interface of the host, or sets a TAP's carrier.
    static let interface = PortNeeds(rawValue: 1 << 0)
    /// Attaches to a TAP interface that was deleted and made again.
    static let tunDevice = PortNeeds(rawValue: 1 << 1)
    /// Moves its packet socket to an interface that was deleted and made again.
    static let packetSocket = PortNeeds(rawValue: 1 << 2)
    static let unixSocket = PortNeeds(rawValue: 1 << 3)
    /// Connects to a peer that comes, or comes back.
    static let connection = PortNeeds(rawValue: 1 << 4)
    /// A file grows with the traffic, and is cut back to whole frames, or lines of a trace, when the disk is full.
    static let capture = PortNeeds(rawValue: 1 << 5)
    /// Writes the EEPROM's file.
    static let nvm = PortNeeds(rawValue: 1 << 6)
    /// Makes memory for the virtqueues of a vhost-user back end, or of a TAP interface, that comes or comes back.
    static let virtqueues = PortNeeds(rawValue: 1 << 7)
    /// Connects by TCP.
    static let internetSocket = PortNeeds(rawValue: 1 << 8)
    /// Gives the kernel's vhost-net other virtqueues, for a TAP interface that was deleted and made again.
    static let vhostNet = PortNeeds(rawValue: 1 << 9)
}

/// What `kawela serve` keeps when it gives up all else: paths and system calls of each kind of thread, limits.
///
/// All files are open by then, so hardly a path is left: the directories of sockets, to remove them; that of the
/// configuration file, which is read again and which editors replace rather than change; the device by which TAPs are attached
/// to. The NVM file, captures and traces are written through descriptors that are open.
struct SandboxProfile {
    struct PathRule: Equatable {
        var path: String
        var rights: PathRights
    }

    struct Thread {
        var name: String
        var paths: [PathRule]
        /// TCP ports, of any host, that it may connect to.
        var tcpPorts: [UInt16] = []
        var calls: [CallRule]
    }

    /// The main thread, which takes signals, reads the configuration again and removes the sockets.
    var main: Thread
    /// A thread for each port, in their order.
    var ports: [Thread]
    /// The thread of the control socket.
    var control: Thread?
    /// Threads that close what others handed over; each also has no more than its port.
    var closer: Thread
    /// Largest size in bytes to which a file may grow; `nil` for no limit.
    var fileSizeLimit: UInt?

    /// Memory for clients to map is a file too, of a megabyte at most; that of virtqueues takes some.
    private static let (smallFiles, virtqueueFiles): (UInt, UInt) = (1 << 20, 4 << 20)

    init(_ plans: [ServePlan], configuration: String?) {
        let uplinks = plans.map { Uplink($0) }
        main = Thread(
            name: "main", paths: Self.mainPaths(plans, uplinks, configuration), tcpPorts: uplinks.flatMap(\.tcpPorts),
            calls: ThreadCalls.supervisor(uplinks.reduce([]) { $0.union($1.needs) }))
        ports = zip(plans, uplinks).map { plan, uplink in
            Thread(
                name: plan.name ?? "port", paths: uplink.paths, tcpPorts: uplink.tcpPorts,
                calls: ThreadCalls.port(uplink.needs))
        }
        control = plans[0].control.map { _ in Thread(name: "control", paths: [], calls: ThreadCalls.control) }
        closer = Thread(name: "close", paths: [], calls: ThreadCalls.closer)
        let growsFiles = uplinks.contains { $0.needs.contains(.capture) } || isLogInFile()
        let hasVirtqueues = uplinks.contains { $0.needs.contains(.virtqueues) }
        fileSizeLimit = growsFiles ? nil : hasVirtqueues ? Self.virtqueueFiles : Self.smallFiles
    }

    private static func mainPaths(_ plans: [ServePlan], _ uplinks: [Uplink], _ configuration: String?) -> [PathRule] {
        let sockets =
            plans.flatMap { $0.served.map(\.path) } + uplinks.flatMap(\.sockets) + [plans[0].control].compactMap { $0 }
        var paths = unique(sockets.map(directory)).map { PathRule(path: $0, rights: .removeFiles) }
        if let configuration {
            let file = URL(fileURLWithPath: configuration)
            let directories = unique([file.path, file.resolvingSymlinksInPath().path].map(directory))
            paths += directories.map { PathRule(path: $0, rights: .readFiles) }
        }
        return paths + uplinks.flatMap(\.paths).prefix(1)
    }

    /// What confines the process from the start of its threads until each confines itself further.
    var processCalls: [CallRule] {
        ThreadCalls.process([main.calls] + ports.map(\.calls) + [closer.calls, control?.calls ?? []])
    }
}

/// What of an uplink, and of what else a port was asked for, matters here.
private struct Uplink {
    var needs: PortNeeds = []
    /// Sockets that it made and removes.
    var sockets: [String] = []
    /// Ports that it connects to.
    var tcpPorts: [UInt16] = []

    init(_ plan: ServePlan) {
        if let specification = try? BackendSpecification(parsing: plan.uplink) { add(specification) }
        if plan.nvm != nil { needs.insert(.nvm) }
        if plan.trace != nil { needs.insert(.capture) }
    }

    private mutating func add(_ specification: BackendSpecification) {
        switch specification {
        case .tap(_, usesVhost: false): needs.formUnion([.interface, .tunDevice, .unixSocket])
        case .tap: needs.formUnion([.interface, .tunDevice, .unixSocket, .virtqueues, .vhostNet])
        case .packet: needs.formUnion([.interface, .packetSocket])
        case .stream(let path, isServer: true): sockets.append(path)
        case .stream: needs.formUnion([.unixSocket, .connection])
        case .vhostUser(let path, isServer: true):
            needs.insert(.virtqueues)
            sockets.append(path)
        case .vhostUser: needs.formUnion([.unixSocket, .connection, .virtqueues])
        case .tcp(let address, isServer: false):
            needs.formUnion([.internetSocket, .connection])
            tcpPorts.append(address.port)
        case .datagram(let local, _):
            needs.insert(.connection)
            sockets.append(local)
        case .capture(_, let inner):
            needs.insert(.capture)
            add(inner)
        case .tcp, .udp, .null, .loopback: break
        }
    }

    var paths: [SandboxProfile.PathRule] {
        guard needs.contains(.tunDevice) else { return [] }
        return [.init(path: "/dev/net/tun", rights: [.readFiles, .writeFiles, .controlDevices])]
    }
}

private func directory(of path: String) -> String {
    URL(fileURLWithPath: path).deletingLastPathComponent().standardizedFileURL.path
}

private func unique(_ paths: [String]) -> [String] {
    paths.enumerated().filter { paths.firstIndex(of: $1) == $0 }.map(\.1)
}
