// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import KawelaDaemon

@Suite("An XML text that is edited") struct XMLEditorTests {
    private static let text = """
        <?xml version='1.0'?>
        <!-- a > b, <not> an element -->
        <domain type="kvm" xmlns:x='urn:x'>
          <name>a &lt; b</name>
          <x:other  a = 'it&apos;s &#x41;&#66;&unknown;'/>
          <metadata><![CDATA[<memoryBacking>]]></metadata>
          <features/>
        </domain>

        """

    @Test("keeps every byte when nothing is changed")
    func untouched() throws {
        #expect(try XMLEditor(Self.text).text == Self.text)
    }

    @Test("has its elements and their attributes")
    func elements() throws {
        let root = try XMLEditor(Self.text).root
        #expect(root.children.map(\.name) == ["name", "x:other", "metadata", "features"])
        #expect(root.at(["x:other"])?["a"] == "it's AB&unknown;")
        #expect(root.withDescendants.count == 5)
        #expect(root.at(["metadata", "memoryBacking"]) == nil)
    }

    @Test("gets an attribute, an element and a path of elements, and is otherwise as before")
    func added() throws {
        var xml = try XMLEditor(Self.text)
        try xml.set("type", of: [], to: "q'<&\"")
        try xml.set("b", of: ["features"], to: "1'2\"")
        try xml.set("mode", of: ["features", "in", "deep"], to: "on")
        let expected = Self.text.replacing("\"kvm\"", with: "\"q&apos;&lt;&amp;&quot;\"").replacing(
            "<features/>",
            with: """
                <features b='1&apos;2"'>
                    <in>
                      <deep mode='on'/>
                    </in>
                  </features>
                """)
        #expect(xml.text == expected)
        #expect(xml.root["type"] == "q'<&\"")
    }

    @Test("on one line gets lines of its own")
    func oneLine() throws {
        var xml = try XMLEditor("<a><b>t</b></a>")
        try xml.append(["<c/>"], to: xml.root)
        #expect(xml.text == "<a><b>t</b>\n  <c/>\n</a>")
        try xml.insert(["<d/>"], before: #require(xml.root.at(["c"])))
        #expect(xml.text == "<a><b>t</b>\n  <d/>\n  <c/>\n</a>")
    }

    @Test(
        "is refused when it is no XML, in words that name the line",
        arguments: [
            ("", "line 1: no element"), ("text", "line 1: no element"),
            ("<a>\n<b>\n</a>", "line 3: not the end of <b>"),
            ("<a>", "<a> has no end"), ("<a/><b/>", "something stands behind"), ("<a b/>", "'b' has no value"),
            ("<a b=c/>", "not in quotes"), ("<a b='c/>", "has no end"), ("<a b='<'/>", "has no end"), ("<a", "a name"),
            ("<!-- <a/>", "'<!--' has no '-->'"), ("<!DOCTYPE a><a/>", "document types"), ("<a></a", "not the end"),
            ("</a>", "a name is missing"), ("<a><![CDATA[</a>", "has no ']]>'"), ("<a ='1'/>", "a name is missing"),
        ])
    func refused(_ text: String, _ words: String) {
        let error = #expect(throws: Failure.self) { try XMLEditor(text) }
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }

    @Test("is refused when it is deeper than any domain, without running out of stack")
    func deep() {
        let text = String(repeating: "<a>", count: 100_000)
        let error = #expect(throws: Failure.self) { try XMLEditor(text) }
        #expect(error?.message.contains("deep") == true)
    }

    @Test("cut off anywhere ends in a failure or in a shorter text")
    func cut() {
        let bytes = Array(Self.text.utf8)
        for length in 0..<bytes.count {
            _ = try? XMLEditor(String(decoding: bytes[..<length], as: UTF8.self))
        }
    }
}
