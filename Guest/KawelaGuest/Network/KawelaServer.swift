// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// A running `kawela serve`: one port with its physical function and maybe virtual functions. It keeps its EEPROM in a
/// file.
public final class KawelaServer: Sendable {
    public var process: ChildProcess { current.withLock { $0 } }
    private let current: Mutex<ChildProcess>
    /// Where the sockets of the functions are.
    let folder: String
    private let start: @Sendable () throws -> ChildProcess
    private let functions: [ServedFunction]
    /// Its configuration file, which has faults on purpose alone; `nil` when it cannot inject any.
    private let configuration: String?

    /// The UNIX socket that serves `function`.
    public func socket(_ function: ServedFunction) -> String { "\(folder)/\(function.socketName)" }

    /// Returns once the sockets are there.
    /// - Parameters:
    ///   - driven: `true` when `kawela` drives the physical function itself, so that there is no socket for it.
    ///   - faults: ``inject(_:)`` can be used.
    ///   - control: ``ask(_:)`` can be used.
    ///   - synchronous: what a write asks for is done before it is answered.
    public init(
        uplink: UplinkPeer, mac: String, vfs: Int = 0, driven: Bool = false, faults: Bool = false,
        control: Bool = false, synchronous: Bool = false, in run: Run, namespace: Namespace?
    ) throws {
        let name = run.uniqueName("kawela")
        folder = run.path(name + "-sockets")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        var command = try Artifacts.serve() + ["--uplink", uplink.kawelaSpecification, "--mac", mac]
        command += ["--nvm", "\(folder)/nic.nvm"]
        command +=
            vfs == 0
            ? ["--socket", "\(folder)/\(ServedFunction.pf.socketName)"] : ["--vfs", "\(vfs)", "--directory", folder]
        if driven { command += ["--pf", "embedded"] }
        if synchronous { command += ["--synchronous"] }
        if control { command += ["--control", "\(folder)/control.sock"] }
        configuration = faults ? "\(folder)/kawela.json" : nil
        if let configuration {
            try Self.write([:], to: configuration)
            command += ["--config", configuration]
        }
        let complete = namespace?.entering(command) ?? command
        start = { try ChildProcess(complete, name: name, in: run) }
        current = Mutex(try start())
        functions = (driven ? [] : [.pf]) + (0..<vfs).map { .vf($0) }
        try waitForSockets()
    }

    /// Kills it without warning and starts another one, on the same sockets and EEPROM. Nothing is plugged in then.
    public func restart() throws {
        process.kill()
        for function in functions { try FileManager.default.removeItem(atPath: socket(function)) }
        let new = try start()
        current.withLock { $0 = new }
        try waitForSockets()
    }

    /// Puts faults into force in place of those before, by their keys in a configuration file. None with no keys.
    public func inject(_ faults: [String: String]) throws {
        guard let configuration else { throw GuestError("this kawela was started without faults") }
        let before = process.output.count
        try Self.write(faults, to: configuration)
        process.send(SIGHUP)
        try eventually("kawela reads its configuration\n\(process.tail())", within: 10, every: 0.02) {
            process.output.dropFirst(before).contains("configuration read again")
        }
    }

    private static func write(_ faults: [String: String], to path: String) throws {
        let text = try json(["version": 1, "faults": faults])
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    /// How often each kind of fault was injected so far.
    public func faults() throws -> [String: Int] {
        let before = process.output.count
        process.send(SIGUSR1)
        var line: Substring?
        try eventually("kawela reports\n\(process.tail())", within: 10, every: 0.02) {
            let new = process.output.dropFirst(before).split(separator: "\n", omittingEmptySubsequences: false)
            line = new.dropLast().last { $0.contains("faults counters: ") }
            return line != nil
        }
        let pairs = (line ?? "").split(separator: " ").map { $0.split(separator: "=") }.filter { $0.count == 2 }
        return Dictionary(uniqueKeysWithValues: pairs.map { (String($0[0]), Int($0[1]) ?? -1) })
    }

    private func waitForSockets() throws {
        try eventually("kawela makes its sockets\n\(process.tail())", within: 10, every: 0.01) {
            if let status = process.status { throw GuestError("kawela ended with \(status)\n\(process.tail())") }
            return functions.allSatisfy { FileManager.default.fileExists(atPath: socket($0)) }
        }
    }
}

/// A function of the card that can be plugged into a machine.
public enum ServedFunction: Sendable, Hashable {
    case pf
    case vf(Int)

    var socketName: String {
        switch self {
        case .pf: "pf.sock"
        case .vf(let number): "vf\(number).sock"
        }
    }
}

/// What the card's uplink is connected to.
public enum UplinkPeer: Sendable {
    /// A TAP interface by its name, in the namespace the server runs in.
    case tap(String)
    /// A listening UNIX stream socket; each frame goes with its length before it, as a big-endian 32-bit number.
    case stream(path: String)
    /// A UNIX stream socket on which the card listens.
    case streamServer(path: String)
    /// A UNIX socket on which the card listens for a vhost-user back end. QEMU's own card has no such peer.
    case vhostUserServer(path: String)
    /// Nobody.
    case null

    /// The value of `kawela serve --uplink`.
    var kawelaSpecification: String {
        switch self {
        case .tap(let name): "tap:\(name)"
        case .stream(let path): "stream:\(path)"
        case .streamServer(let path): "stream:\(path),server"
        case .vhostUserServer(let path): "vhost-user:\(path),server"
        case .null: "null"
        }
    }

    /// The value of QEMU's `-netdev`.
    func netdev(id: String) -> String {
        switch self {
        case .tap(let name): "tap,id=\(id),ifname=\(name),script=no,downscript=no"
        case .stream(let path): "stream,id=\(id),server=off,addr.type=unix,addr.path=\(path)"
        case .streamServer(let path): "stream,id=\(id),server=on,addr.type=unix,addr.path=\(path)"
        case .vhostUserServer, .null: "hubport,id=\(id),hubid=0"
        }
    }
}
