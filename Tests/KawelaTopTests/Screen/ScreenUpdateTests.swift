// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import KawelaTop

@Suite struct ScreenUpdateTests {
    private let update = ScreenUpdate(hasColour: true)
    private let size = ScreenSize(columns: 10, rows: 3)

    private func screen(_ text: String, row: Int = 1, _ style: Style = .plain) -> Screen {
        var screen = Screen(size)
        screen.write(text, column: 2, row: row, style)
        return screen
    }

    @Test func theFirstScreenClearsWhatStandsThere() {
        #expect(update.commands(from: nil, to: screen("ab")) == "\u{1B}[0m\u{1B}[2J\u{1B}[2;3H\u{1B}[0mab\u{1B}[0m")
    }

    @Test func onlyCellsThatDifferAreDrawn() {
        #expect(update.commands(from: screen("abcdef"), to: screen("abcdef")) == "")
        #expect(
            update.commands(from: screen("abcdef"), to: screen("aXcdYZ"))
                == "\u{1B}[2;4H\u{1B}[0mX\u{1B}[2;7HYZ\u{1B}[0m")
    }

    @Test func anotherSizeIsDrawnAnew() {
        let other = Screen(ScreenSize(columns: 5, rows: 1))
        #expect(update.commands(from: screen("a"), to: other) == "\u{1B}[0m\u{1B}[2J")
    }

    @Test func withoutColourWhatIsBadStandsOutByWeight() {
        let bad = screen("x", .bad)
        #expect(update.commands(from: Screen(size), to: bad) == "\u{1B}[2;3H\u{1B}[0;1;31mx\u{1B}[0m")
        let plain = ScreenUpdate(hasColour: false)
        for style in [Style.plain, .faint, .strong, .heading, .good, .bad] {
            let commands = plain.commands(from: nil, to: screen("x", style))
            #expect(!commands.contains("31m") && !commands.contains("32m"), "\(style)")
        }
        #expect(plain.commands(from: Screen(size), to: bad) == "\u{1B}[2;3H\u{1B}[0;1mx\u{1B}[0m")
    }

    @Test func whatLiesOutsideIsCutOff() {
        var screen = Screen(size)
        let end = screen.write("0123456789", column: 8, row: 2)
        #expect(end == 18)
        screen.write("x", column: -1, row: 0)
        screen.write("x", column: 0, row: 3)
        #expect(screen.text == "\n\n        01\n")
    }

    @Test func aTerminalIsNeverLargerThanOneCanBe() {
        #expect(ScreenSize(columns: 65535, rows: 65535) == ScreenSize(columns: 500, rows: 200))
        #expect(ScreenSize(columns: 0, rows: -1) == ScreenSize(columns: 1, rows: 1))
    }
}
