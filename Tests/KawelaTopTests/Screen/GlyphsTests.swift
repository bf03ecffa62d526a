// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import KawelaTop

@Suite struct GlyphsTests {
    @Test func sparklinesAreDrawnAgainstTheHighestRate() {
        #expect(Glyphs.blocks.sparkline([nil, 0, 1, 3, 6]) == " ▁▃▅█")
        #expect(Glyphs.ascii.sparkline([nil, 0, 0.001, 6]) == " _.#")
        #expect(Glyphs.blocks.sparkline([0, 0]) == "▁▁")
        #expect(Glyphs.blocks.sparkline([]) == "")
    }

    private static let bars: [(Double, String)] = [
        (0, "...."), (0.001, "#..."), (0.5, "##.."), (0.99, "###."), (1, "####"), (7, "####"), (-1, "...."),
    ]

    @Test(arguments: bars)
    func barsAreFullAndEmptyOnlyWhereTheRingIs(_ share: Double, _ bar: String) {
        #expect(Glyphs.ascii.bar(share, width: 4) == bar)
    }

    @Test func theEnvironmentSaysWhatTheTerminalCanShow() {
        for (variables, hasUnicode) in [
            ([:], false), (["LANG": "C.UTF-8"], true), (["LANG": "de_DE.utf8", "LC_ALL": ""], true),
            (["LANG": "C.UTF-8", "LC_ALL": "C"], false), (["LANG": "C", "LC_CTYPE": "en_US.UTF-8"], true),
        ] {
            #expect((Environment { variables[$0] }.glyphs.filled == "█") == hasUnicode, "\(variables)")
        }
        #expect(Environment { _ in nil }.hasColour && Environment { $0 == "NO_COLOR" ? "" : nil }.hasColour)
        #expect(!Environment { $0 == "NO_COLOR" ? "1" : nil }.hasColour)
    }
}
