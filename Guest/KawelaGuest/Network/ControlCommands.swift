// SPDX-License-Identifier: Apache-2.0

import Foundation

// Commands for a card that runs, as a person types them.

extension KawelaServer {
    /// The UNIX socket where it can be asked, if it was started with one.
    public var controlSocket: String { "\(folder)/control.sock" }

    private func command(_ arguments: [String]) throws -> [String] {
        [try Artifacts.kawela()] + arguments + ["--control", controlSocket]
    }

    /// What `kawela ARGUMENTS` prints of this server.
    /// - Throws: when it fails.
    public func ask(_ arguments: [String], in run: Run) throws -> String {
        let process = try ChildProcess(command(arguments), name: run.uniqueName("ask"), in: run)
        guard try process.wait(seconds: 30) == 0 else { throw GuestError("\(arguments): \(process.tail())") }
        return process.output
    }

    /// What `kawela ARGUMENTS`, which goes on until it is ended, prints while `work` is done, which begins once it has printed
    /// `start`, and a second after that.
    public func ask(_ arguments: [String], after start: String = "", in run: Run, while work: () throws -> Void) throws
        -> String
    {
        let process = try ChildProcess(command(arguments), name: run.uniqueName("ask"), in: run)
        defer { process.terminate() }
        try eventually("\(arguments) begins\n\(process.tail())", within: 10, every: 0.1) {
            start.isEmpty || process.output.contains(start)
        }
        sleepABit()
        try work()
        sleepABit()
        process.terminate()
        return process.output
    }
}

/// What is on its way has arrived then.
private func sleepABit() { usleep(1_000_000) }

// What drivers do wrong.

/// A report of what a driver does against the datasheet.
public struct Misuse: Sendable, CustomStringConvertible {
    /// As docs/lint.md has it.
    public let rule: String
    /// `pf`, `vf0`, ...
    public let function: String
    /// The report in full.
    public let description: String
}

extension Bench {
    /// Holds what drivers do to the card against the datasheet from now on.
    public func watchDrivers() throws { _ = try card.server?.ask(["lint", "on"], in: run) }

    /// What drivers did against the datasheet since ``watchDrivers()``, remarks left out. Nothing for a card that is not
    /// Kawela's.
    public func misuse() throws -> [Misuse] {
        guard let server = card.server else { return [] }
        let text = try server.ask(["lint"], in: run)
        guard !text.hasPrefix("nobody watches") else { throw GuestError("nobody watched the drivers") }
        // A report has more lines, which are indented.
        let reports = text.replacing("\n    ", with: "; ").split(separator: "\n")
        return reports.compactMap { report in
            guard let start = report.prefixMatch(of: /misuse ([a-z0-9-]+): ([a-z0-9]+)/) else { return nil }
            return Misuse(rule: String(start.1), function: String(start.2), description: String(report))
        }
    }
}
