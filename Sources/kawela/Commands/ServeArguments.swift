// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KawelaDaemon

/// The options of `kawela serve`.
struct ServeArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "UNIX socket to serve the NIC on. One that a server left behind is replaced.", valueName: "path"))
    var socket: String?

    @Option(
        help: ArgumentHelp(
            "Existing directory to serve in: the PF on pf.sock, VF n on vfn.sock.", valueName: "dir"))
    var directory: String?

    @Option(help: ArgumentHelp("How many VFs there are, 0 to 8. Without it: 0.", valueName: "n"))
    var vfs: Int?

    @Option(
        help: ArgumentHelp(
            "Who drives the PF: guest, or embedded: this program, with the VFs' settings from the file of --config. "
                + "Without it: guest.", valueName: "owner"))
    var pf: String?

    @Option(help: ArgumentHelp(uplinkHelp, valueName: "spec"))
    var uplink: String?

    @Option(
        help: ArgumentHelp(
            "The PF's MAC address. Without it: 52:54:00 and three bytes made from this machine and the socket's path.",
            valueName: "address"))
    var mac: String?

    @Option(
        help: ArgumentHelp(
            "File that keeps the NIC's EEPROM: its MAC address and what guests write. Created if it does not exist. "
                + "Without it, what a guest writes is forgotten when it ends.", valueName: "file"))
    var nvm: String?

    @Option(
        help: ArgumentHelp(
            "The PF's expansion ROM, from which firmware boots a guest: a file, or none. Without it: the one installed with "
                + "this program, if there is one.", valueName: "file"))
    var rom: String?

    @Option(
        help: ArgumentHelp(
            "For how many microseconds at most to look for the next message before sleeping, where that pays and nobody else "
                + "needs the processor; 0: never. Without it: 50.", valueName: "µs"))
    var busyPoll: Int?

    @Option(
        help: ArgumentHelp(
            "Which files QEMU may give for guest memory: in-memory: memfd, tmpfs and huge pages, or any-file, whose file system "
                + "can then hold up this program. Without it: in-memory.", valueName: "kind"))
    var guestMemory: String?

    @Option(help: ArgumentHelp("Configuration file (JSON), for one NIC or several.", valueName: "file"))
    var config: String?

    @Option(
        help: ArgumentHelp(
            "Least level to log: \(logLevelNames.joined(separator: ", ")). Without it: info.", valueName: "level"))
    var logLevel: String?

    @Option(
        help: ArgumentHelp(
            "What this program gives up once all it needs is open: on; log: the kernel only logs system calls that on would deny; off. "
                + "Without it: on. See 'kawela sandbox'.", valueName: "mode"))
    var sandbox: String?

    @Option(
        help: ArgumentHelp("Mode of the functions' sockets, octal. Without it: 0600.", valueName: "mode"))
    var socketMode: String?

    @Option(
        help: ArgumentHelp(
            "Owner of the functions' sockets, numbers or names. Without it: who runs this program.",
            valueName: "user[:group]"))
    var socketOwner: String?

    @Option(
        help: ArgumentHelp(
            "Number of a user whose programs may be clients; can be given several times. Without it: all that can connect.",
            valueName: "uid"))
    var allowUid: [Int] = []

    @Option(
        help: ArgumentHelp(
            "Faults to inject on purpose, for tests of drivers: KIND=WHEN,..., for example "
                + "'seed=7,loss=1% in,link-down=every 30s for 2s'. See docs/operations.md. Without it: none.",
            valueName: "faults"))
    var faults: String?

    @Option(
        help: ArgumentHelp(
            "UNIX socket to be asked and told on while it runs, for 'kawela ctl' and others; only this user may connect. "
                + "See docs/observability.md. Without it: none.", valueName: "path"))
    var control: String?

    @Option(
        help: ArgumentHelp(
            "File to write a trace of all that happens to, from the start, for 'kawela replay'; one that exists is emptied. It "
                + "costs time for each access. See docs/trace.md. Without it: none.", valueName: "file"))
    var trace: String?

    @Flag(
        help: ArgumentHelp(
            "Watch what drivers do against the datasheet, and log it; see docs/lint.md. 'kawela lint' shows it too, with --control."
        ))
    var lint = false

    @Flag(
        help: ArgumentHelp(
            "Do what a write of a register asks for before answering it, and let the link need no time: for clients whose "
                + "clock stands still, such as qtest. 'kawela qemu-args --synchronous' is for the other side."))
    var synchronous = false

    /// What the command line gives.
    func line() throws -> ServeOptions {
        try ServeOptions(
            socket: socket, uplink: uplink, mac: mac, logLevel: logLevel, directory: directory, vfs: vfs, pf: pf,
            nvm: nvm, rom: rom, busyPoll: busyPoll, guestMemory: guestMemory, sandbox: sandbox, socketMode: socketMode,
            socketOwner: socketOwner, allowedUsers: allowUid, faults: faults, control: control, trace: trace,
            watchesMisuse: lint ? true : nil, isSynchronous: synchronous ? true : nil)
    }
}
