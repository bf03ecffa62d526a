// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import Testing

@Suite("JSON that is written") struct JSONTextTests {
    private static let value: JSONValue = [
        "text": "a\"b\\c/\n\t\u{1}\u{1F}é\u{1F600}", "list": [1, -5, .number(1.5), .number(1e300), true, nil],
        "empty": [[:], []], "deep": ["b": false, "a": 0],
    ]

    @Test("on one line is sorted by name, and reads as the same value")
    func line() throws {
        let text = String(decoding: Self.value.line, as: UTF8.self)
        #expect(
            text
                == #"{"deep":{"a":0,"b":false},"empty":[{},[]],"list":[1,-5,1.5,1e+300,true,null],"#
                + #""text":"a\"b\\c/\n\u0009\u0001\u001fé😀"}"#)
        #expect(try JSONValue(parsing: Self.value.line) == Self.value)
    }

    @Test("for people has a line for each member and element, and reads as the same value")
    func text() throws {
        #expect(
            (["a": [1, ["b": nil]], "c": [:]] as JSONValue).text == """
                {
                  "a": [
                    1,
                    {
                      "b": null
                    }
                  ],
                  "c": {}
                }
                """)
        #expect(try JSONValue(parsing: Self.value.text.utf8) == Self.value)
    }

    @Test("has null for a number that JSON has not")
    func infinity() { #expect(([.number(.infinity), .number(.nan)] as JSONValue).line == Array("[null,null]".utf8)) }

    @Test("keeps the order of members of an object that is put together")
    func order() throws {
        var inner = JSONObject()
        #expect(inner.text == "{}")
        inner.add("z", "1")
        inner.add("a", [1, 2])
        var object = JSONObject()
        object.add("t", 7)
        object.add("f", inner)
        object.add("all", [inner, JSONObject()])
        #expect(object.text == #"{"t":7,"f":{"z":"1","a":[1,2]},"all":[{"z":"1","a":[1,2]},{}]}"#)
        #expect(try JSONValue(parsing: object.line)["f"]?["a"] == [1, 2])
    }
}
