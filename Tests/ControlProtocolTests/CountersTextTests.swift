// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ControlProtocol

@Suite struct CountersTextTests {
    private static let port: JSONValue = [
        "port": "lan", "link": ["up": true, "speed": 1000, "fullDuplex": true],
        "reasons": ["receive_no_descriptors": 12, "receive_oversize": 3, "switch_storm": 0],
        "incomplete": ["transmit_missed_checksum": 2],
        "functions": [
            ["function": "pf", "reasons": [:]],
            ["function": "vf3", "reasons": ["receive_oversize": 3, "receive_no_descriptors": 12]],
        ],
        "queues": [
            queue(3, ["receive_no_descriptors": 5]), queue(11, ["receive_no_descriptors": 7]), queue(4, [:]),
        ],
    ]

    private static func queue(_ number: JSONValue, _ reasons: JSONValue) -> JSONValue {
        ["queue": number, "function": "vf3", "receive": ["enabled": true, "size": 8], "reasons": reasons]
    }

    @Test func saysWhoLostFramesWhyAndInWhichQueues() {
        let lines = countersText(["ports": [Self.port]]).split(separator: "\n").map { String($0) }
        let start = lines.firstIndex { $0.hasPrefix("lost of") } ?? lines.endIndex
        #expect(
            lines[start...].prefix(3).map { $0.split(separator: " ").joined(separator: " ") } == [
                "lost of because frames by queue", "vf3 receive_no_descriptors 12 3: 5, 11: 7",
                "vf3 receive_oversize 3",
            ])
        #expect(lines.contains { $0.hasPrefix("vf3") && $0.contains(" 15 ") }, "all of the function")
        #expect(lines.contains { $0.split(separator: " ").joined(separator: " ") == "11 vf3 0 off 0 0/8 7" })
        #expect(!lines.contains { $0.contains("switch_storm") })
        let incomplete = lines.firstIndex { $0.contains("transmit_missed_checksum") } ?? 0
        #expect(lines[max(0, incomplete - 1)].hasPrefix("frames sent incomplete"))
    }

    @Test func hasNoTableWhereNothingWasLostAndNoTrapWhereNumbersAreNonsense() {
        #expect(!countersText(["ports": [["functions": [["function": "pf"]]]]]).contains("lost of"))
        let huge: JSONValue = ["ports": [["functions": [["reasons": ["a": .integer(.max), "b": .integer(.max)]]]]]]
        #expect(countersText(huge).contains("9223372036854775807"))
    }
}
