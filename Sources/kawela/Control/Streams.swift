// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlProtocol
import Foundation
import KawelaDaemon

struct Capture: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write frames of a running port to a file or a pipe, as pcapng.",
        discussion: """
            Without --function: the wire, and frames that are dropped. Each frame that is dropped, or that the NIC did something \
            to, has a comment that says why or what. Until this program is interrupted:

              kawela capture - | wireshark -k -i -
              kawela capture --function vf3 vf3.pcapng
            """)

    @Argument(help: "File to write, - for standard output.")
    var file: String

    @Option(help: ArgumentHelp("What this function sends and gets, and what of it is dropped: pf, vf0 to vf7."))
    var function: String?

    @Option(help: ArgumentHelp("A queue of the function alone, by the number it has there.", valueName: "n"))
    var queue: Int?

    @Flag(help: "The wire and all functions.")
    var all = false

    @Option(help: ArgumentHelp("Bytes of each frame to keep. Without it: all.", valueName: "bytes"))
    var snaplen: Int?

    @OptionGroup var arguments: ControlArguments

    func run() throws {
        var parameters: [String: JSONValue] = [:]
        if let function { parameters["function"] = .string(function) }
        if let queue { parameters["queue"] = .integer(queue) }
        if all { parameters["all"] = true }
        if let snaplen { parameters["snaplen"] = .integer(snaplen) }
        try write("capture.start", parameters, of: arguments, to: file)
    }
}

struct Trace: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write accesses, interrupts and resets of a running port, with registers and fields by name.",
        discussion: """
            With --json, lines that 'kawela replay' reads, if the trace is of all functions and begins before the guest starts. \
            Until this program is interrupted.
            """)

    @Argument(help: "File to write, - for standard output.")
    var file = "-"

    @Option(help: "Of this function alone: pf, vf0 to vf7.")
    var function: String?

    @Option(help: "Only config, registers, mailbox, interrupts or resets; can be given several times.")
    var kind: [String] = []

    @OptionGroup var arguments: ControlArguments

    func run() throws {
        var parameters: [String: JSONValue] = ["format": arguments.json ? "json" : "text"]
        if let function { parameters["function"] = .string(function) }
        if !kind.isEmpty { parameters["kinds"] = .array(kind.map { .string($0) }) }
        try write("trace.start", parameters, of: arguments, to: file)
    }
}

/// Writes what comes after the answer to a method, until its end.
private func write(
    _ method: String, _ parameters: [String: JSONValue], of arguments: ControlArguments, to path: String
) throws {
    let client = try arguments.connect()
    _ = try arguments.call(method, parameters, over: client)
    let file = try path == "-" ? FileHandle.standardOutput : create(path)
    while let bytes = try explaining({ () throws(ControlClient.Failure) in try client.nextBytes() }) {
        do { try file.write(contentsOf: Data(bytes)) } catch { throw Failure.failed("cannot write \(path): \(error)") }
    }
}

private func create(_ path: String) throws -> FileHandle {
    guard FileManager.default.createFile(atPath: path, contents: nil), let file = FileHandle(forWritingAtPath: path)
    else { throw Failure.failed("cannot create \(path)") }
    return file
}
