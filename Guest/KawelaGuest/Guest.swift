import Foundation

/// How a guest is made.
public struct GuestOptions: Sendable {
    /// Tells the guests of one run apart.
    public var name = "guest"
    public var processors = 2
    public var plugged = Plugged.pf()
    /// An emulated VT-d, which the guest's kernel uses for all its DMA.
    public var iommu = false
    public init() {}

    public static func with(_ change: (inout GuestOptions) -> Void) -> GuestOptions {
        var options = GuestOptions()
        change(&options)
        return options
    }

    fileprivate var kernelArguments: String {
        "console=ttyS0 loglevel=4 panic=1 mitigations=off net.ifnames=0"
            + (iommu ? " intel_iommu=on iommu.passthrough=0 iommu.strict=1" : "")
    }
}

/// A booted Linux guest, driven by shell commands.
public final class Guest: Sendable {
    public let machine: Machine
    public let name: String
    private let channel: CommandChannel
    private let console: String

    /// Starts QEMU; ``waitUntilReady(seconds:)`` says when Linux is up.
    public init(card: NetworkCard?, _ options: GuestOptions, in run: Run, namespace: Namespace) throws {
        let artifacts = try Artifacts.find()
        name = options.name
        let commands = try SocketListener(path: run.path("\(name).commands"))
        console = run.path("\(name).console")
        machine = try Machine(
            name: name, card: card, plugged: options.plugged, iommu: options.iommu,
            arguments: [
                "-accel", accelerator, "-smp", "\(options.processors)",
                "-chardev", "file,id=console,path=\(console),append=on", "-device", "isa-serial,chardev=console",
                "-chardev", "socket,id=commands,path=\(commands.path)", "-device", "isa-serial,chardev=commands",
                "-kernel", artifacts.kernel, "-initrd", artifacts.initrd,
                "-append", options.kernelArguments,
            ], in: run, namespace: namespace)
        channel = CommandChannel(try commands.accept(seconds: 10))
    }

    /// Waits for the next boot to be complete.
    public func waitUntilReady(seconds: Double = 120) throws {
        do {
            guard try channel.waitUntilReady(by: Deadline(seconds: seconds)) else {
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
        guard let result = try channel.run(command, seconds: seconds) else {
            throw GuestError("the guest does not answer any more: \(command)\n\(evidence)")
        }
        return result
    }

    /// Starts a command and leaves it running; its output is lost.
    public func start(_ command: String) throws {
        try run("(\(command)) >/dev/null 2>&1 </dev/null &")
    }

    /// The ends of what the guest's kernel and QEMU printed.
    public var evidence: String {
        let text = (try? String(contentsOfFile: console, encoding: .isoLatin1)) ?? ""
        let lines = text.split(whereSeparator: \.isNewline).suffix(30).joined(separator: "\n")
        return "--- console\n\(lines)\n--- QEMU\n\(machine.process.tail(lines: 10))"
    }
}

/// TCG, since it behaves the same everywhere; KAWELA_ACCEL=kvm is faster where it works.
private var accelerator: String {
    let chosen = ProcessInfo.processInfo.environment["KAWELA_ACCEL"] ?? "tcg"
    return chosen == "tcg" ? "tcg,thread=multi" : chosen
}
