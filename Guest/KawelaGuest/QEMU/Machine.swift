// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A running QEMU: a board with PCIe root ports, `port1` and on, and guest RAM in a shared memfd as vfio-user needs it.
public final class Machine: Sendable {
    public let process: ChildProcess
    public let qmp: QMP

    /// - Parameters:
    ///   - qemu: the program; `nil` stands for the one that Scripts/environment prepared.
    ///   - plugged: what of `card` is in the ports from the start.
    ///   - plugin: whether QEMU gets the device type `kawela-sriov`, for what `plugged` needs and for plugging in later.
    ///   - iommu: gives the machine an emulated VT-d.
    ///   - arguments: what else QEMU is given.
    public convenience init(
        name: String = "qemu", on board: Board = .q35, qemu: String? = nil, card: NetworkCard?,
        plugged: Plugged = .pf(), plugin: Bool = false, iommu: Bool = false, memory: Int = 512, arguments: [String],
        in run: Run, namespace: Namespace? = nil
    ) throws {
        let devices = card?.devices(plugged) ?? []
        var command = [
            try qemu ?? Artifacts.find().qemu, "-nodefaults", "-no-user-config", "-display", "none",
            "-machine", "\(board.machine),memory-backend=memory", "-m", "\(memory)M",
            "-object", "memory-backend-memfd,id=memory,size=\(memory)M,share=on",
        ]
        // Before the devices it translates for. Caching mode has the guest tell QEMU of new mappings too.
        if iommu { command += ["-device", "intel-iommu,intremap=off,caching-mode=on"] }
        for port in 1...max(1, Set(devices.compactMap { $0["bus"] as? String }).count) {
            command += ["-device", "pcie-root-port,id=port\(port),chassis=\(port),slot=\(port)"]
        }
        command += arguments + (card?.machineArguments ?? [])
        for device in devices { command += ["-device", try json(device)] }
        let plugin = plugin || devices.contains { $0["driver"] as? String == FunctionDevice.plugin.rawValue }
        try self.init(
            name: name, command: command, environment: plugin ? ["LD_PRELOAD": try Artifacts.plugin()] : [:], in: run,
            namespace: namespace)
    }

    /// The machine that `command` makes: QEMU, or a program that becomes QEMU, with its arguments.
    public init(
        name: String = "qemu", command: [String], environment: [String: String] = [:], in run: Run,
        namespace: Namespace? = nil
    ) throws {
        let monitor = try SocketListener(path: run.path("\(name).qmp"))
        let command = command + ["-qmp", "unix:\(monitor.path),server=off"]
        let process = try ChildProcess(
            namespace?.entering(command) ?? command, name: name, in: run, environment: environment)
        self.process = process
        do {
            qmp = try QMP(try monitor.accept(seconds: 20), of: process)
        } catch {
            process.kill()
            throw GuestError("QEMU did not start: \(error)\n\(process.tail())")
        }
    }

    deinit { process.kill() }
}
