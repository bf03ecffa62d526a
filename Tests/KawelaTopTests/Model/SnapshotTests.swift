// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import Testing

@testable import KawelaTop

@Suite struct SnapshotTests {
    @Test func holdsWhatTheServerCounted() throws {
        let snapshot = Answers.snapshot(after: 2)
        #expect(snapshot.time == 7_000_000_000)
        #expect(snapshot.ports.map(\.name) == ["lan", "wan"])
        let port = snapshot.ports[0]
        #expect(port.link.isUp && port.link.speed == 1000 && port.link.isFullDuplex && !port.link.isUnplugged)
        #expect(port.uplink == "tap:name=tap0: attached" && port.driver == "guest")
        #expect(port.reasons["receive_no_descriptors"] == 540)
        #expect(port.functions[1].name == "vf0" && port.functions[1].address == "52:54:00:12:34:57")
        #expect(port.functions[0].counts[.transmitBits] == 24_000 * 1500 * 8)
        #expect(port.functions[2].exists == false && port.functions[2].hasClient == false)
        #expect(port.functions[3].counts[.drops] == 500, "for all reasons")
        #expect(port.queues[3].counts[.drops] == 500 && port.queues[1].counts[.drops] == 0)
        #expect(port.queues[1].transmit == RingFill(["enabled": true, "size": 4, "pending": 1]))
        #expect(port.queues[1].counts[.doorbells] == 800, "of both rings")
        #expect(port.matrix?.rows[2][0] == 1000 && port.matrix?.rows.map(\.count) == Array(repeating: 9, count: 9))
    }

    private static let wrong: [JSONValue] = [
        .null, 5, [], ["ports": 7], ["ports": [5, [], .null]],
        ["time": "x", "ports": [["functions": 3, "queues": [[:]]]]],
        ["ports": [["reasons": [], "switch": ["on": true, "matrix": [[[]], 7]], "functions": [["interrupts": -1]]]]],
    ]

    @Test(arguments: wrong)
    func whatIsMissingOrWrongReadsAsNothing(_ answer: JSONValue) {
        let snapshot = Snapshot(counters: answer, descriptions: answer)
        #expect(snapshot.time == 0)
        for port in snapshot.ports {
            #expect(port.name == "" && port.reasons.isEmpty && !port.link.isUp)
            #expect(port.functions.allSatisfy { function in Measure.allCases.allSatisfy { function.counts[$0] == 0 } })
            #expect(port.queues.allSatisfy { $0.transmit.share == 0 && !$0.receive.isEnabled })
            #expect(port.matrix?.rows.joined().allSatisfy { $0 == 0 } ?? true)
        }
    }

    @Test func takesNoMoreThanThereCanBe() {
        let many = JSONValue.array(Array(repeating: [:], count: 1000))
        let row = JSONValue.array(Array(repeating: 1, count: 1000))
        let reasons = Dictionary(uniqueKeysWithValues: (0..<1000).map { ("r\($0)", JSONValue.integer($0)) })
        let port: JSONValue = [
            "port": .string(String(repeating: "x", count: 100_000)), "functions": many, "queues": many,
            "reasons": .object(reasons), "switch": ["on": true, "matrix": .array(Array(repeating: row, count: 1000))],
        ]
        let snapshot = Snapshot(counters: ["ports": .array(Array(repeating: port, count: 100))], descriptions: many)
        #expect(snapshot.ports.count == Snapshot.mostPorts)
        let first = snapshot.ports[0]
        #expect(first.name.count == 32 && first.functions.count == 9 && first.queues.count == 16)
        #expect(first.reasons.count == PortCounters.mostReasons)
        #expect(first.matrix?.rows.count == 9 && first.matrix?.rows[8].count == 9)
    }

    @Test func numbersAsLargeAsTheyGetDoNotOverflow() {
        let most = JSONValue.integer(.max)
        let ring: JSONValue = ["bytes": most, "doorbells": most, "frames": .number(1e300)]
        let function: JSONValue = ["function": "pf", "transmit": ring, "reasons": ["a": most, "b": most, "c": most]]
        let port: JSONValue = ["functions": [function]]
        let counts = Snapshot(counters: ["ports": [port]], descriptions: .null).ports[0].functions[0].counts
        #expect(counts[.transmitBits] == .max && counts[.drops] == .max && counts[.transmitFrames] == 0)
    }

    @Test func namesHaveNothingThatATerminalWouldObey() {
        let evil: JSONValue = "a\u{1B}[2Jb\u{9B}c\nd\u{202E}é"
        let port = Snapshot(
            counters: ["ports": [["port": evil, "reasons": ["x\u{7}": 1], "functions": [["function": evil]]]]],
            descriptions: [
                "ports": [["port": evil, "driver": evil, "uplink": ["specification": evil, "status": evil]]]
            ]
        ).ports[0]
        #expect(port.name == "a?[2Jb?c?d??" && port.driver == port.name && port.uplink == "\(port.name): \(port.name)")
        #expect(port.reasons == ["x?": 1] && port.functions[0].name == "a?[2Jb?c")
    }
}
