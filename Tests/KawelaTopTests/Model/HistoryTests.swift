// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import KawelaTop

@Suite struct HistoryTests {
    private let row = History.Row.sent(port: "")

    @Test func holdsAMinuteAtMost() {
        for (interval, capacity) in [(1.0, 60), (2, 30), (30, 2), (0.1, 600), (0, 600)] {
            var history = History(interval: interval)
            for number in 0..<700 { history.append([row: Double(number)]) }
            #expect(history.lastMinute(of: row, width: 1000) == (700 - capacity..<700).map { Double($0) })
            #expect(history.lastMinute(of: row, width: 1) == [699])
        }
    }

    @Test func newestRatesStandAtTheRight() {
        var history = History(interval: 10)
        #expect(history.lastMinute(of: row, width: 6).isEmpty)
        history.append([row: 1])
        #expect(history.lastMinute(of: row, width: 6).isEmpty, "one rate has no course")
        history.append([row: 2])
        history.append([row: 3])
        #expect(history.lastMinute(of: row, width: 6) == [nil, nil, nil, 1, 2, 3])
        #expect(history.lastMinute(of: row, width: 3) == [nil, 1, 3], "the highest of each part")
        #expect(history.lastMinute(of: row, width: 0).isEmpty)
    }

    @Test func rowsThatGoAreForgotten() {
        var history = History(interval: 10)
        for _ in 0..<3 { history.append([row: 1]) }
        history.append([:])
        #expect(history == History(interval: 10))
    }
}
