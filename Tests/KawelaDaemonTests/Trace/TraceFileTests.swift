// SPDX-License-Identifier: Apache-2.0

import EmbeddedDriver
import Foundation
import Intel82576
import KawelaTestSupport
import Logging
import Testing

@testable import KawelaDaemon

@Suite("A trace in a file") struct TraceFileTests {
    private let folder: Folder
    private let driver = TestDriver(virtualFunctions: 2)
    private var path: String { folder.path + "/trace.jsonl" }

    init() throws { folder = try Folder() }

    private func makeFile() throws -> TraceFile {
        nonisolated(unsafe) let clock = driver.clock
        return try TraceFile(
            path: path, .sample(virtualFunctions: 2, time: clock.now), of: driver.port, clock: { clock.now },
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func report() throws -> ReplayReport {
        var file = [try Data(contentsOf: URL(filePath: path))]
        return try replay(TraceLines { file.popLast() }, from: path)
    }

    @Test("of the embedded driver, from before it starts, can be replayed: reads and interrupts are the same")
    func embeddedDriver() throws {
        let trace = try makeFile()
        let clock = driver.clock
        let settings = (1...2).compactMap { UnicastAddress(0x5254_0000_0000 | $0) }.map { VFSettings(address: $0) }
        let embedded = try EmbeddedDriver(
            driver.function, settings: settings, clock: { clock.now }, report: { _ in })
        func serve() {
            driver.advance(milliseconds: 1000)
            embedded.service()
            trace.write()
        }
        serve()
        let vf = driver.makeVirtualFunction(1)
        vf.start()
        vf[0] = 1 << 26
        vf.enableMSIX()
        vf[raw: IVAR_MISC.self] = 0x81
        vf[raw: PVTEIMS.self] = 7
        for words: [UInt32] in [[1], [0x0001_0004, 5], [1]] {
            vf[raw: VFMAILBOX.self] = 4
            for (index, word) in words.enumerated() { vf[raw: VMBMEM.self, index] = word }
            vf[raw: VFMAILBOX.self] = 1
            serve()
            _ = vf[raw: VFMAILBOX.self]
            vf[raw: VFMAILBOX.self] = 2
        }
        trace.close()

        let report = try report()
        #expect(report.differences == [])
        #expect(report.skipped == 0 && report.lostLine == nil)
        #expect(report.equalReads > 20)
        #expect(report.equalInterrupts > 3 && report.equalInterrupts == report.interruptsInTrace)
    }

    @Test("is there at the end of each turn, and holds what came after it only after the next")
    func turns() throws {
        let trace = try makeFile()
        _ = driver[STATUS.self]
        trace.write()
        _ = driver[CTRL.self]
        #expect(try report().equalReads == 1)
        trace.close()
        #expect(try report().equalReads == 2)
    }

    @Test("is replaced when there is one already, and refused while another program writes it")
    func existing() throws {
        _ = try folder.write("trace.jsonl", String(repeating: "old\n", count: 1000))
        let trace = try makeFile()
        #expect(
            throws: Failure.failed("cannot write the trace \(path): another program writes it: give another --trace")
        ) {
            try makeFile()
        }
        _ = driver[STATUS.self]
        trace.close()
        #expect(try report().events == 1)
    }
}
