// SPDX-License-Identifier: Apache-2.0

import Foundation
import Intel82576
import Testing

@testable import KawelaDaemon

private func decode(_ faults: String) throws -> Faults? {
    try decodeConfiguration(Data(#"{"version": 1, "faults": \#(faults)}"#.utf8)).options.faults
}

@Suite("Faults in a configuration") struct FaultsTextTests {
    @Test("are none without the key, and none yet with an empty one")
    func none() throws {
        #expect(try decodeConfiguration(Data(#"{"version": 1}"#.utf8)).options.faults == nil)
        #expect(try decode("{}") == Faults())
        #expect(try parseFaults("") == Faults())
    }

    @Test("mean the same in the file and on the command line, and in what the log says of them")
    func everything() throws {
        let faults = try decode(
            #"""
            {"seed": 7, "loss": "1% in", "delay": "every 3 by 20ms out", "link-down": "every 10s for 1500ms once",
             "tx-hang": "every 30s for 5s queue 3", "lost-interrupt": "0.5% vf1", "dma-error": "every 2s for 1ms pf",
             "vf-reset": "every 1s vf7 times 9", "nvm-timeout": "every 2 by 50us"}
            """#)
        let text =
            "seed=7,loss=1% in, delay=every 3 by 20ms out,link-down=every 10s for 1500ms once,"
            + "tx-hang=every 30s for 5s queue 3,lost-interrupt=0.5% vf1,dma-error=every 2s for 1ms pf,"
            + "vf-reset=every 1s vf7 times 9,nvm-timeout=every 2 by 50us"
        let parsed = try parseFaults(text)
        #expect(faults == parsed && parsed.rules.count == 8 && parsed.seed == 7)
        #expect(try parseFaults(parsed.description) == parsed)
        var loss = FaultRule(.chance(millionths: 10_000))
        loss.direction = .fromWire
        #expect(parsed.rules[.loss] == loss)
        var hang = FaultRule(.period(30_000_000_000))
        (hang.duration, hang.queue) = (5_000_000_000, 3)
        #expect(parsed.rules[.txHang] == hang)
    }

    @Test("each kind takes what its name promises, by the clock or by events", arguments: FaultKind.allCases)
    func kinds(kind: FaultKind) throws {
        let frequency = kind.words.contains(.timed) ? "every 10s" : "1%"
        let rest =
            (kind.words.contains(.duration) ? " for 1s" : "") + (kind.words.contains(.delay) ? " by 1ms" : "")
        #expect(try parseFaults("\(kind.rawValue)=\(frequency)\(rest)").rules.keys.map(\.self) == [kind])
    }

    @Test(
        "that cannot be are refused, naming the key",
        arguments: [
            ("loss", "faults: 'loss' is not KIND=WHEN"),
            ("lose=1%", #"faults: unknown key "lose": the keys are seed, loss"#),
            ("seed=-1", "faults.seed: '-1' is no seed"), ("loss=1%,loss=2%", "faults.loss is given twice"),
            ("loss=", "faults: 'loss=' is not KIND=WHEN"),
            ("loss=often", "faults.loss: 'often' is not possible: begin with 'N%' or 'every N'"),
            ("loss=0%", "faults.loss: '0%' is not possible"), ("loss=101%", "faults.loss"),
            ("loss=nan%", "faults.loss"),
            ("loss=every 0", "faults.loss"), ("loss=every 10s", "faults.loss"),
            ("loss=1% for 2s", "'for' means nothing here"), ("loss=1% vf0", "'vf0' means nothing here"),
            ("loss=1% sometimes", "it does not know 'sometimes'"),
            ("delay=1%", "faults.delay: '1%' is not possible: say by how much"),
            ("delay=1% by 11s", "'11s' is not a time"), ("delay=1% by", "'' is not a time"),
            ("link-down=1%", "faults.link-down: '1%' is not possible: begin with 'every TIME'"),
            ("link-down=every 10s", "say how long"), ("link-down=every 1s for 1s", "it would not end"),
            ("link-down=every 99999999999999999999s for 1s", "is not a time"),
            ("link-down=every 18446744073709551615s for 1s", "is not a time"),
            ("link-down=every 0ms for 1s", "is not a time"),
            ("tx-hang=every 9s for 1s queue 16", "'16' is not a queue: use 0 to 15"),
            ("removal=every 9s for 1s vf8", "'8' is not a VF: use 0 to 7"), ("vf-reset=every 9s pf", "the PF is no VF"),
            ("loss=1% times 0", "'0' is not a number of times"),
        ])
    func refused(text: String, complaint: String) throws {
        let error = #expect(throws: InvalidSetting.self) { try parseFaults(text) }
        #expect(error?.message.contains(complaint) == true, "\(error?.message ?? "")")
    }

    @Test(
        "of a wrong type in the file are refused, naming the key",
        arguments: [
            ("5", #""faults" is not an object"#), (#"{"loss": 5}"#, "faults.loss is not a string"),
            (#"{"seed": "x"}"#, "faults.seed is not a whole number"), (#"{"lost": "1%"}"#, #"unknown key "lost""#),
        ])
    func wrongType(faults: String, complaint: String) throws {
        let error = #expect(throws: InvalidSetting.self) { try decode(faults) }
        #expect(error?.message.contains(complaint) == true, "\(error?.message ?? "")")
    }
}
