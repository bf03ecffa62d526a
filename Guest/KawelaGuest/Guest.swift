// SPDX-License-Identifier: Apache-2.0

import Foundation

/// How a guest is made.
public struct GuestOptions: Sendable {
    /// Tells the guests of one run apart.
    public var name = "guest"
    public var processors = 2
    public var plugged = Plugged.pf()
    /// An emulated VT-d, which the guest's kernel uses for all its DMA.
    public var iommu = false
    public var kernel = GuestKernel.standard
    /// What the guest is made of when it is not a PC with ``kernel``.
    public var system: GuestSystem?
    /// What else the kernel is told.
    public var kernelOptions = ""
    /// Starts iPXE, which gets the kernel from the network; ``Bench/serveBoot(_:by:)`` has it there.
    public var networkBoot = false
    /// What QEMU gets in place of a kernel: the guest starts what its firmware finds.
    public var firmware: [String]?
    /// What the guest has in its /opt beyond the guest image.
    public var extras: [Extra] = []
    /// Files with more of it, as Scripts/guest-programs makes them.
    public var archives: [String] = []
    /// MiB; the guest's files are in it too.
    public var memory = 512
    /// What QEMU takes for `-cpu`; `nil` leaves it to QEMU.
    public var processor: String?
    public init() {}

    public static func with(_ change: (inout GuestOptions) -> Void) -> GuestOptions {
        var options = GuestOptions()
        change(&options)
        return options
    }

    /// The kernel's command line.
    public var kernelArguments: String {
        "console=\((system?.board ?? .q35).console) loglevel=4 panic=1 mitigations=off net.ifnames=0"
            + (iommu ? " intel_iommu=on iommu.passthrough=0 iommu.strict=1" : "")
            + (kernelOptions.isEmpty ? "" : " \(kernelOptions)")
    }

    fileprivate func bootArguments(_ artifacts: Artifacts, _ system: GuestSystem, in run: Run) throws -> [String] {
        if let firmware { return firmware }
        // Without graphics the BIOS and what uses it write to the first serial port.
        if networkBoot { return ["-machine", "graphics=off", "-kernel", artifacts.ipxe] }
        return [
            "-kernel", system.vmlinux, "-initrd", try initrd(artifacts, system, in: run),
            "-append", kernelArguments,
        ]
    }

    /// The guest image, followed by the archives of ``extras`` and ``archives``: Linux unpacks one after the other.
    private func initrd(_ artifacts: Artifacts, _ system: GuestSystem, in run: Run) throws -> String {
        let image = system.initrd
        let parts = extras.map { "\(artifacts.extras)/\($0.rawValue)" } + archives
        guard !parts.isEmpty else { return image }
        let path = run.path("\(name).initrd")
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forWritingAtPath: path)
        else { throw GuestError("cannot make \(path)") }
        for part in [image] + parts {
            try file.write(contentsOf: Data(contentsOf: URL(filePath: part), options: .alwaysMapped))
        }
        try file.close()
        return path
    }
}

/// Archives that only some guests get, by their names in ``Artifacts/extras``: a large image makes every boot slow.
public enum Extra: String, Sendable {
    /// Debian's DPDK, as the command `testpmd`.
    case dpdk
    /// A Debian QEMU, as the command `qemu`, with a kernel and a guest image in /opt/qemu.
    case qemu
}

/// A booted Linux guest, driven by shell commands.
public final class Guest: Sendable {
    public let machine: Machine
    public let name: String
    private let channel: CommandChannel
    private let console: String

    /// Starts QEMU; ``waitUntilReady(seconds:)`` says when Linux is up.
    public convenience init(card: NetworkCard?, _ options: GuestOptions, in run: Run, namespace: Namespace) throws {
        let system = try options.system ?? Artifacts.find().system(options.kernel)
        try self.init(options, in: run) {
            try Machine(
                name: options.name, on: system.board, qemu: system.qemu, card: card, plugged: options.plugged,
                iommu: options.iommu, memory: options.memory, arguments: $0, in: run, namespace: namespace)
        }
    }

    /// A guest in a machine of the caller's: `start` gets what QEMU has to be given for Linux and for commands, which is
    /// all but memory and devices.
    public init(_ options: GuestOptions, in run: Run, start: ([String]) throws -> Machine) throws {
        let artifacts = try Artifacts.find()
        let system = options.system ?? artifacts.system(options.kernel)
        let board = system.board
        name = options.name
        let commands = try SocketListener(path: run.path("\(name).commands"))
        console = run.path("\(name).console")
        machine = try start(
            ((options.processor ?? board.processor).map { ["-cpu", $0] } ?? []) + [
                "-accel", accelerator, "-smp", "\(options.processors)",
                "-chardev", "file,id=console,path=\(console),append=on",
                "-chardev", "socket,id=commands,path=\(commands.path)",
            ] + board.serialPort("console") + board.serialPort("commands")
                + (try options.bootArguments(artifacts, system, in: run)))
        channel = CommandChannel(try commands.accept(seconds: 10))
    }

    /// Waits for the next boot to be complete.
    public func waitUntilReady(seconds: Double = 120) throws {
        do {
            guard try channel.waitUntilReady(by: Deadline(seconds: seconds * patience)) else {
                throw GuestError("not within \(seconds) s")
            }
        } catch {
            throw GuestError("the guest did not boot: \(error)\n\(evidence)")
        }
    }

    /// Runs a shell command in the guest and returns what it printed.
    /// - Throws: when it fails or takes longer than `seconds`, with its output and the console's end.
    @discardableResult
    public func run(_ command: String, seconds: Int = 20) throws -> String {
        let result = try attempt(command, seconds: seconds)
        guard result.succeeded else { throw GuestError("in the guest: \(command): \(result)\n\(evidence)") }
        return result.output
    }

    /// Runs a shell command in the guest, however it ends. 137 is what a command gets that took longer than `seconds`.
    public func attempt(_ command: String, seconds: Int = 20) throws -> CommandResult {
        guard let result = try channel.run(command, seconds: Int(Double(seconds) * patience)) else {
            throw GuestError("the guest does not answer any more: \(command)\n\(evidence)")
        }
        return result
    }

    /// Starts a command and leaves it running; its output is lost.
    public func start(_ command: String) throws {
        try run("(\(command)) >/dev/null 2>&1 </dev/null &")
    }

    /// What came out of the first serial port.
    public var consoleText: String { (try? String(contentsOfFile: console, encoding: .isoLatin1)) ?? "" }

    /// The ends of what the guest's kernel and QEMU printed.
    public var evidence: String {
        let lines = consoleText.split(whereSeparator: \.isNewline).suffix(30).joined(separator: "\n")
        return "--- console\n\(lines)\n--- QEMU\n\(machine.process.tail(lines: 10))"
    }
}

/// TCG, since it behaves the same everywhere; KAWELA_ACCEL=kvm is faster where it works.
private var accelerator: String {
    let chosen = ProcessInfo.processInfo.environment["KAWELA_ACCEL"] ?? "tcg"
    return chosen == "tcg" ? "tcg,thread=multi" : chosen
}
