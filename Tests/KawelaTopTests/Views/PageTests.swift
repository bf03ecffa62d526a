// SPDX-License-Identifier: Apache-2.0

import GoldenFiles
import Testing

@testable import KawelaTop

@Suite struct PageTests {
    private static let sizes = [ScreenSize(columns: 80, rows: 24), ScreenSize(columns: 120, rows: 40)]

    private func text(_ model: Model, _ size: ScreenSize = sizes[0], glyphs: Glyphs = .blocks) -> String {
        Page.draw(model, size, glyphs: glyphs).text
    }

    @Test(arguments: TopView.allCases, sizes)
    func eachViewLooksAsItDid(_ view: TopView, _ size: ScreenSize) throws {
        try GoldenFile("\(view.rawValue)-\(size.columns)x\(size.rows).txt")
            .expect(text(.observed(seconds: 12, view: view), size))
    }

    @Test func helpLooksAsItDid() throws {
        var model = Model.observed()
        model.press("h")
        try GoldenFile("help-80x24.txt").expect(text(model))
    }

    @Test func aTerminalThatIsTooSmallIsToldSo() throws {
        try GoldenFile("small-40x10.txt").expect(text(.observed(), ScreenSize(columns: 40, rows: 10)))
        for size in [ScreenSize(columns: 79, rows: 24), ScreenSize(columns: 80, rows: 23)] {
            #expect(text(.observed(), size).contains("is too small"))
        }
    }

    @Test(arguments: TopView.allCases)
    func everySizeCanBeDrawn(_ view: TopView) {
        for columns in [1, 2, 40, 80, 99, 100, 101, 500] {
            for rows in [1, 2, 3, 23, 24, 25, 200] {
                let screen = Page.draw(.observed(view: view), ScreenSize(columns: columns, rows: rows), glyphs: .blocks)
                #expect(screen.rows.count == rows && screen.rows.allSatisfy { $0.count == columns })
            }
        }
    }

    @Test func rowsStandInTheOrderThatWasChosen() {
        var model = Model.observed()
        #expect(functions(of: model) == ["pf", "vf0", "vf3"])
        model.press("sss")
        #expect(functions(of: model) == ["vf3", "pf", "vf0"])
        #expect(text(model).contains("sorted by rx f/s"))
        model.press("2S")
        #expect(!text(model).contains("sorted"))
    }

    private func functions(of model: Model) -> [Substring] {
        text(model).split(separator: "\n").compactMap { line in
            line.split(separator: " ").first.flatMap { ["pf", "vf0", "vf1", "vf3"].contains($0) ? $0 : nil }
        }
    }

    @Test func aPauseIsSeen() {
        var model = Model.observed()
        model.press("p")
        #expect(text(model).split(separator: "\n")[0].hasSuffix("every 1 s  PAUSED"))
    }

    @Test func whatTheServerRefusesIsSaid() {
        var model = Model(interval: 1, view: .switch)
        model.take(Answers.snapshot(after: 0, matrix: false))
        model.take(Answers.snapshot(after: 1, matrix: false))
        #expect(text(model).contains("The count begins."))
        model.refusal = "not today"
        #expect(text(model).contains("Nobody counts who sends to whom: not today"))
    }

    @Test func lostFramesAndALinkThatIsDownStandOut() {
        var model = Model.observed()
        #expect(styles(in: model, row: 1, columns: 0..<7) == [.good])
        #expect(styles(in: model, row: 4, columns: 32..<80).contains(.bad))
        model.press("n")
        #expect(styles(in: model, row: 1, columns: 0..<9) == [.bad])
        #expect(!styles(in: model, row: 4, columns: 0..<80).contains(.bad))
    }

    private func styles(in model: Model, row: Int, columns: Range<Int>) -> Set<Style> {
        Set(Page.draw(model, Self.sizes[0], glyphs: .blocks).rows[row][columns].map(\.style))
    }

    @Test func reasonsForWhichThereIsNoRoomAreCounted() {
        var model = Model(interval: 1, view: .reasons)
        var snapshot = Answers.snapshot(after: 0)
        snapshot.ports[0].reasons = Dictionary(uniqueKeysWithValues: (0..<40).map { ("reason_\($0)", UInt64($0 + 1)) })
        model.take(snapshot)
        let lines = text(model).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[7].hasPrefix("reason_39 ") && lines[20].hasPrefix("reason_26 ") && lines[21] == "and 26 more")
    }

    @Test func terminalsWithoutUnicodeGetASCII() {
        for view in TopView.allCases {
            let text = text(.observed(seconds: 12, view: view), glyphs: .ascii)
            #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || (" "..."~").contains($0) })
        }
    }

    @Test func beforeTheFirstAnswerNothingIsKnown() {
        #expect(text(Model(interval: 1)).contains("No port is known yet."))
    }
}
