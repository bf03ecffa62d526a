// SPDX-License-Identifier: Apache-2.0

import EmbeddedDriver
import Intel82576
import Logging
import VFIOUser

/// What `kawela serve` is going to do with one port, complete and checked.
struct ServePlan: Equatable {
    /// The port's name, where there are several.
    var name: String?
    /// A function and the socket it is served on.
    struct Served: Equatable {
        enum Function: Equatable, CustomStringConvertible {
            case pf
            case vf(Int)

            var description: String {
                switch self {
                case .pf: "pf"
                case .vf(let number): "vf\(number)"
                }
            }
        }

        var function: Function
        var path: String
    }

    var served: [Served]
    var uplink: String
    /// The PF's MAC address, unless ``nvm`` names a file that has another and ``isMACGiven`` is false.
    var mac: MACAddress
    /// Whether a user asked for ``mac``; else it is derived.
    var isMACGiven: Bool
    /// The file that keeps the EEPROM, if one does.
    var nvm: String?
    /// What is in the PF's expansion ROM.
    var rom: BootROM
    var vfCount: Int
    /// Settings of each VF for the embedded driver; `nil` when the PF is a guest's.
    var vfSettings: [VFSettings]?
    /// Microseconds; see ``BusyPolling``.
    var busyPoll: Int
    var guestMemory: GuestMemoryFiles
    var logLevel: Logger.Level
    /// How all of the process is confined.
    var sandbox: SandboxMode
    /// Permission bits of the sockets' files.
    var socketMode: UInt32
    /// Owners of the sockets' files; `nil`: those of this process.
    var socketOwner: SocketOwner?
    /// Numbers of the users who may be clients; `nil`: all that can connect.
    var allowedUsers: Set<UInt32>?
    /// Faults that are injected on purpose; `nil`: none, and no means to.
    var faults: Faults?
    /// Drivers are watched for what they do against the datasheet.
    var watchesMisuse: Bool
    /// The control socket of all ports; `nil`: there is none.
    var control: String?
    /// The file that a trace of all that happens is written to; `nil`: none.
    var trace: String?
    /// What a write asks for is done before it is answered, and what a driver waits for by its own clock takes no time.
    var isSynchronous: Bool

    init(_ options: ServeOptions, machine: String = machineIdentity()) throws(Failure) {
        try checkSocketOptions(options)
        let pf = options.pf ?? .guest
        vfCount = options.vfCount ?? 0
        try checkVFs(options, pf: pf)
        name = options.name
        logLevel = options.logLevel ?? .info
        let pfPath = absolutePath(options.directory.map { "\($0)/pf.sock" } ?? options.socket ?? "")
        let vfPaths = (0..<vfCount).map { absolutePath("\(options.directory ?? "")/vf\($0).sock") }
        served = vfPaths.enumerated().map { Served(function: .vf($0), path: $1) }
        if pf == .guest { served.insert(Served(function: .pf, path: pfPath), at: 0) }
        uplink = try required(options.uplink, "--uplink SPEC is missing: give it here or as \"uplink\"")
        for served in served { try checkSocketPath(served.path) }
        mac = options.mac ?? MACAddress.derived(fromSocket: pfPath, machine: machine)
        isMACGiven = options.mac != nil
        nvm = options.nvm
        rom = try checkedROM(options.rom, pf: pf)
        busyPoll = options.busyPoll ?? BusyPolling.usual
        guestMemory = options.guestMemory ?? .inMemory
        sandbox = options.sandbox ?? .on
        socketMode = options.socketMode ?? 0o600
        socketOwner = options.socketOwner
        allowedUsers = options.allowedUsers.map { Set($0) }
        faults = options.faults
        isSynchronous = options.isSynchronous ?? false
        watchesMisuse = options.watchesMisuse ?? false
        control = options.control.map { absolutePath($0) }
        trace = options.trace
        if let control { try checkSocketPath(control) }
        if pf == .embedded { vfSettings = settings(options.vfs, paths: vfPaths, machine: machine) }
    }
}

