// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ControlProtocol

@Suite("JSON that is read") struct JSONParserTests {
    @Test("gives the value that the text has, with any space around its parts")
    func values() throws {
        let text = " {\"a\" :\t[ 1 , -2.5e-1,true , false,null ] ,\r\n\"b\": {} , \"c\":[],\"\":\"\"} \n"
        let expected: JSONValue = ["a": [1, .number(-0.25), true, false, nil], "b": [:], "c": [], "": ""]
        #expect(try JSONValue(parsing: text.utf8) == expected)
    }

    @Test(
        "may be any value, not only an object",
        arguments: [("7", 7), ("\"x\"", "x"), ("null", nil), ("[[]]", [[]])] as [(String, JSONValue)])
    func anyValue(_ text: String, _ value: JSONValue) throws { #expect(try JSONValue(parsing: text.utf8) == value) }

    @Test("keeps whole numbers exact, and takes 3.0 for one")
    func numbers() throws {
        for (text, value): (String, JSONValue) in [
            ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)), ("-0", 0), ("3.0", 3),
            ("1e3", 1000), ("9223372036854775808", .number(9_223_372_036_854_775_808)), ("1E+2", 100),
            ("0.1", .number(0.1)), ("1e-400", 0), ("12345678901234567890123", .number(1.2345678901234568e22)),
        ] {
            #expect(try JSONValue(parsing: text.utf8) == value, "\(text)")
        }
    }

    @Test("has escapes, of pairs of surrogates too")
    func escapes() throws {
        let text = #""\"\\\/\b\f\n\r\t\u0041\u00e9\ud83d\udE00\u0000""#
        #expect(try JSONValue(parsing: text.utf8) == "\"\\/\u{8}\u{C}\n\r\tA\u{E9}\u{1F600}\0")
    }

    @Test(
        "is refused where it is no JSON",
        arguments: [
            "", " ", "{", "[", "\"", "[1", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "{a:1}",
            "{1:1}", "{\"a\":1 \"b\":2}", "tru", "trues", "nul", "True", "NaN", "Infinity", "-", "+1", "01", "-01",
            "1.",
            ".5", "1.e3", "1e", "1e+", "0x10", "1 2", "{}{}", "'a'", "\"a\nb\"", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"",
            "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\\ud800\\", "// 1", "\u{FEFF}1",
        ])
    func noJSON(_ text: String) { #expect(throws: JSONError.self) { try JSONValue(parsing: text.utf8) } }

    @Test("is refused where a name comes twice in an object, however it is written")
    func duplicates() {
        for text in [#"{"a":1,"a":1}"#, #"{"a":1,"b":2,"\u0061":3}"#, #"[{"x":{"a":null,"a":null}}]"#] {
            #expect { try JSONValue(parsing: text.utf8) } throws: { "\($0)".hasPrefix("a name comes twice") }
        }
    }

    @Test("is refused where a string is no UTF-8, or the text holds a NUL")
    func encoding() {
        let quote = UInt8(ascii: "\"")
        for bytes: [UInt8] in [
            [0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82], [0x80],
        ] {
            #expect { try JSONValue(parsing: [quote] + bytes + [quote]) } throws: { "\($0)".contains("no UTF-8") }
        }
        #expect(throws: JSONError.self) { try JSONValue(parsing: [quote, 0, quote]) }
        #expect(throws: JSONError.self) { try JSONValue(parsing: [UInt8(ascii: "1"), 0]) }
    }

    @Test("may be nested 64 deep, and no deeper")
    func nesting() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try JSONValue(parsing: nested(64).utf8)
        #expect(throws: JSONError.self) { try JSONValue(parsing: nested(65).utf8) }
        #expect(throws: JSONError.self) { try JSONValue(parsing: nested(1_000_000).utf8) }
        let objects = String(repeating: #"{"a":"#, count: 65) + "1" + String(repeating: "}", count: 65)
        #expect(throws: JSONError.self) { try JSONValue(parsing: objects.utf8) }
        let wide = "[" + Array(repeating: "[[]]", count: 1000).joined(separator: ",") + "]"
        #expect(try JSONValue(parsing: wide.utf8).array?.count == 1000)
    }

    @Test("is refused where a number is no finite one, or longer than any needs to be")
    func hugeNumbers() throws {
        for text in ["1e999", "-1e999", String(repeating: "9", count: 129), "0." + String(repeating: "3", count: 200)] {
            #expect(throws: JSONError.self, "\(text)") { try JSONValue(parsing: text.utf8) }
        }
        #expect(try JSONValue(parsing: String(repeating: "9", count: 128).utf8) == .number(1e128))
    }

    @Test("tells where it is wrong")
    func position() {
        #expect { try JSONValue(parsing: #"{"a": nil}"#.utf8) } throws: { ($0 as? JSONError)?.position == 7 }
    }
}
