// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KawelaDaemon

/// What of a served NIC is plugged in, and how QEMU is to call it.
struct FunctionArguments: ParsableArguments {
    @Option(help: ArgumentHelp("Socket that 'kawela serve' serves the NIC or a VF on.", valueName: "path"))
    var socket: String?

    @Option(help: ArgumentHelp("Directory that 'kawela serve' serves PF and VFs in.", valueName: "dir"))
    var directory: String?

    @Option(help: ArgumentHelp("How many VFs of --directory to plug in, 1 to 8.", valueName: "n"))
    var vfs: Int?

    @Option(help: ArgumentHelp("The device's name in QEMU. Each NIC of a guest needs its own.", valueName: "name"))
    var id = "kawela0"

    @Option(
        help: ArgumentHelp("PCIe bus to plug into. Without it: a root port made for the NIC.", valueName: "bus"))
    var bus: String?

    @Flag(help: "Have QEMU wait until a write of a register is done, for 'kawela serve --synchronous'.")
    var synchronous = false

    func functions() throws -> QEMUArguments.Functions {
        switch (socket, directory, vfs) {
        case (let socket?, nil, nil): return .one(socket: socket)
        case (nil, let directory?, let vfs?): return .all(directory: directory, vfs: vfs)
        case (nil, nil, nil): throw ValidationError("--socket <path> is missing, or --directory <dir> with --vfs <n>")
        case (nil, _, _): throw ValidationError("--directory <dir> and --vfs <n> go together: give both")
        case (_?, _, _): throw ValidationError("--socket is for one function: leave --directory and --vfs out")
        }
    }

    var areGiven: Bool { socket != nil || directory != nil || vfs != nil }
}
