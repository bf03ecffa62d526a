// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest
import Synchronization

/// A domain that boots the guest image, which takes commands over its second serial port.
final class Domain: Sendable {
    let name: String
    private let machine: LibvirtMachine
    private let commands: SocketListener
    private let channel = Mutex<CommandChannel?>(nil)
    private var console: String { machine.run.path("\(name).console") }

    init(_ name: String, in machine: LibvirtMachine) throws {
        (self.name, self.machine) = (name, machine)
        commands = try SocketListener(path: machine.run.path("\(name).commands"))
        chmod(commands.path, 0o777)
        try machine.write(xml, to: "/tmp/\(name).xml")
        try machine.shell("virsh define --validate /tmp/\(name).xml")
    }

    /// As somebody may have written it who knows nothing of Kawela.
    private var xml: String {
        """
        <!-- \(name) & friends -->
        <domain type="qemu">
          <name>\(name)</name>
          <memory unit='MiB'>320</memory>
          <vcpu>1</vcpu>
          <os>
            <type arch='x86_64' machine='q35'>hvm</type>
            <kernel>/opt/guest/vmlinux</kernel>
            <initrd>/opt/guest/initrd</initrd>
            <cmdline>console=ttyS0 loglevel=4 panic=1 mitigations=off net.ifnames=0</cmdline>
          </os>
          <features><acpi/></features>
          <devices>
            <emulator>/usr/bin/qemu-system-x86_64</emulator>
            <serial type='file'><source path='\(console)'/></serial>
            <serial type='unix'><source mode='connect' path='\(commands.path)'/></serial>
          </devices>
        </domain>

        """
    }

    /// Waits until Linux in the guest, which was started, takes commands.
    func waitUntilReady() throws {
        do {
            let new = CommandChannel(try commands.accept(seconds: 20))
            guard try new.waitUntilReady(by: Deadline(seconds: 240)) else { throw GuestError("not within 240 s") }
            channel.withLock { $0 = new }
        } catch { throw GuestError("\(name) did not boot: \(error)\n\(evidence)") }
    }

    /// Goes on with a guest that was brought back, which says nothing by itself.
    func reconnect() throws {
        let new = CommandChannel(try commands.accept(seconds: 20))
        channel.withLock { $0 = new }
    }

    /// Runs a shell command in the guest.
    @discardableResult
    func run(_ command: String, seconds: Int = 30) throws -> String {
        let result = try attempt(command, seconds: seconds)
        guard result.succeeded else { throw GuestError("in \(name): \(command): \(result)\n\(evidence)") }
        return result.output
    }

    private func attempt(_ command: String, seconds: Int) throws -> CommandResult {
        guard let channel = channel.withLock({ $0 }), let result = try channel.run(command, seconds: seconds) else {
            throw GuestError("\(name) does not answer: \(command)\n\(evidence)")
        }
        return result
    }

    /// Waits for an interface, whose driver is there, gives it an address, and waits for its carrier.
    func bringUp(_ interface: String, _ address: String) throws {
        // It comes a moment after its card.
        try eventually("\(name) has \(interface)", within: 20, every: 0.3) {
            try attempt("ls /sys/class/net/\(interface)", seconds: 10).succeeded
        }
        try run("ip link set \(interface) up; ip addr replace \(address)/24 dev \(interface)")
        try eventually("\(interface) of \(name) has a carrier\n\(evidence)", within: 40, every: 0.3) {
            try attempt("cat /sys/class/net/\(interface)/carrier", seconds: 10).output.hasPrefix("1")
        }
    }

    func station(_ address: String) -> Station { Station(name, address) { try self.attempt($0, seconds: $1) } }

    private var evidence: String {
        let lines = (try? String(contentsOfFile: console, encoding: .isoLatin1)) ?? "no console"
        let log = try? machine.attempt("tail -n 5 /var/log/libvirt/qemu/\(name).log").output
        return "--- console\n\(lines.suffix(2000))\n--- QEMU\n\(log ?? "")"
    }
}

extension LibvirtMachine {
    /// Writes a file of the machine. What is in /tmp is its own.
    func write(_ text: String, to path: String) throws {
        try shell("base64 -d >\(path) <<'END'\n\(Data(text.utf8).base64EncodedString())\nEND")
    }

    /// The far end of the cable.
    var outside: Station {
        Station("outside", Namespace.address) { try self.peer.attempt($0, seconds: Double($1)) }
    }
}
