import Foundation

/// A running QEMU: a q35 PC with one PCIe root port, `port1`, and guest RAM in a shared memfd as vfio-user needs it.
public final class Machine: Sendable {
    public let process: ChildProcess
    public let qmp: QMP

    /// - Parameters:
    ///   - card: plugged in from the start; `nil` leaves the port empty.
    ///   - arguments: what else QEMU is given.
    public init(
        name: String = "qemu", card: NetworkCard?, plugged: Bool = true, memory: Int = 512, arguments: [String],
        in run: Run, namespace: Namespace? = nil
    ) throws {
        let monitor = try SocketListener(path: run.path("\(name).qmp"))
        var command = [
            try Artifacts.find().qemu, "-nodefaults", "-no-user-config", "-display", "none",
            "-machine", "q35,memory-backend=memory", "-m", "\(memory)M",
            "-object", "memory-backend-memfd,id=memory,size=\(memory)M,share=on",
            "-qmp", "unix:\(monitor.path),server=off",
            "-device", "pcie-root-port,id=port1,chassis=1,slot=1",
        ]
        command += arguments + (card?.machineArguments ?? [])
        if plugged, let card { command += ["-device", try json(card.device())] }
        let process = try ChildProcess(namespace?.entering(command) ?? command, name: name, in: run)
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
