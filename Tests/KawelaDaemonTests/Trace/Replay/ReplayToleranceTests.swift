// SPDX-License-Identifier: Apache-2.0

import Intel82576
import Testing

@testable import KawelaDaemon

@Suite("What may differ in a replay") struct ReplayToleranceTests {
    private func tolerated(_ access: FunctionAccess) -> [ToleratedBits] {
        var annotator = TraceAnnotator()
        return ToleratedBits.find(access, annotator.annotate(access).registers)
    }

    @Test(
        "is all of a counter, through the PF's and the VF's addresses",
        arguments: [(0, GPRC.offset), (0, PFVFGPRC.offset), (1, Int(PFVFGPRC.virtualOffset))])
    func counters(_ function: Int, _ offset: Int) {
        #expect(
            tolerated(.read(function, .bar(0), offset, 4, 0)) == [ToleratedBits(reason: .traffic, mask: 0xFFFF_FFFF)])
    }

    @Test("is TXOFF of STATUS and no other bit of it, whatever the width of the access")
    func partOfRegister() {
        #expect(tolerated(.read(0, .bar(0), STATUS.offset, 4, 0)) == [ToleratedBits(reason: .traffic, mask: 1 << 4)])
        #expect(tolerated(.read(0, .bar(0), STATUS.offset, 1, 0)) == [ToleratedBits(reason: .traffic, mask: 1 << 4)])
        #expect(tolerated(.read(0, .bar(0), STATUS.offset + 2, 2, 0)) == [ToleratedBits(reason: .traffic, mask: 0)])
        #expect(tolerated(.read(0, .bar(0), 0, 8, 0)) == [])
        #expect(tolerated(.read(0, .bar(0), 0x0C, 4, 0)) == [])
    }

    @Test("is both halves of the system time in one access")
    func bothHalves() {
        let masks = tolerated(.read(0, .bar(0), SYSTIML.offset, 8, 0)).map(\.mask)
        #expect(masks == [0xFFFF_FFFF, 0xFFFF_FFFF << 32])
    }

    @Test("is Interrupt Status in the header, and what the client knows of pending messages")
    func elsewhere() {
        #expect(tolerated(.read(0, .configuration, 4, 4, 0)) == [ToleratedBits(reason: .traffic, mask: 1 << 19)])
        #expect(tolerated(.read(0, .configuration, 6, 1, 0)) == [ToleratedBits(reason: .traffic, mask: 1 << 3)])
        #expect(tolerated(.read(0, .configuration, 4, 2, 0)) == [])
        #expect(tolerated(.read(0, .bar(3), 0x2000, 8, 0)).map(\.reason) == [.client])
        #expect(tolerated(.read(0, .bar(3), 0, 8, 0)) == [])
    }

    @Test("begins with a doorbell or the receiver, through any address")
    func traffic() {
        var annotator = TraceAnnotator()
        func moves(_ access: FunctionAccess) -> Bool { access.movesFrames(annotator.annotate(access).registers) }
        #expect(moves(.write(0, .bar(0), TDT.legacyOffset, 4, 1)))
        #expect(moves(.write(1, .bar(0), RDT.legacyOffset, 4, 1)))
        #expect(moves(.write(0, .bar(0), RCTL.offset, 4, 2)))
        #expect(!moves(.write(0, .bar(0), RCTL.offset, 4, 4)))
        #expect(!moves(.read(0, .bar(0), RCTL.offset, 4, 2)))
        #expect(!moves(.write(0, .bar(2), 0, 4, UInt64(RCTL.offset))))
        #expect(moves(.write(0, .bar(2), 4, 4, 2)))
    }
}
