// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ControlProtocol

@Suite struct ControlRequestTests {
    @Test func isReadFromALine() throws {
        let line = #"{"jsonrpc":"2.0","id":7,"method":"link.set","params":{"up":false}}"#
        let request = try ControlRequest(parsing: line.utf8)
        #expect(request == ControlRequest(id: 7, method: "link.set", parameters: ["up": false]))
        #expect(request.json == (try JSONValue(parsing: line.utf8)))
    }

    @Test(arguments: [
        ("", -32700), ("{", -32700), ("[]", -32600), (#"{"method":"ports"}"#, -32600),
        (#"{"jsonrpc":"2.0","id":[],"method":"ports"}"#, -32600),
        (#"{"jsonrpc":"2.0","id":1,"method":"ports","params":[1]}"#, -32602),
        (#"{"jsonrpc":"2.0","id":1,"method":5}"#, -32600),
    ])
    func isRefusedWithTheProtocolsCode(_ line: String, code: Int) {
        #expect { try ControlRequest(parsing: line.utf8) } throws: { ($0 as? ControlError)?.code == code }
    }

    @Test func deepNestingIsNoRequest() {
        let line = String(repeating: "[", count: 60_000)
        #expect { try ControlRequest(parsing: line.utf8) } throws: { ($0 as? ControlError)?.code == -32700 }
    }
}

@Suite struct MethodDescriptionTests {
    @Test func parametersAreHeldAgainstTheDescription() throws {
        let method = try #require(MethodDescription.named("vf.set"))
        try method.check(["vf": 3, "vlan": 100, "link": "off"])
        for wrong: [String: JSONValue] in [
            [:], ["vf": 8], ["vf": "3"], ["vf": 3, "vlan": 4095], ["vf": 3, "link": "down"], ["vf": 3, "color": "red"],
            ["vf": 3, "trust": 1],
        ] {
            #expect { try method.check(wrong) } throws: { ($0 as? ControlError)?.code == -32602 }
        }
    }

    @Test func namesAreUnique() {
        let names = MethodDescription.all.map(\.name)
        #expect(Set(names).count == names.count)
    }

    @Test func schemasNameEveryParameter() throws {
        let methods = try #require(MethodDescription.schemas["methods"]?.array)
        #expect(methods.count == MethodDescription.all.count)
        for (schema, method) in zip(methods, MethodDescription.all) {
            #expect(
                Set(schema["params"]?["properties"]?.object?.keys.map { $0 } ?? [])
                    == Set(method.parameters.map(\.name)))
        }
    }
}

@Suite struct JSONValueTests {
    @Test func numbersStayExact() throws {
        let value = try JSONValue(parsing: "[9007199254740993,1.5,true,null]".utf8)
        #expect(value == [.integer(9_007_199_254_740_993), .number(1.5), true, nil])
        #expect(String(decoding: value.line, as: UTF8.self) == "[9007199254740993,1.5,true,null]")
    }

    @Test func countersStopAtTheLargestNumber() { #expect(JSONValue.counter(.max) == .integer(.max)) }
}

@Suite struct ControlDocumentationTests {
    @Test func isCurrent() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "../../docs/control.md")
        #expect(try String(contentsOf: file, encoding: .utf8) == MethodDescription.markdown, "run make docs")
    }
}
