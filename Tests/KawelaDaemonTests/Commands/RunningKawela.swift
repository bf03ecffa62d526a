// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The built program, run as a user would, `kawela serve` with the options of KAWELA_SERVE_OPTIONS before others: in a sandbox
/// the thread sanitizer cannot tell names, so that what it is to leave out is a race for it.
final class RunningKawela {
    struct Result: Equatable {
        var code: Int32
        var output: String
        var errors: String
    }

    let process = Process()
    private let output = Pipe()
    private let errors = Pipe()

    /// The program, or another that is built with it, lies beside the one that runs the tests.
    /// - Parameters:
    ///   - preparation: what a shell does before it becomes the program.
    ///   - environment: what is in it besides that of the tests.
    init(
        _ arguments: [String], program: String = "kawela", preparation: String? = nil,
        environment: [String: String] = [:]
    ) throws {
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let file = tests.deletingLastPathComponent().appendingPathComponent(program)
        var arguments = arguments
        if arguments.first == "serve" {
            let options = ProcessInfo.processInfo.environment["KAWELA_SERVE_OPTIONS"] ?? ""
            arguments.insert(contentsOf: options.split(separator: " ").map(String.init), at: 1)
        }
        process.executableURL = preparation == nil ? file : URL(fileURLWithPath: "/bin/sh")
        process.arguments = (preparation.map { ["-c", "\($0); exec \"$0\" \"$@\"", file.path] } ?? []) + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        try process.run()
    }

    /// Waits for the end. What goes to standard error fits its pipe.
    func result() throws -> Result {
        let output = text(of: output)
        let errors = text(of: errors)
        process.waitUntilExit()
        return Result(code: process.terminationStatus, output: output, errors: errors)
    }

    static func run(_ arguments: String...) throws -> Result {
        try RunningKawela(arguments).result()
    }

    /// Sessions of other tests leave this thread a timer, whose signal interrupts calls.
    private func text(of pipe: Pipe) -> String {
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(pipe.fileHandleForReading.fileDescriptor, &buffer, buffer.count)
            if count > 0 { text += buffer[..<count] }
            if count == 0 || count < 0 && errno != EINTR { return String(decoding: text, as: UTF8.self) }
        }
    }
}

extension RunningKawela.Result {
    /// The one line a failure writes, without its line end and the program's name.
    var complaint: String? {
        guard output.isEmpty, errors.hasPrefix("kawela: "), errors.hasSuffix("\n") else { return nil }
        let line = errors.dropFirst("kawela: ".count).dropLast()
        return line.contains("\n") ? nil : String(line)
    }
}
