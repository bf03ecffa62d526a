// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest

/// A network namespace as one of several hosts, with its own daemons. The recipes of integrations/networks run on it.
final class NetworkHost: Sendable {
    static let recipes = Artifacts.repository + "/integrations/networks"
    let name: String
    let namespace: Namespace
    /// Where its daemons have sockets, databases and logs.
    let folder: String
    private let run: Run
    private let engines: String

    init(_ name: String, in run: Run) throws {
        (self.name, self.run, folder) = (name, run, run.path(name))
        engines = try Self.engines(in: run)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        namespace = try Namespace(in: run)
        // The recipes make their own.
        try namespace.execute("ip link del \(Namespace.tap)")
    }

    /// The folder with Open vSwitch, OVN and passt, which is fetched once.
    static func engines(in run: Run) throws -> String {
        let output = try run.execute([recipes + "/engines"], seconds: 600)
        guard let last = output.split(separator: "\n").last else { throw GuestError("engines printed nothing") }
        return String(last)
    }

    /// Variables of the recipes' and the programs' environment.
    private var environment: [String] {
        [
            "env", "ENGINES=\(engines)", "PATH=\(engines)/bin:/usr/sbin:/usr/bin:/sbin:/bin", "OVS_RUNDIR=\(folder)",
            "OVN_RUNDIR=\(folder)", "datapath=netdev", "user=root",
        ]
    }

    /// Runs a recipe, as a shell does that a user types it into.
    @discardableResult
    func recipe(_ name: String, _ variables: [String: String] = [:]) throws -> String {
        let assignments = variables.map { "\($0)=\($1)" }
        return try run.execute(
            namespace.entering(environment + assignments + ["sh", "-eu", "\(Self.recipes)/\(name).sh"]), seconds: 60)
    }

    /// Runs a shell command with the engines' programs at hand.
    @discardableResult
    func execute(_ command: String, seconds: Double = 30) throws -> String {
        try run.execute(namespace.entering(environment + ["sh", "-c", command]), seconds: seconds)
    }

    /// Starts what `daemons` knows by the name.
    func start(_ daemon: String) throws {
        try run.execute(
            namespace.entering(environment + ["\(Self.recipes)/daemons", folder, daemon]), seconds: 60)
    }

    /// Serves the NIC that a configuration file beside the recipes describes.
    func serve(_ configuration: String, vfs: Int) throws -> ServedNIC {
        try ServedNIC(configuration, vfs: vfs, on: self, in: run)
    }

    /// The host as a neighbour of guests.
    func station(_ address: String) -> Station {
        Station(name, address) { try self.namespace.attempt($0, seconds: Double($1)) }
    }

    /// Joins two hosts by a cable with `mtu`, whose ends are called `phy0`.
    static func join(_ a: NetworkHost, _ b: NetworkHost, mtu: Int = 1500) throws {
        try a.namespace.execute(
            "ip link add phy0 mtu \(mtu) type veth peer name phy0 mtu \(mtu) netns \(b.namespace.name)")
        for host in [a, b] { try host.namespace.execute("ip link set phy0 up") }
    }
}

/// A running `kawela serve` with the VFs of a configuration file, and the guests that have them.
final class ServedNIC: Sendable {
    private let process: ChildProcess
    private let card: NetworkCard
    private let control: String
    private let host: NetworkHost
    private let run: Run

    fileprivate init(_ configuration: String, vfs: Int, on host: NetworkHost, in run: Run) throws {
        let folder = host.folder + "/nic"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        control = folder + "/control.sock"
        (self.host, self.run) = (host, run)
        let command =
            try Artifacts.serve() + [
                "--config", "\(NetworkHost.recipes)/\(configuration).json", "--directory", folder, "--control", control,
            ]
        process = try host.namespace.start(command, name: "kawela-\(host.name)")
        card = NetworkCard(servedIn: folder, mac: "", vfs: vfs)
        let (process, last) = (process, "\(folder)/vf\(vfs - 1).sock")
        try eventually("kawela serves\n\(process.tail())", within: 10) {
            FileManager.default.fileExists(atPath: last)
        }
    }

    /// Starts a guest with VF `number` as its NIC.
    func start(_ name: String, vf number: Int) throws -> Guest {
        var options = Bench.vfOptions(number)
        options.name = name
        options.memory = 384
        return try Guest(card: card, options, in: run, namespace: host.namespace)
    }

    /// What `kawela ARGUMENTS` prints of the NIC.
    @discardableResult
    func ask(_ arguments: String) throws -> String {
        let words = arguments.split(separator: " ").map(String.init)
        return try run.execute([try Artifacts.kawela()] + words + ["--control", control], seconds: 30)
    }

    /// Frames that were lost for `reason`, a name of `kawela counters`.
    func lost(_ reason: String) throws -> Int {
        let pattern = try Regex("\(reason) +([0-9]+)", as: (Substring, Substring).self)
        return try ask("counters").firstMatch(of: pattern).flatMap { Int($0.1) } ?? 0
    }
}

extension Guest {
    /// Loads igbvf, waits for the link and gives the interface an address.
    func bringUp(_ address: String) throws -> Station {
        try run("modprobe igbvf; ip link set \(Self.interface) up; ip addr replace \(address)/24 dev \(Self.interface)")
        try waitForCarrier(seconds: 30)
        return station(address: address)
    }
}

extension Station {
    /// Sends `count` echo requests in IP packets of `size` bytes, and returns how many were answered.
    func pingWhole(_ address: String, size: Int, count: Int = 2) throws -> Int {
        try ping(address, count: count, size: size - 28)
    }
}
