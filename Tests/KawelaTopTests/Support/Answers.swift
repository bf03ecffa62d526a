// SPDX-License-Identifier: Apache-2.0

import ControlProtocol

@testable import KawelaTop

/// Answers of a server whose counters grow evenly: after each second by what ``Answers`` says of it.
enum Answers {
    /// The answer to `counters` after `seconds`.
    static func counters(after seconds: Int, matrix: Bool = true) -> JSONValue {
        [
            "time": .integer(5_000_000_000 + seconds * 1_000_000_000),
            "ports": [lan(seconds, matrix: matrix), wan(seconds)],
        ]
    }

    /// The answer to `ports`.
    static let ports: JSONValue = [
        "ports": [
            [
                "port": "lan", "driver": "guest",
                "uplink": ["specification": "tap:name=tap0", "status": "attached", "up": true],
                "functions": [
                    ["function": "pf", "address": "52:54:00:12:34:56"],
                    ["function": "vf0", "address": "52:54:00:12:34:57"],
                    ["function": "vf3", "address": "02:00:00:00:00:03"],
                ],
            ],
            ["port": "wan", "driver": "embedded", "uplink": ["specification": "null", "status": "", "up": false]],
        ]
    ]

    static func snapshot(after seconds: Int, matrix: Bool = true) -> Snapshot {
        Snapshot(counters: counters(after: seconds, matrix: matrix), descriptions: ports)
    }

    private static func lan(_ seconds: Int, matrix: Bool) -> JSONValue {
        var port: [String: JSONValue] = [
            "port": "lan",
            "link": ["up": true, "speed": 1000, "fullDuplex": true, "carrier": true, "unplugged": false],
            "hardware": ["GPRC": .integer(seconds * 90_000)],
            "reasons": [
                "receive_no_descriptors": .integer(40 + seconds * 250), "receive_filtered": 17, "switch_spoofed": 0,
                "transmit_malformed": .integer(seconds),
            ],
            "functions": [
                function("pf", seconds, sent: 12_000, received: 81_274, interrupts: 8_000, doorbells: 950),
                function("vf0", seconds, sent: 500, received: 40, interrupts: 540, doorbells: 500),
                ["function": "vf1", "exists": false, "client": false],
                function(
                    "vf3", seconds, sent: 0, received: 200_000, interrupts: 20_000, doorbells: 12, client: false,
                    reasons: [
                        "receive_no_descriptors": .integer(seconds * 240), "receive_oversize": .integer(seconds * 10),
                    ]),
            ],
            "queues": .array((0..<16).map { queue($0, seconds) }),
        ]
        if matrix {
            port["switch"] = [
                "on": true,
                "matrix": .array((0..<9).map { row in .array((0..<9).map { .integer(seconds * frames(row, $0)) }) }),
            ]
        }
        return .object(port)
    }

    private static func wan(_ seconds: Int) -> JSONValue {
        [
            "port": "wan", "link": ["up": false, "speed": 0, "fullDuplex": false, "unplugged": true],
            "reasons": [:], "functions": [function("pf", seconds, sent: 7, received: 0, interrupts: 1, doorbells: 7)],
            "queues": [], "switch": ["on": true, "matrix": [[0, .integer(seconds * 3)]]],
        ]
    }

    /// What a sender sends a receiver each second.
    private static func frames(_ sender: Int, _ receiver: Int) -> Int {
        switch (sender, receiver) {
        case (0, 1): 81_274
        case (1, 4): 1_200
        case (2, 0): 500
        default: 0
        }
    }

    private static func function(
        _ name: JSONValue, _ seconds: Int, sent: Int, received: Int, interrupts: Int, doorbells: Int,
        client: Bool = true, reasons: JSONValue = [:]
    ) -> JSONValue {
        [
            "function": name, "exists": true, "client": .bool(client), "interrupts": .integer(seconds * interrupts),
            "doorbells": .integer(seconds * doorbells), "transmit": traffic(seconds * sent, size: 1500),
            "receive": traffic(seconds * received, size: 60), "reasons": reasons,
        ]
    }

    private static func traffic(_ frames: Int, size: Int) -> JSONValue {
        ["frames": .integer(frames), "bytes": .integer(frames * size)]
    }

    private static func queue(_ number: Int, _ seconds: Int) -> JSONValue {
        let isEnabled = [0, 1, 3].contains(number)
        let frames = isEnabled ? seconds * (number + 1) * 1000 : 0
        let ring: [String: JSONValue] = ["enabled": .bool(isEnabled), "size": 256, "doorbells": .integer(frames / 10)]
        let sent: [String: JSONValue] = [
            "pending": .integer(number * 64), "frames": .integer(frames), "bytes": .integer(frames * 1500),
        ]
        let received: [String: JSONValue] = [
            "pending": number == 3 ? 0 : 255, "frames": .integer(frames * 2), "bytes": .integer(frames * 120),
        ]
        return [
            "queue": .integer(number), "function": .string(number % 8 == 0 ? "pf" : "vf\(number % 8)"),
            "transmit": .object(ring.merging(sent) { $1 }), "receive": .object(ring.merging(received) { $1 }),
            "reasons": number == 3 ? ["receive_no_descriptors": .integer(seconds * 250)] : [:],
        ]
    }
}

extension Model {
    /// What is shown after `seconds` of ``Answers``.
    static func observed(seconds: Int = 3, view: TopView = .overview) -> Model {
        var model = Model(interval: 1, view: view)
        for second in 0...seconds { model.take(Answers.snapshot(after: second)) }
        return model
    }

    /// Presses keys; whether it goes on.
    @discardableResult
    mutating func press(_ keys: String) -> Bool { Key.keys(in: Array(keys.utf8)).allSatisfy { handle($0) } }
}
