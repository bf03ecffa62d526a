// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlProtocol
import Foundation

struct Ctl: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Call a method of a running 'kawela serve'.",
        discussion: """
            Parameters are NAME=VALUE, or one JSON object with all of them:

              kawela ctl vf.set vf=3 vlan=100
              kawela ctl vf.set '{"vf": 3, "vlan": 100}'

            The answer is JSON. After 'subscribe' what comes is printed, a line each, and after 'matrix on=true' it is counted, \
            until this program is interrupted. 'kawela ctl methods' lists the methods, docs/control.md describes them.
            """)

    @Argument(help: "The method.")
    var method: String?

    @Argument(help: "Its parameters.")
    var parameters: [String] = []

    @Flag(help: "Describe all methods, as Markdown.")
    var markdown = false

    @OptionGroup var arguments: ControlArguments

    func run() throws {
        if markdown { return print(MethodDescription.markdown, terminator: "") }
        guard let method else { throw ValidationError("name a method: 'kawela ctl methods' lists them") }
        guard !["capture.start", "trace.start"].contains(method) else {
            throw ValidationError("use 'kawela capture' and 'kawela trace', which write what comes")
        }
        let client = try arguments.connect()
        let parameters = try readParameters(parameters)
        print(try arguments.call(method, parameters, over: client).text)
        guard method == "subscribe" || (method == "matrix" && parameters["on"] == true) else { return }
        try follow(client) { String(decoding: $0.json.line, as: UTF8.self) }
    }
}

/// Prints notifications, a line each, until the server ends.
func follow(_ client: ControlClient, _ text: (ControlNotification) -> String) throws {
    while let notification = try explaining({ () throws(ControlClient.Failure) in try client.nextNotification() }) {
        // At once, also into a pipe.
        try FileHandle.standardOutput.write(contentsOf: Data((text(notification) + "\n").utf8))
    }
}

/// Parameters as the command line has them. What is no JSON is a string.
private func readParameters(_ words: [String]) throws -> [String: JSONValue] {
    if words.count == 1, words[0].hasPrefix("{") {
        guard let members = (try? JSONValue(parsing: words[0].utf8))?.object else {
            throw ValidationError("'\(words[0])' is no JSON object")
        }
        return members
    }
    return try Dictionary(words.map { try assignment($0) }) { _, last in last }
}

/// `NAME=VALUE`.
func assignment(_ word: String) throws -> (String, JSONValue) {
    guard let sign = word.firstIndex(of: "=") else { throw ValidationError("'\(word)' is not NAME=VALUE") }
    let text = String(word[word.index(after: sign)...])
    let value = (try? JSONValue(parsing: text.utf8)) ?? .string(text)
    return (String(word[..<sign]), value)
}
