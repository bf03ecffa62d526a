// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import KawelaDaemon

@Suite("A log line") struct ShortLogTests {
    private let log = ShortLog(level: .info)

    @Test("is time, level, message and details in order")
    func form() {
        let line = log.line(at: "15:04:05.678", .info, "ready", ["b": "2", "a": "1"])
        #expect(line == "15:04:05.678 info ready a=1 b=2\n")
    }

    @Test("stays one line whatever a peer sent")
    func control() {
        #expect(log.line(at: "t", .error, "a\r\nb\u{1B}[0m", [:]) == "t error a  b [0m\n")
    }

    @Test("begins with hours, minutes, seconds and milliseconds")
    func time() throws {
        #expect(try #/\d\d:\d\d:\d\d\.\d\d\d/#.wholeMatch(in: timeOfDay()) != nil)
    }
}
