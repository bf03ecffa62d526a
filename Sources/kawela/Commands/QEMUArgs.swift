import ArgumentParser
import KawelaDaemon

struct QEMUArgs: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "qemu-args",
        abstract: "Print the arguments that plug a served NIC into QEMU.",
        discussion: """
            Without quotes, the shell splits them into words:

              qemu-system-x86_64 $(kawela qemu-args --socket /tmp/k.sock) ...

            Guest memory must be shared, so that the NIC can reach it: that is what the -machine, -object and -m \
            arguments are for. With a command line that has shared memory already, or for a second NIC, use \
            --no-machine --no-memory. QEMU must be 10.1 or newer.
            """)

    @Option(help: ArgumentHelp("Socket that 'kawela serve' serves the NIC on.", valueName: "path"))
    var socket: String

    @Option(help: ArgumentHelp("Guest memory: a number and M, G or T.", valueName: "size"))
    var memory = "1G"

    @Option(help: ArgumentHelp("The device's name in QEMU. Each NIC of a guest needs its own.", valueName: "name"))
    var id = "kawela0"

    @Option(
        help: ArgumentHelp("PCIe bus to plug into. Without it: a root port made for the NIC.", valueName: "bus"))
    var bus: String?

    @Option(help: ArgumentHelp("Machine type; it needs PCIe.", valueName: "type"))
    var machine = "q35"

    @Flag(help: "Leave the machine type out, to give your own with -machine.")
    var noMachine = false

    @Flag(help: "Leave guest memory out. Yours must be shared (share=on).")
    var noMemory = false

    @Option(
        help: ArgumentHelp(
            "shell: one line; lines: one argument a line; json: an array of strings. Without it: shell.",
            valueName: "format"),
        transform: parseFormat)
    var format = QEMUArguments.Format.shell

    func run() throws {
        let arguments = try QEMUArguments(
            socket: socket, memory: MemorySize(memory), id: id, bus: bus, machine: noMachine ? nil : machine,
            includesMemory: !noMemory)
        print(try arguments.text(as: format))
    }
}

@Sendable private func parseFormat(_ text: String) throws -> QEMUArguments.Format {
    guard let format = QEMUArguments.Format(rawValue: text) else {
        throw ValidationError("use shell, lines or json")
    }
    return format
}
