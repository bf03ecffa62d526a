// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Intel82576

@Suite("The rendered register table")
struct RenderingTests {
    @Test("is what docs/registers.md contains")
    func documentation() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        let file = root.appending(path: "docs/registers.md").standardizedFileURL
        let isCurrent = try String(contentsOf: file, encoding: .utf8) == RegisterTable.markdown
        #expect(isCurrent, "docs/registers.md is out of date: make docs writes it anew")
    }

    @Test("is valid JSON with every row in it")
    func json() throws {
        struct Row: Decodable {
            let name: String
            let offset, firstIndex, count, reset: Int
            let coverage, section, file, gap: String
        }
        let rows = try JSONDecoder().decode([String: [Row]].self, from: Data(RegisterTable.json.utf8))
        let physical = try #require(rows["physical"])
        #expect(physical.count == RegisterTable.physical.count)
        #expect(rows["virtual"]?.count == RegisterTable.virtual.count)
        let addresses = physical.filter { $0.name == "RAL" }
        #expect(addresses.map(\.firstIndex) == [0, 16] && addresses.map(\.count) == [16, 8])
        #expect(physical.first { $0.name == "VET" }?.reset == 0x8100_8100)
        let control = try #require(physical.first { $0.name == "CTRL_EXT" })
        #expect(control.coverage == "partial" && control.section == "8.2.3" && control.gap.contains("EE_RST"))
        #expect(control.file.hasSuffix(".swift"))
    }

    @Test("escapes what JSON strings cannot hold")
    func escaping() {
        #expect(RegisterTable.quoted("a\"b\\c\n\u{1F}é") == #""a\"b\\c\u000a\u001fé""#)
    }

    @Test("is a line a row, with aligned columns, for a terminal")
    func terminal() throws {
        let lines = RegisterTable.text().split(separator: "\n")
        #expect(lines.count == RegisterTable.physical.count + 1)
        let ctrl = try #require(lines.first { $0.hasPrefix("CTRL ") })
        #expect(ctrl.contains("0x0000") && ctrl.contains("0x00100209") && ctrl.contains("partial"))
        let head = try #require(lines.first)
        let column = head.distance(from: head.startIndex, to: try #require(head.range(of: "access")).lowerBound)
        #expect(ctrl.dropFirst(column).hasPrefix("RW "))
        #expect(lines.contains { $0.hasPrefix("RXDCTL[0] ") } && lines.contains { $0.hasPrefix("RAL[16-23] ") })
    }
}
