// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlProtocol
import Foundation
import KawelaDaemon

/// The options of commands that ask a running `kawela serve`.
struct ControlArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Control socket of the running 'kawela serve'. Without it: the value of KAWELA_CONTROL.", valueName: "path")
    )
    var control: String?

    @Option(help: ArgumentHelp("Name of the port that is meant, where there are several.", valueName: "name"))
    var port: String?

    @Flag(help: "The answer as JSON.")
    var json = false

    func connect() throws -> ControlClient {
        let path = try controlSocket(control)
        return try explaining { () throws(ControlClient.Failure) in try ControlClient(path: path) }
    }

    /// Calls a method, with the port that is meant.
    func call(_ method: String, _ parameters: [String: JSONValue] = [:]) throws -> JSONValue {
        try call(method, parameters, over: connect())
    }

    func call(_ method: String, _ parameters: [String: JSONValue], over client: ControlClient) throws -> JSONValue {
        var parameters = parameters
        if let port { parameters["port"] = .string(port) }
        return try explaining { () throws(ControlClient.Failure) in try client.call(method, parameters) }
    }

    /// Prints an answer, as JSON or in words.
    func show(_ answer: JSONValue, _ text: (JSONValue) -> String) {
        let words = json ? answer.text : text(answer)
        if !words.isEmpty { print(words) }
    }
}

/// The control socket of a running server: what the command line says, or the environment.
func controlSocket(_ given: String?) throws -> String {
    guard let path = given ?? ProcessInfo.processInfo.environment["KAWELA_CONTROL"] else {
        throw ValidationError("--control PATH is missing: the socket of 'kawela serve --control PATH'")
    }
    return path
}

/// Has the program end with the words of what a client found.
func explaining<Result>(_ work: () throws(ControlClient.Failure) -> Result) throws -> Result {
    do throws(ControlClient.Failure) { return try work() } catch { throw Failure.failed("\(error)") }
}
