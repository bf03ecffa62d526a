// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import KawelaTop

@Suite struct ModelTests {
    @Test func digitsAndTabChooseTheView() {
        var model = Model.observed()
        let presses = [
            ("2", TopView.queues), ("3", .switch), ("\t", .reasons), ("\t", .overview), ("4", .reasons),
            ("5", .reasons),
        ]
        for (key, view) in presses {
            let goesOn = model.press(key)
            #expect(goesOn && model.view == view)
        }
    }

    @Test func aPortIsCountedBySenderAndReceiverWhileTheSwitchIsShown() {
        var model = Model(interval: 1)
        model.press("3")
        #expect(model.countedPort == nil, "none is known")
        model.take(Answers.snapshot(after: 0))
        #expect(model.countedPort == "lan")
        model.press("n")
        #expect(model.countedPort == "wan")
        model.press("1")
        #expect(model.countedPort == nil)
    }

    @Test func keysGoRoundThePorts() {
        var model = Model.observed()
        var names: [String?] = []
        for key in ["n", "n", "N", "\u{1B}[C", "\u{1B}[D"] {
            model.press(key)
            names.append(model.port?.name)
        }
        #expect(names == ["wan", "lan", "wan", "lan", "wan"])
    }

    @Test func aPortThatGoesGivesWayToTheLast() {
        var model = Model.observed()
        model.press("n")
        var snapshot = Answers.snapshot(after: 9)
        snapshot.ports.removeLast()
        model.take(snapshot)
        #expect(model.port?.name == "lan" && model.number == 1)
        model.take(Snapshot(counters: ["time": .integer(.max)], descriptions: .null))
        model.press("nN")
        #expect(model.port == nil)
    }

    @Test func nothingChangesWhilePausedAndNothingIsLost() {
        var model = Model.observed()
        let before = model.shown
        model.press("p")
        for second in 4...6 { model.take(Answers.snapshot(after: second)) }
        #expect(model.isPaused && model.shown == before)
        model.press(" ")
        #expect(!model.isPaused && model.shown == Model.observed(seconds: 6).shown)
    }

    @Test func aSnapshotThatIsNoLaterThanTheLastChangesNothing() {
        var model = Model.observed()
        for second in [3, 2] { model.take(Answers.snapshot(after: second, matrix: false)) }
        #expect(model == Model.observed())
    }

    @Test func sortingGoesThroughTheMeasuresAndBack() {
        var model = Model.observed()
        for measure in Measure.allCases {
            model.press("s")
            #expect(model.order == measure)
        }
        model.press("s")
        #expect(model.order == nil)
        model.press("sS")
        #expect(model.order == nil)
    }

    @Test(arguments: ["q", "\u{3}", "hq", "3pq"])
    func endsOnKeys(_ keys: String) {
        var model = Model.observed()
        let goesOn = model.press(keys)
        #expect(!goesOn)
    }

    @Test func aPortIsSelectedByItsName() throws {
        var model = Model.observed()
        try model.requirePort("wan")
        #expect(model.port?.name == "wan")
        #expect(throws: TopFailure.noPort("dmz", known: ["lan", "wan"])) { try model.requirePort("dmz") }
    }
}
