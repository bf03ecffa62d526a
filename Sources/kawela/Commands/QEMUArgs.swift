// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KawelaDaemon

struct QEMUArgs: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "qemu-args",
        abstract: "Print the arguments that plug a served NIC into QEMU.",
        discussion: """
            Without quotes, the shell splits them into words:

              qemu-system-x86_64 $(kawela qemu-args --socket /tmp/k.sock) ...

            For the PF with its VFs in one guest, QEMU needs the plugin that 'make plugin' makes:

              LD_PRELOAD=.../kawela-sriov.so qemu-system-x86_64 $(kawela qemu-args --directory /tmp/k --vfs 4) ...

            One VF alone, of 'kawela serve --pf embedded', is plugged in by its --socket and needs no plugin.

            Guest memory must be shared, so that the NIC can reach it: that is what the -machine, -object and -m \
            arguments are for. With a command line that has shared memory already, or for a second NIC, use \
            --no-machine --no-memory. QEMU must be 10.1 or newer.
            """)

    @OptionGroup var plugged: FunctionArguments

    @Option(help: ArgumentHelp("Guest memory: a number and M, G or T.", valueName: "size"))
    var memory = "1G"

    @Option(help: ArgumentHelp("Machine type; it needs PCIe.", valueName: "type"))
    var machine = "q35"

    @Flag(help: "Leave the machine type out, to give your own with -machine.")
    var noMachine = false

    @Flag(help: "Leave guest memory out. Yours must be shared (share=on).")
    var noMemory = false

    @Flag(help: "Give the guest an IOMMU (VT-d), to use VFs from programs and guests inside it.")
    var iommu = false

    @Option(
        help: ArgumentHelp(
            "shell: one line; lines: one argument a line; json: an array of strings. Without it: shell.",
            valueName: "format"),
        transform: parseFormat)
    var format = QEMUArguments.Format.shell

    func run() throws {
        var arguments = try QEMUArguments(
            plugged.functions(), memory: MemorySize(memory), id: plugged.id, bus: plugged.bus,
            machine: noMachine ? nil : machine, includesMemory: !noMemory, includesIOMMU: iommu)
        arguments.isSynchronous = plugged.synchronous
        print(try arguments.text(as: format))
    }
}

@Sendable private func parseFormat(_ text: String) throws -> QEMUArguments.Format {
    guard let format = QEMUArguments.Format(rawValue: text) else {
        throw ValidationError("use shell, lines or json")
    }
    return format
}