private func required(_ value: String?, _ complaint: String) throws(Failure) -> String {
    guard let value, !value.isEmpty else { throw .usage("\(complaint) in the file of --config") }
    return value
}

/// One socket, or a directory for several.
private func checkSocketOptions(_ options: ServeOptions) throws(Failure) {
    if options.socket != nil, options.directory != nil {
        throw .usage("--socket and --directory exclude each other: --socket serves the PF alone")
    }
    guard options.directory == nil else {
        _ = try required(options.directory, "--directory DIR is empty: give it here or as \"directory\"")
        return
    }
    if options.vfCount ?? 0 > 0 || options.pf == .embedded {
        throw .usage("VFs are served in a directory, a socket each: give --directory DIR instead of --socket PATH")
    }
    _ = try required(
        options.socket, "--socket PATH is missing (or --directory DIR, with --vfs N): give it here or as \"socket\"")
}

private func checkVFs(_ options: ServeOptions, pf: PhysicalFunctionOwner) throws(Failure) {
    let count = options.vfCount ?? 0
    if pf == .embedded, count == 0 { throw .usage("--pf embedded serves VFs alone: add --vfs N, 1 to 8") }
    if options.vfs.count > count {
        throw .usage("--vfs \(count) is fewer than the file of --config has settings for: \(options.vfs.count)")
    }
    if pf == .guest, options.vfs.contains(where: { $0 != VFOptions() }) {
        throw .usage("settings of VFs are for --pf embedded: with --pf guest the driver in the guest decides them")
    }
}

/// With an embedded driver nobody has the PF, whose the ROM is.
private func checkedROM(_ rom: BootROM?, pf: PhysicalFunctionOwner) throws(Failure) -> BootROM {
    guard pf == .embedded else { return rom ?? .installed }
    if case .file = rom {
        throw .usage("--rom is for guests that have the PF: leave it out, VFs of --pf embedded have no expansion ROM")
    }
    return .none
}

/// VFs without an address of their own get one made from their socket's path, as the PF's is.
private func settings(_ options: [VFOptions], paths: [String], machine: String) -> [VFSettings] {
    var taken = Set(options.compactMap { $0.mac?.value })
    return paths.enumerated().map { index, path in
        var derived = MACAddress.derived(fromSocket: path, machine: machine).value
        while !taken.insert(derived).inserted { derived = derived & ~0xFF_FFFF | (derived &+ 1) & 0xFF_FFFF }
        let option = index < options.count ? options[index] : VFOptions()
        guard let address = UnicastAddress(derived) else { preconditionFailure("52:54:00 is no group's prefix") }
        return VFSettings(option, address: address)
    }
}

extension ServePlan {
    /// The keys of what cannot change while it runs, and would.
    func keysNeedingRestart(for new: ServePlan) -> [String] {
        var keys: [String] = []
        if new.served.map(\.function) != served.map(\.function) { keys.append("vfs or pf") }
        if new.served.map(\.path) != served.map(\.path) { keys.append("socket or directory") }
        if new.uplink != uplink { keys.append("uplink") }
        if new.mac != mac { keys.append("mac") }
        if new.nvm != nvm { keys.append("nvm") }
        if new.rom != rom { keys.append("rom") }
        if new.busyPoll != busyPoll { keys.append("busy-poll") }
        if new.guestMemory != guestMemory { keys.append("guest-memory") }
        if new.logLevel != logLevel { keys.append("log-level") }
        if new.sandbox != sandbox { keys.append("sandbox") }
        if (new.socketMode, new.socketOwner) != (socketMode, socketOwner) { keys.append("socket-mode or socket-owner") }
        if new.allowedUsers != allowedUsers { keys.append("allow-uids") }
        if new.faults != nil, faults == nil { keys.append("faults") }
        if new.watchesMisuse != watchesMisuse { keys.append("lint") }
        if new.control != control { keys.append("control") }
        if new.trace != trace { keys.append("trace") }
        if new.isSynchronous != isSynchronous { keys.append("synchronous") }
        return keys
    }
}
