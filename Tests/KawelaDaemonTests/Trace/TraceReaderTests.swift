// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import KawelaDaemon

@Suite("A file that is no trace") struct TraceReaderTests {
    private static let header = jsonLines(.sample(virtualFunctions: 1), [])[0]

    private func error(_ lines: [String]) throws -> TraceError? {
        do {
            var reader = try TraceReader(traceFile(lines))
            while try reader.next() != nil {}
            return nil
        } catch let error as TraceError {
            return error
        }
    }

    @Test(
        "is refused at its first line",
        arguments: [
            ([], "the file is empty"), (["hello"], "not valid JSON"), (["[]"], "not a JSON object"),
            (["{}"], #"the key "kawela-trace" is missing"#),
            ([#"{"kawela-trace":"1"}"#], #""kawela-trace" is of the wrong type"#),
            ([header.replacing(#"-trace":1"#, with: #"-trace":2"#)], "a trace of version 2: this is for version 1"),
            ([header.replacing(#""vfs":1"#, with: #""vfs":9"#)], #""vfs" is not 0 to 8"#),
            ([header.replacing(#""vfs":1"#, with: #""vfs":0"#)], #""functions" has an unknown name"#),
            ([header.replacing("config", with: "confit")], #""kinds" has an unknown name"#),
            ([header.replacing(#""nvm":"02"#, with: #""nvm":"0"#)], #""nvm" is not 512 bytes in hexadecimal"#),
            ([header.replacing(#""nvm":"02"#, with: #""nvm":"zz"#)], #""nvm" is not 512 bytes in hexadecimal"#),
            ([header.replacing(#""t":1000000000"#, with: #""t":4611686018427387904"#)], #""t" is too large"#),
            ([String(repeating: "x", count: 9000)], "longer than 8192 bytes"),
            ([String(repeating: "[", count: 8000)], "not valid JSON"),
        ] as [([String], String)])
    func headers(_ lines: [String], _ message: String) throws {
        #expect(try error(lines) == TraceError(line: 1, message: message))
    }

    @Test(
        "is refused at the line of an event that cannot be",
        arguments: [
            ("x", "not valid JSON"), (#"{"op":"timer"}"#, #"the key "t" is missing"#),
            (#"{"t":1,"op":"timer"}"#, #""t" is less than in the line before"#),
            (#"{"t":4611686018427387904,"op":"timer"}"#, #""t" is too large"#),
            (#"{"t":-1,"op":"timer"}"#, nil), (#"{"t":2000000000,"op":"dance"}"#, #""op" is nothing that a trace has"#),
            (#"{"t":2000000000,"op":"reset","fn":"vf1"}"#, #""fn" is no function of this port"#),
            (
                #"{"t":2000000000,"op":"reset","fn":"pf","level":"hard"}"#,
                #""level" is none of software, function, powerOn"#
            ),
            (#"{"t":2000000000,"op":"carrier"}"#, #"the key "up" is missing"#),
            (#"{"t":2000000000,"op":"interrupt","fn":"pf","kind":"nmi"}"#, #""kind" is none of msix, msi, intx"#),
            (access("bar6", "0x0", 4, "0x0"), #""space" is not config or bar0 to bar5"#),
            (access("bar4", "0x0", 4, "0x0"), #""offset" is outside of bar4, or no multiple of the width"#),
            (access("bar0", "0x20000", 4, "0x0"), #""offset" is outside of bar0, or no multiple of the width"#),
            (access("bar0", "0x4000", 4, "0x0", "vf0"), #""offset" is outside of bar0, or no multiple of the width"#),
            (access("bar0", "0x1", 2, "0x0"), #""offset" is outside of bar0, or no multiple of the width"#),
            (
                access("bar0", "0xffffffffffffffff", 1, "0x0"),
                #""offset" is outside of bar0, or no multiple of the width"#
            ),
            (access("bar0", "8", 4, "0x0"), #""offset" is no number such as "0x1f""#),
            (access("bar0", "0x8", 3, "0x0"), #""width" is not 1, 2, 4 or, in a BAR, 8"#),
            (access("config", "0x8", 8, "0x0"), #""width" is not 1, 2, 4 or, in a BAR, 8"#),
            (access("bar0", "0x8", 2, "0x10000"), #""value" is wider than "width""#),
            (access("bar0", "0x8", 4, "0x+1"), #""value" is no number such as "0x1f""#),
        ] as [(String, String?)])
    func events(_ line: String, _ message: String?) throws {
        let good = #"{"t":1500000000,"op":"timer"}"#
        let error = try error([Self.header, good, "", line, good])
        #expect(error?.line == 4)
        if let message { #expect(error?.message == message) }
    }

    private static func access(
        _ space: String, _ offset: String, _ width: Int, _ value: String, _ function: String = "pf"
    ) -> String {
        #"{"t":2000000000,"fn":"\#(function)","op":"write","space":"\#(space)","offset":"\#(offset)","width":\#(width),"value":"\#(value)"}"#
    }

    @Test("and has no end is refused once a line is too long")
    func endless() throws {
        let zeros = TraceLines { Data(count: 4096) }
        #expect(throws: TraceError(line: 1, message: "longer than 8192 bytes")) { _ = try TraceReader(zeros) }
    }

    @Test("but has keys that this version does not know is read all the same")
    func newer() throws {
        let line = #"{"t":2000000000,"op":"timer","later":{"a":[1]}}"#
        #expect(try error([Self.header, line]) == nil)
    }
}
