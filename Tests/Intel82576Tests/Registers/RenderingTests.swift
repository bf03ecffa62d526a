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
