// SPDX-License-Identifier: Apache-2.0

import Intel82576
import Testing

@testable import KawelaDaemon

@Suite("The filter of a capture") struct CaptureFilterTests {
    private static let arrived = FrameSighting(.arrived)
    private static let sent = FrameSighting(.sent, queue: 8, pool: 0, function: 1)
    private static let left = FrameSighting(.left, queue: 8, pool: 0, function: 1)
    private static let received = FrameSighting(.received, queue: 1, pool: 1, sender: 0, function: 2)
    private static let dropped = FrameSighting(.dropped(.noDescriptors), queue: 1, pool: 1, function: 2)
    private static let filtered = FrameSighting(.dropped(.filtered))
    private static let unsent = FrameSighting(.dropped(.noLink), queue: 8, pool: 0, function: 1)
    private static let unwanted = FrameSighting(.dropped(.noReceiver), queue: 8, pool: 0, function: 1)
    private static let all = [arrived, sent, left, received, dropped, filtered, unsent, unwanted]

    @Test(
        "takes what passes the place that it names",
        arguments: [
            (CaptureFilter.everything, all), (.wire, [arrived, left, dropped, filtered, unsent, unwanted]),
            (.function(1), [sent, unsent, unwanted]), (.function(2), [received, dropped]), (.function(0), []),
            (.queue(1, of: 1), [sent, unsent, unwanted]), (.queue(0, of: 1), []),
            (.queue(0, of: 2), [received, dropped]),
        ])
    func matches(filter: CaptureFilter, expected: [FrameSighting]) {
        #expect(Self.all.filter(filter.matches) == expected)
    }

    @Test("names an interface for each place")
    func interfaces() {
        #expect(CaptureFilter.everything.interfaces(virtualFunctions: 2) == ["wire", "pf", "vf0", "vf1"])
        #expect(CaptureFilter.wire.interfaces(virtualFunctions: 0) == ["wire", "pf"])
        #expect(CaptureFilter.function(2).interfaces(virtualFunctions: 7) == ["vf1"])
        #expect(CaptureFilter.queue(3, of: 0).interfaces(virtualFunctions: 7) == ["pf queue 3"])
    }

    @Test("says where each frame was")
    func places() {
        #expect(Self.all.map(CaptureFilter.everything.interface) == [0, 2, 0, 3, 3, 0, 0, 2])
        #expect(Self.all.allSatisfy { CaptureFilter.function(1).interface(of: $0) == 0 })
    }

    @Test("calls inbound what is on its way to a driver")
    func directions() {
        #expect(Self.all.map(\.isInbound) == [true, false, false, true, true, true, false, false])
    }
}
