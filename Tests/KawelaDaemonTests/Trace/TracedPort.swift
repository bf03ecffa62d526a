// SPDX-License-Identifier: Apache-2.0

import Foundation
import Intel82576
import KawelaTestSupport

@testable import KawelaDaemon

/// A port on a bench, of which everything is recorded.
final class TracedPort {
    let driver: TestDriver
    let recorder: TraceRecorder
    private(set) var header: TraceHeader

    init(virtualFunctions: Int = 0) {
        let driver = TestDriver(virtualFunctions: virtualFunctions)
        nonisolated(unsafe) let clock = driver.clock
        recorder = TraceRecorder(clock: { clock.now }, wake: {})
        header = .sample(virtualFunctions: virtualFunctions, time: driver.clock.now)
        driver.port.observers = [recorder]
        self.driver = driver
    }

    /// Forgets what was recorded, as if it began now.
    func beginAgain() {
        _ = recorder.take()
        (header.isFromStart, header.time) = (false, driver.clock.now)
    }
}

extension TraceHeader {
    static func sample(virtualFunctions: Int = 0, time: UInt64 = 1_000_000_000) -> TraceHeader {
        TraceHeader(
            time: time,
            configuration: Port.Configuration(
                nvm: NVMImage(macAddress: TestDriver.macAddress), keepsNVM: false, virtualFunctions: virtualFunctions),
            hasCarrier: true, isFromStart: true)
    }
}

/// The lines of a trace in JSON.
func jsonLines(_ header: TraceHeader, _ events: [TraceEvent]) -> [String] {
    var json = TraceJSON(header)
    return [json.headerLine] + events.map { json.line($0) }
}

/// The lines as a file that gives up `chunk` bytes at a time.
func traceFile(_ lines: [String], chunk: Int = 1000) -> TraceLines {
    var rest = Data(lines.map { $0 + "\n" }.joined().utf8)
    return TraceLines {
        defer { rest = Data(rest.dropFirst(chunk)) }
        return rest.prefix(chunk)
    }
}
