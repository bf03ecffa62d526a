// SPDX-License-Identifier: Apache-2.0

extension MethodDescription {
    /// Grows when a program written for a smaller one may no longer work: a method, parameter or member went, or means
    /// something else.
    package static let protocolVersion = 1

    /// Every method there is.
    package static let all = general + traffic + virtualFunctions + diagnosis + streams
}

extension MethodDescription.Parameter {
    fileprivate static let port = Self(
        name: "port", kind: .string, meaning: "Name of a port; can be left out where there is one.")
    fileprivate static let vf = Self(name: "vf", kind: .integer(0...7), isRequired: true, meaning: "Number of a VF.")
    fileprivate static func function(_ meaning: String) -> Self {
        Self(name: "function", kind: .choice(["pf"] + (0..<8).map { "vf\($0)" }), meaning: meaning)
    }
}

extension MethodDescription {
    private static let general = [
        Self(
            name: "version", summary: "What runs.", parameters: [],
            result: "`program` and its `version`, `protocol`: the version of this protocol."),
        Self(
            name: "methods", summary: "What can be asked.", parameters: [],
            result: "`version` of the protocol, `methods`: each with a JSON schema of its parameters."),
        Self(
            name: "ports", summary: "The ports with their links, functions and clients.", parameters: [.port],
            result: """
                `ports`, each with `port`, `uplink` (`specification`, `status`, `up`), `link` (`up`, `speed` in Mb/s, `unplugged`), \
                `driver` of the PF (`guest` or `embedded`), `queues` per pool, and `functions`: `function`, `exists`, `socket`, `client` \
                (whether one is connected), `address`.
                """),
        Self(
            name: "reload",
            summary: "Reads the configuration file again, as SIGHUP does. The log tells what came of it.",
            parameters: [], result: "Nothing."),
        Self(
            name: "reset", summary: "Resets a function, as its slot would.",
            parameters: [.port, .function("Without it: the PF, and with it all of the port.")], result: "Nothing."),
    ]

    private static let traffic = [
        Self(
            name: "link.get", summary: "The link of a port.", parameters: [.port],
            result: "`up`, `speed` in Mb/s, `fullDuplex`, `carrier` of the uplink, `unplugged` by `link.set`."),
        Self(
            name: "link.set", summary: "Pulls the port's cable out, or puts it in again.",
            parameters: [
                .port,
                .init(name: "up", kind: .boolean, isRequired: true, meaning: "False: the cable is out."),
            ], result: "As `link.get`."),
        Self(
            name: "counters", summary: "What was sent, received and dropped, and how full rings are.",
            parameters: [.port],
            result: """
                `time` in ns of a clock that does not jump, and `ports`, each with `port`, `link`, `hardware` (statistics registers by \
                name; reading them here clears nothing), `reasons` (frames lost, by reason), `incomplete` (frames sent \
                without something their driver asked for), `uplink`, `faults`, `functions` (`function`, `client`, \
                `interrupts`, `doorbells`, `transmit` and `receive` with `frames` and `bytes`, `reasons`) and `queues` \
                (`queue`, `function`, `reasons`, `transmit` and `receive`, each with `enabled`, `size`, `pending` descriptors, \
                `frames`, `bytes`, `doorbells`; `receive` has `dropped` too, frames that found no descriptors). `reasons` of a \
                function or queue are those that are not zero, since the port was made. While `matrix` is on for any connection: `switch`, \
                frames from each sender (row) to each receiver (column), both `wire`, `pool0` to `pool7`.
                """),
        Self(
            name: "matrix", summary: "Counts who sends to whom, from 0 on, as long as this connection lasts.",
            parameters: [
                .port, .init(name: "on", kind: .boolean, isRequired: true, meaning: "Whether to count."),
            ], result: "Nothing."),
    ]

