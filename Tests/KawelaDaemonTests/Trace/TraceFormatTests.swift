// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaTestSupport
import PCIe
import Testing

@testable import KawelaDaemon

@Suite("A trace") struct TraceFormatTests {
    private static let message: [TraceEvent] = [
        event(0, .access(.write(1, .bar(0), VMBMEM.offset, 4, 2))),
        event(1, .access(.write(1, .bar(0), VMBMEM.offset(of: 1), 4, 0x0012_5452))),
        event(2, .access(.write(1, .bar(0), VMBMEM.offset(of: 2), 4, 0xFF34))),
        event(3, .access(.write(1, .bar(0), VFMAILBOX.offset, 4, 1))),
    ]

    /// One of each kind.
    private static let events: [TraceEvent] =
        message + [
            event(10, .access(.read(0, .configuration, 0, 4, 0x10C9_8086))),
            event(11, .access(.write(0, .bar(0), TDT.offset, 4, 7))),
            event(12, .access(.read(0, .bar(0), 0x10, 8, 0x1_0000_0002))),
            event(13, .access(.write(0, .bar(0), 1, 1, 4))),
            event(14, .access(.write(0, .bar(2), 0, 4, 8))),
            event(15, .access(.read(0, .bar(2), 4, 4, 0x8008_0783))),
            event(16, .access(.read(2, .bar(3), 0x1C, 4, 1))),
            event(17, .access(.read(0, .bar(0), 0x1FFFC, 4, 0))),
            event(20, .interrupt(.msix(vector: 2), function: 1)), event(21, .interrupt(.msi, function: 0)),
            event(22, .interrupt(.intx(isAsserted: true), function: 0)),
            event(30, .reset(.port(.software))), event(31, .reset(.virtualFunction(1))),
            event(32, .port(.clientReset(function: 2))), event(33, .port(.clientLeft(function: 0))),
            event(34, .port(.carrier(isUp: false))), event(35, .port(.timer)), event(1_500_000, .lost(12)),
        ]

    /// `microseconds` after the trace began.
    private static func event(_ microseconds: UInt64, _ kind: TraceEvent.Kind) -> TraceEvent {
        TraceEvent(time: 1_000_000_000 + microseconds * 1000, kind: kind)
    }

    private func text(_ events: [TraceEvent], _ header: TraceHeader = .sample(virtualFunctions: 2)) -> [String] {
        var text = TraceText(header)
        return [text.headerLine] + events.map { text.line($0) }
    }

    @Test("that is written as JSON and read again is the same", arguments: [1, 7, 4096])
    func roundTrip(_ chunk: Int) throws {
        var header = TraceHeader.sample(virtualFunctions: 2)
        (header.name, header.hasCarrier, header.isFromStart) = ("wan\"0", false, false)
        (header.configuration.isSynchronous, header.configuration.keepsNVM) = (true, true)
        header.configuration.nvm[0x30] = 0xBEEF
        header.configuration.expansionROM = ExpansionROM(erased: 256 << 10)
        (header.filter.kinds, header.filter.functions) = ([.mailbox, .resets], 0b101)

        var reader = try TraceReader(traceFile(jsonLines(header, Self.events), chunk: chunk))
        #expect(reader.header == header)
        for (index, event) in Self.events.enumerated() {
            let read = try #require(try reader.next())
            #expect(read.event == event)
            #expect(read.line == index + 2)
        }
        #expect(try reader.next() == nil)
    }

    @Test("has a line of JSON for each event, with register and message by name")
    func json() throws {
        let lines = jsonLines(.sample(virtualFunctions: 2), Self.events)
        let expected = [
            #"{"t":1000011000,"fn":"pf","op":"write","space":"bar0","offset":"0xe018","width":4,"value":"0x00000007","register":"TDT[0]"}"#,
            #"{"t":1000020000,"fn":"vf0","op":"interrupt","kind":"msix","vector":2}"#,
            #"{"t":1000022000,"fn":"pf","op":"interrupt","kind":"intx","asserted":true}"#,
            #"{"t":1000030000,"fn":"pf","op":"reset","level":"software"}"#,
            #"{"t":1000031000,"fn":"vf1","op":"reset"}"#,
            #"{"t":1000034000,"op":"carrier","up":false}"#,
            #"{"t":2500000000,"op":"lost","count":12}"#,
        ]
        for line in expected { #expect(lines.contains(line), "\(line)") }
        #expect(lines[0].hasPrefix(#"{"kawela-trace":1,"t":1000000000,"vfs":2,"synchronous":false,"#))
        #expect(
            lines[4].hasSuffix(
                #""register":"VFMAILBOX","fields":{"Req":"1"},"message":{"from":"vf0","to":"pf","name":"SET_MAC_ADDR","#
                    + #""words":["0x00000002","0x00125452","0x0000ff34"],"text":"vf0 -> pf SET_MAC_ADDR 52:54:12:00:34:ff"}}"#
            ))
    }

    @Test("as text has columns of time, function and what happened")
    func text() {
        let expected = """
            # kawela trace 1, 02:00:00:00:00:01, VFs: 2, carrier up
                0.000000  vf0   W  BAR0  VFVMBMEM[0]   0x00000002
                0.000001  vf0   W  BAR0  VFVMBMEM[1]   0x00125452
                0.000002  vf0   W  BAR0  VFVMBMEM[2]   0x0000ff34
                0.000003  vf0   W  BAR0  VFMAILBOX     0x00000001  Req=1 vf0 -> pf SET_MAC_ADDR 52:54:12:00:34:ff
                0.000010  pf    R  CFG   0x0000        0x10c98086
                0.000011  pf    W  BAR0  TDT[0]        0x00000007
                0.000012  pf    R  BAR0  EECD+EERD     0x0000000100000002  EE_CS=1 START=1
                0.000013  pf    W  BAR0  CTRL          0x04
                0.000014  pf    W  BAR2  IOADDR        0x00000008
                0.000015  pf    R  BAR2  STATUS        0x80080783  FD=1 LU=1 SPEED=2 ASDV=3 PHYRA=1 GIO_Master_Enable_Status=1
                0.000016  vf1   R  BAR3  MSIX[1].CTRL  0x00000001
                0.000017  pf    R  BAR0  0x1fffc       0x00000000
                0.000020  vf0   MSI-X 2
                0.000021  pf    MSI
                0.000022  pf    INTx asserted
                0.000030  pf    reset software
                0.000031  vf1   reset
                0.000032  vf1   reset by its client
                0.000033  pf    client left
                0.000034  port  carrier down
                0.000035  port  timer
                1.500000  port  12 events lost
            """
        #expect(text(Self.events).joined(separator: "\n") == expected)
    }

    @Test("as text says in its first line what is left out")
    func partial() {
        var header = TraceHeader.sample(virtualFunctions: 1)
        (header.name, header.isFromStart, header.configuration.isSynchronous) = ("wan", false, true)
        (header.filter.kinds, header.filter.functions) = ([.registers, .interrupts], 0b10)
        #expect(
            text([], header) == [
                "# kawela trace 1, port wan, 02:00:00:00:00:01, VFs: 1, synchronous, carrier up, "
                    + "begun while the port was in use, only registers interrupts of vf0"
            ])
    }
}
