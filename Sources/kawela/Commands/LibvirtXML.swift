// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import KawelaDaemon

struct LibvirtXML: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "libvirt-xml",
        abstract: "Plug a served NIC into a domain of libvirt's.",
        discussion: """
            Reads a domain's XML from standard input and prints it with the NIC, and with the shared memory that it takes; \
            all else stays as it is:

              virsh dumpxml --inactive guest | kawela libvirt-xml --socket /run/kawela/guest/pf.sock | virsh define /dev/stdin

            With --name it prints a new domain, without disks. With --hot-plug it prints the command that plugs a function \
            into a domain that runs, and has a root port made by --empty-port:

              virsh qemu-monitor-command guest "$(kawela libvirt-xml --hot-plug --id kawela1 --socket PATH)"

            QEMU is started with the plugin 'kawela-sriov.so', which gives it a device type for SR-IOV; with that type \
            libvirt also refuses to save, to snapshot or to migrate the domain, since what the NIC had set up would be lost. \
            docs/libvirt.md has more.
            """)

    @OptionGroup var plugged: FunctionArguments

    @Option(help: ArgumentHelp("Print a new domain of this name.", valueName: "name"))
    var name: String?

    @Option(help: ArgumentHelp("Memory of a new domain: a number and M, G or T.", valueName: "size"))
    var memory = "1G"

    @Option(help: ArgumentHelp("Processors of a new domain.", valueName: "n"))
    var cpus = 1

    @Option(
        help: ArgumentHelp("What runs a new domain: kvm, or qemu without it.", valueName: "type"),
        transform: parseAccelerator)
    var type = NewDomain.Accelerator.kvm

    @Option(help: ArgumentHelp("QEMU of a new domain. Without it: the one libvirt finds.", valueName: "path"))
    var emulator: String?

    @Flag(help: "Give the guest an IOMMU (VT-d), to use VFs from programs and guests inside it.")
    var iommu = false

    @Flag(help: "A root port with nothing in it, for --hot-plug with the same --id.")
    var emptyPort = false

    @Flag(help: "Print the command that plugs the function into a running domain.")
    var hotPlug = false

    @Option(help: ArgumentHelp("The plugin, where libvirt's QEMU can read it.", valueName: "path"))
    var plugin = pluginPath

    @Flag(
        help: "QEMU's own device type, without the plugin: saving and migrating are not refused, and lose the NIC.")
    var stock = false

    func run() throws {
        var arguments = try QEMUArguments(
            functions(), memory: MemorySize(memory), id: plugged.id, bus: plugged.bus, machine: nil,
            includesMemory: false)
        (arguments.isSynchronous, arguments.usesPlugin) = (plugged.synchronous, !stock)
        if hotPlug { return print(try arguments.plugCommand()) }
        let domain = LibvirtDomain(arguments, plugin: stock ? nil : plugin, includesIOMMU: iommu)
        let text = try domain.added(to: name.map(new) ?? givenDomain())
        print(text, terminator: text.hasSuffix("\n") ? "" : "\n")
    }

    private func functions() throws -> QEMUArguments.Functions {
        guard emptyPort else {
            let functions = try plugged.functions()
            if stock, case .all = functions { throw ValidationError("VFs need the plugin: leave --stock out") }
            return functions
        }
        guard !hotPlug, !plugged.areGiven, plugged.bus == nil else {
            throw ValidationError(
                "--empty-port is for later: leave --socket, --directory, --vfs, --bus and --hot-plug out")
        }
        return .none
    }

    private func new(_ name: String) throws -> String {
        try NewDomain(
            name: name, memory: MemorySize(memory), processors: cpus, accelerator: type, emulator: emulator
        ).text
    }

    private func givenDomain() throws -> String {
        guard isatty(STDIN_FILENO) == 0 else {
            throw ValidationError("give a domain on standard input, or --name <name> for a new one")
        }
        return try readDomain()
    }
}

@Sendable private func parseAccelerator(_ text: String) throws -> NewDomain.Accelerator {
    guard let accelerator = NewDomain.Accelerator(rawValue: text) else { throw ValidationError("use kvm or qemu") }
    return accelerator
}