    private static let virtualFunctions = [
        Self(
            name: "vf.get", summary: "Settings of VFs.",
            parameters: [
                .port, .init(name: "vf", kind: .integer(0...7), meaning: "Without it: all of them."),
            ],
            result: """
                `functions`, each with `vf`, `mac`, `vlan`, `qos`, `rate` in Mb/s (0: no limit), `spoof-check`, `trust`, `link` (`auto`, `on`, `off`), \
                and `settable`: whether `vf.set` can change them.
                """),
        Self(
            name: "vf.set",
            summary: "Changes settings of a VF of `--pf embedded`, until the configuration is read again.",
            parameters: [
                .port, .vf,
                .init(name: "mac", kind: .string, meaning: "MAC address."),
                .init(name: "vlan", kind: .integer(0...4094), meaning: "VLAN its frames are in; 0: none of its own."),
                .init(name: "qos", kind: .integer(0...7), meaning: "Priority in the tag of that VLAN."),
                .init(name: "rate", kind: .integer(0...1000), meaning: "Limit in Mb/s; 0: none."),
                .init(name: "spoof-check", kind: .boolean, meaning: "Whether its source addresses are checked."),
                .init(
                    name: "trust", kind: .boolean,
                    meaning: "Whether it may change its address and receive what is for others."),
                .init(name: "link", kind: .choice(["auto", "on", "off"]), meaning: "The link it is told of."),
            ], result: "As `vf.get`, for this VF."),
    ]

    private static let diagnosis = [
        Self(
            name: "registers", summary: "Registers as they stand, by field. Nothing is cleared or acknowledged.",
            parameters: [
                .port, .function("Without it: the PF. A VF has its own names and offsets."),
                .init(
                    name: "names", kind: .strings,
                    meaning:
                        "Such as `CTRL`, `TDT[3]`, `EITR*`, `0x3818`. Without it: all that differ from their reset value."
                ),
            ],
            result: """
                `registers`, each with `name`, `offset`, `value` (hexadecimal), `reset`, and `fields`: each with `name`, `bits`, \
                `value`, `meaning`.
                """),
        Self(
            name: "lint", summary: "Watches what drivers do against the datasheet. Reports come as `misuse` events.",
            parameters: [
                .port, .init(name: "on", kind: .boolean, isRequired: true, meaning: "Whether to watch."),
            ], result: "Nothing."),
        Self(
            name: "misuse", summary: "What drivers did against the datasheet since the watch began, the last 256.",
            parameters: [.port],
            result: """
                `on`, `suppressed` (reports of the same kind left out), and `reports`: `time`, `rule`, `severity`, `function`, \
                `queue`, `register`, `field`, `value`, `text`, `section`, `advice`.
                """),
        Self(
            name: "fault.inject", summary: "Injects faults on purpose, in place of those before; see --faults.",
            parameters: [
                .port,
                .init(
                    name: "faults", kind: .string, isRequired: true,
                    meaning: "As in --faults: `seed=7,loss=1% in`. Empty: none any more."),
            ], result: "`faults` that are in force now."),
    ]

    private static let streams = [
        Self(
            name: "subscribe",
            summary:
                "Has events sent to this connection, as `event` notifications with `event`, `port`, `time` and more.",
            parameters: [
                .init(
                    name: "events", kind: .strings,
                    meaning: "Of `link`, `client`, `reset`, `misuse`, `drops`, `fault`. Without it: all.")
            ], result: "`events` that are sent from now on."),
        Self(
            name: "trace.start",
            summary: """
                Turns this connection into a trace: behind the answer come lines of accesses, interrupts and resets and nothing \
                else, until the client closes it. docs/trace.md describes them.
                """,
            parameters: [
                .port, .function("Without it: all, as a replay needs them."),
                .init(
                    name: "kinds", kind: .strings,
                    meaning: "Of `config`, `registers`, `mailbox`, `interrupts`, `resets`. Without it: all."),
                .init(name: "format", kind: .choice(["json", "text"]), meaning: "Without it: `json`."),
            ], result: "`format`."),
        Self(
            name: "trace.stop", summary: "Ends all traces of a port.", parameters: [.port],
            result: "`stopped`: how many there were."),
        Self(
            name: "capture.start",
            summary: """
                Turns this connection into a stream of frames: behind the answer comes pcapng and nothing else, until the client \
                closes it.
                """,
            parameters: [
                .port, .function("Without it: the wire, and what is dropped."),
                .init(
                    name: "queue", kind: .integer(0...15),
                    meaning: "A queue of the function alone, by its number there."),
                .init(name: "all", kind: .boolean, meaning: "The wire and all functions."),
                .init(
                    name: "snaplen", kind: .integer(60...16384),
                    meaning: "Bytes of each frame to keep. Without it: all."),
            ], result: "`format`: `pcapng`."),
        Self(
            name: "capture.stop", summary: "Ends all captures of a port.", parameters: [.port],
            result: "`stopped`: how many there were."),
    ]
}
