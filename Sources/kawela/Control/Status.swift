// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlProtocol

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print ports, links, functions and clients of a running 'kawela serve'.")

    @OptionGroup var arguments: ControlArguments

    func run() throws { arguments.show(try arguments.call("ports"), statusText) }
}

struct Counters: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print what a running 'kawela serve' sent, received and dropped.",
        discussion: "Functions and queues, and every counter that is not zero. With --json all of them.")

    @OptionGroup var arguments: ControlArguments

    func run() throws { arguments.show(try arguments.call("counters"), countersText) }
}

struct Link: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the link of a running port, or pull its cable out and put it in.")

    enum State: String, ExpressibleByArgument, CaseIterable {
        case up, down
    }

    @Argument(help: "up: the cable is in; down: it is out. Without it: print the link.")
    var state: State?

    @OptionGroup var arguments: ControlArguments

    func run() throws {
        let answer =
            try state.map { try arguments.call("link.set", ["up": .bool($0 == .up)]) } ?? arguments.call("link.get")
        arguments.show(answer) { linkText($0) }
    }
}

struct VF: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vf",
        abstract: "Print or change settings of VFs of a running port.",
        discussion: """
            Settings are NAME=VALUE: mac, vlan (0: none), qos, rate in Mb/s (0: no limit), spoof-check, trust (true or false), \
            link (auto, on, off). They hold until the configuration is read again, with --pf embedded:

              kawela vf
              kawela vf 3 set vlan=100 trust=true
            """)

    @Argument(help: "Number of the VF. Without it: all.")
    var number: Int?

    @Argument(help: "'set', and NAME=VALUE for each setting to change.")
    var words: [String] = []

    @OptionGroup var arguments: ControlArguments

    func validate() throws {
        if let first = words.first, first != "set" || words.count == 1 {
            throw ValidationError("write: kawela vf NUMBER set NAME=VALUE ...")
        }
    }

    func run() throws {
        var parameters = number.map { ["vf": JSONValue.integer($0)] } ?? [:]
        guard !words.isEmpty else {
            return arguments.show(try arguments.call("vf.get", parameters), virtualFunctionsText)
        }
        for word in words.dropFirst() {
            let (name, value) = try assignment(word)
            parameters[name] = value
        }
        arguments.show(try arguments.call("vf.set", parameters)) { virtualFunctionsText(["functions": [$0]]) }
    }
}

struct Fault: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Inject faults into a running port, in place of those before.",
        discussion: "Faults are as in 'kawela serve --faults'; '' ends them.")

    @Argument(help: "Such as 'seed=7,loss=1% in'.")
    var faults: String

    @OptionGroup var arguments: ControlArguments

    func run() throws {
        arguments.show(try arguments.call("fault.inject", ["faults": .string(faults)])) { answer in
            "faults: \(answer["faults"]?.string ?? "")"
        }
    }
}

struct Events: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print what happens to running ports, as it happens.",
        discussion: "Kinds: link, client, reset, misuse, drops, fault.")

    @Argument(help: "Kinds of events. Without any: all.")
    var kinds: [String] = []

    @OptionGroup var arguments: ControlArguments

    func run() throws {
        let client = try arguments.connect()
        let wanted: [String: JSONValue] = kinds.isEmpty ? [:] : ["events": .array(kinds.map { .string($0) })]
        _ = try explaining { () throws(ControlClient.Failure) in try client.call("subscribe", wanted) }
        try follow(client) { notification in
            arguments.json
                ? String(decoding: notification.json.line, as: UTF8.self) : eventText(notification.parameters)
        }
    }
}
