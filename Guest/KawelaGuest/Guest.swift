import Foundation

/// A booted Linux guest, driven by shell commands.
public final class Guest: Sendable {
    public let machine: Machine
    private let channel: CommandChannel
    private let console: String

    /// Starts QEMU; ``waitUntilReady(seconds:)`` says when Linux is up.
    init(card: NetworkCard?, processors: Int, in run: Run, namespace: Namespace) throws {
        let artifacts = try Artifacts.find()
        let commands = try SocketListener(path: run.path("commands"))
        console = run.path("console.log")
        machine = try Machine(
            card: card,
            arguments: [
                "-accel", accelerator, "-smp", "\(processors)",
                "-chardev", "file,id=console,path=\(console),append=on", "-device", "isa-serial,chardev=console",
                "-chardev", "socket,id=commands,path=\(commands.path)", "-device", "isa-serial,chardev=commands",
                "-kernel", artifacts.kernel, "-initrd", artifacts.initrd,
                "-append", "console=ttyS0 loglevel=4 panic=1 mitigations=off net.ifnames=0",
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
