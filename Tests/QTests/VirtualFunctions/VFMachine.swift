// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest

/// A machine without a processor and with one virtual function as its card.
final class VFMachine {
    static let megabytes = 32
    let machine: Machine
    let qtest: QTestClient
    let ram: GuestRAM

    init(name: String, socket: String, in run: Run) throws {
        let control = try SocketListener(path: run.path("\(name).qtest"))
        let device: [String: Any] = [
            "driver": "vfio-user-pci", "id": "nic", "bus": "port1", "socket": ["type": "unix", "path": socket],
        ]
        machine = try Machine(
            name: name, card: nil, memory: Self.megabytes,
            arguments: [
                "-accel", "qtest", "-qtest", "unix:\(control.path)", "-qtest-log", "/dev/null", "-device",
                String(decoding: try JSONSerialization.data(withJSONObject: device), as: UTF8.self),
            ], in: run)
        qtest = QTestClient(try control.accept(seconds: 10))
        ram = try GuestRAM(of: machine.process, megabytes: Self.megabytes)
    }

    /// A driver that has not touched the VF yet.
    func driver() throws -> VFDriver { try VFDriver(qtest, ram) }

    /// A driver whose queues run.
    func startedDriver() throws -> VFDriver {
        let driver = try driver()
        try driver.start()
        return driver
    }

    func freeze() { machine.process.send(SIGSTOP) }
    func thaw() { machine.process.send(SIGCONT) }
    func kill() { machine.process.kill() }
}
